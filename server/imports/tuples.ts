/** Rows in PostgreSQL's binary COPY format, one after another into one buffer that grows. */
export class TupleWriter {
  #bytes = Buffer.allocUnsafe(1 << 16);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** In memory of its own, which can be handed to another thread. */
  take(): Buffer {
    return Buffer.from(new Uint8Array(this.#bytes.subarray(0, this.#length)).buffer);
  }

  reset(): void {
    this.#length = 0;
  }

  start(columns: number): void {
    this.#reserve(2);
    this.#length = this.#bytes.writeInt16BE(columns, this.#length);
  }

  /** As it stands: something that is encoded already. */
  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  bytes(value: Uint8Array): void {
    this.#reserve(4 + value.length);
    this.#length = this.#bytes.writeInt32BE(value.length, this.#length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  text(value: string): void {
    const sizeBytes = Buffer.byteLength(value);
    this.#reserve(4 + sizeBytes);
    this.#length = this.#bytes.writeInt32BE(sizeBytes, this.#length);
    this.#length += this.#bytes.write(value, this.#length, 'utf8');
  }

  int4(value: number | null): void {
    this.#reserve(8);
    if (value === null) {
      this.#length = this.#bytes.writeInt32BE(-1, this.#length);
      return;
    }
    this.#length = this.#bytes.writeInt32BE(4, this.#length);
    this.#length = this.#bytes.writeInt32BE(value, this.#length);
  }

  bool(value: boolean): void {
    this.#reserve(5);
    this.#length = this.#bytes.writeInt32BE(1, this.#length);
    this.#length = this.#bytes.writeUInt8(value ? 1 : 0, this.#length);
  }

  int8(value: number): void {
    this.#reserve(12);
    this.#length = this.#bytes.writeInt32BE(8, this.#length);
    this.#length = this.#bytes.writeBigInt64BE(BigInt(value), this.#length);
  }

  /** Milliseconds since 1970 UTC. */
  instant(ms: number): void {
    this.int8((ms - MS_TO_2000) * 1000);
  }

  #reserve(sizeBytes: number): void {
    if (this.#length + sizeBytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + sizeBytes));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

const MS_TO_2000 = Date.UTC(2000, 0, 1);

/** What stands before and after the rows: signature, flags, no extension; and the count −1. */
export const COPY_HEAD = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
export const COPY_TAIL = Buffer.from([0xff, 0xff]);
