import { crc32, deflateRawSync } from 'node:zlib';

export interface Packed {
  name: string | Buffer;
  content: Buffer;
  /** What the archive says of it, where that is not so. */
  claims?: Partial<{ method: number; flags: number; sizeBytes: number; crc: number }>;
}

/** A ZIP archive (APPNOTE.TXT 4.3), which may lie. */
export function toZip(files: readonly Packed[]): Buffer {
  const bodies: Buffer[] = [];
  const records: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const { head, packed, name } = describe(file);
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), head, name, packed]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    records.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), head, place, name]));
    bodies.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(records);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, directory, end]);
}

/** What local header and directory have in common: from the version to the lengths of name and extra field. */
function describe({ name, content, claims = {} }: Packed): { head: Buffer; packed: Buffer; name: Buffer } {
  const { method = 8, flags = 0x800, sizeBytes = content.length, crc = crc32(content) } = claims;
  const packed = method === 8 ? deflateRawSync(content) : content;
  const nameBytes = Buffer.from(name);
  const head = Buffer.alloc(26);
  head.writeUInt16LE(20, 0);
  head.writeUInt16LE(flags, 2);
  head.writeUInt16LE(method, 4);
  head.writeUInt32LE(crc, 10);
  head.writeUInt32LE(packed.length, 14);
  head.writeUInt32LE(sizeBytes, 18);
  head.writeUInt16LE(nameBytes.length, 22);
  return { head, packed, name: nameBytes };
}
