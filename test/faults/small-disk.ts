import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A disk of its own under a folder, which is full from `fill` to `empty`. */
export interface SmallDisk {
  fill(): void;
  empty(): void;
  /** Takes it away, with whatever it has. */
  remove(): void;
}

/** Why there can be none on this machine; null where there can. */
export const noSmallDisk = () =>
  process.platform === 'linux' && process.getuid?.() === 0 ? null : 'a small disk is mounted by root on Linux';

/** What is in the folder goes onto the disk. */
export function mountSmallDisk(folder: string, sizeMb: number): SmallDisk {
  const copy = `${folder}.copy`;
  // of cp and not of cpSync: owners and modes stay as they are, those of the folder itself as well
  const copyAll = (from: string, to: string) => execFileSync('cp', ['-a', `${from}/.`, to]);
  mkdirSync(copy);
  copyAll(folder, copy);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'eproof-faults', folder]);
  const unmount = () => execFileSync('umount', ['--lazy', folder]);
  // a run that is broken off leaves none behind
  process.on('exit', unmount);
  copyAll(copy, folder);
  rmSync(copy, { recursive: true });
  const filler = join(folder, 'filler');
  return {
    fill: () => writeUntilFull(filler),
    empty: () => unlinkSync(filler),
    remove() {
      process.off('exit', unmount);
      unmount();
    },
  };
}

/** In large pieces, then in small ones: not even a short file has room. */
function writeUntilFull(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (const sizeBytes of [65_536, 512]) while (hasRoomFor(file, Buffer.alloc(sizeBytes)));
  } finally {
    closeSync(file);
  }
}

function hasRoomFor(file: number, bytes: Buffer): boolean {
  try {
    return writeSync(file, bytes) === bytes.length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
