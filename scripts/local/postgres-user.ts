import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { LocalError } from './local-error.ts';

export interface SystemUser {
  uid: number;
  gid: number;
}

// "nobody" where the machine has no PostgreSQL of its own: a start command that makes users would surprise more than it protects
const CANDIDATES = ['postgres', 'nobody'];

/** The user that PostgreSQL, which refuses root, runs as where we are root; undefined: as ourselves. */
export function unprivilegedUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const user = CANDIDATES.map(findUser).find((found) => found !== undefined);
  if (user) return user;
  throw new LocalError(
    'PostgreSQL refuses to run as root, and this machine has no user "postgres" or "nobody"; run this as another user',
  );
}

/** The user that owns an existing cluster: PostgreSQL demands to be started by no other. */
export function ownerOf(cluster: string): SystemUser | undefined {
  const { uid, gid } = statSync(cluster);
  const self = process.getuid?.();
  if (self === undefined || self === uid) return undefined;
  if (self === 0) return { uid, gid };
  throw new LocalError(`the database in "${cluster}" belongs to another user (id ${uid}); run this as that user`);
}

/** Whether the user may pass through or run `path`, judged by the modes of it and of every folder above. */
export function canReach(path: string, user: SystemUser): boolean {
  const stat = statSync(path);
  const shift = stat.uid === user.uid ? 6 : stat.gid === user.gid ? 3 : 0;
  const needed = (stat.isDirectory() ? 0o1 : 0o5) << shift;
  const parent = dirname(path);
  return (stat.mode & needed) === needed && (parent === path || canReach(parent, user));
}

function findUser(name: string): SystemUser | undefined {
  try {
    return { uid: readId('-u', name), gid: readId('-g', name) };
  } catch {
    return undefined;
  }
}

function readId(flag: string, name: string): number {
  return Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' }));
}
