import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Log } from './child.ts';
import { readIfPresent, syncFolder, writeDurably } from './durable-file.ts';
import { LocalError } from './local-error.ts';
import { type Binaries, findBinaries, SYSTEM_FOLDER } from './postgres-binaries.ts';
import { canReach, ownerOf, type SystemUser, unprivilegedUser } from './postgres-user.ts';

export interface Cluster {
  /** PostgreSQL's data directory. */
  folder: string;
  password: string;
  /** False for one that an older release made. */
  hasRoles: boolean;
  binaries: Binaries;
  user: SystemUser | undefined;
}

/** `cluster.json`: its presence says that the cluster is complete; `folder` is relative to the data folder's `postgres` unless it lies outside. */
interface ClusterRecord {
  folder: string;
  password: string;
  /** How many roles of WALL_ROLES it was given. */
  roles?: number;
}

const ACCESS = 'host all all 127.0.0.1/32 scram-sha-256\n';
// `eproof` may make no roles: it is given those as which requests see a single department or holder (server/store/department-wall.ts)
const WALL_ROLES = ['eproof_department', 'eproof_holder'];
const GRANTS = WALL_ROLES.map(
  (role) => `DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role} NOLOGIN; END IF;
END $$;\n\nGRANT ${role} TO eproof;\n\n`,
).join('');
const DRAFT = 'new-';
const OWNER_FILE = 'data-folder';

/** Opens the data folder's PostgreSQL cluster, and makes it the first time. */
export async function openCluster(dataFolder: string, log: Log): Promise<Cluster> {
  const home = join(dataFolder, 'postgres');
  const cluster = readCluster(home) ?? (await createCluster(home, log));
  const outside = [cluster.folder, dirname(cluster.binaries.postgres)].filter((path) => isIn(SYSTEM_FOLDER, path));
  if (outside.length > 0)
    log(`PostgreSQL does not run as root, and its user cannot enter this folder: it uses ${outside.join(' and ')}`);
  return cluster;
}

function readCluster(home: string): Cluster | undefined {
  const path = join(home, 'cluster.json');
  const text = readIfPresent(path);
  if (text === undefined) return undefined;
  const record: ClusterRecord = JSON.parse(text);
  const folder = resolve(home, record.folder);
  if (!existsSync(folder))
    throw new LocalError(
      `the database "${folder}" that "${path}" names is gone; bring it back, or remove the data folder`,
    );
  if (!isIn(home, folder)) checkOwner(folder, home);
  const user = ownerOf(folder);
  if (user && !canReach(folder, user))
    throw new LocalError(`the user of the database (id ${user.uid}) cannot enter "${folder}"`);
  const { password, roles = 0 } = record;
  return { folder, password, hasRoles: roles === WALL_ROLES.length, user, binaries: findBinaries(user) };
}

/** In this order, a kill at any point leaves either no cluster or a complete one. */
async function createCluster(home: string, log: Log): Promise<Cluster> {
  log('creating the database (once)');
  mkdirSync(home, { recursive: true, mode: 0o711 });
  const user = unprivilegedUser();
  const binaries = findBinaries(user);
  const parent = !user || canReach(home, user) ? home : createOutside(home, log);
  const draft = createDraft(parent, user);
  const password = randomBytes(24).toString('base64url');
  await initialise({ folder: draft, password, hasRoles: true, binaries, user });
  const folder = join(parent, `cluster-${randomBytes(6).toString('hex')}`);
  renameSync(draft, folder);
  syncFolder(parent);
  writeRecord(home, { folder: parent === home ? relative(home, folder) : folder, password, roles: WALL_ROLES.length });
  return { folder, password, hasRoles: true, binaries, user };
}

function writeRecord(home: string, record: ClusterRecord): void {
  writeDurably(join(home, 'cluster.json'), `${JSON.stringify(record, null, 2)}\n`);
}

/** Gives the role to a cluster that has none, and is not running. Killed before the record is written, it is done again. */
export async function addRoles(dataFolder: string, cluster: Cluster): Promise<void> {
  await runAlone(cluster, GRANTS);
  const home = join(dataFolder, 'postgres');
  const record: ClusterRecord = JSON.parse(readIfPresent(join(home, 'cluster.json')) as string);
  writeRecord(home, { ...record, roles: WALL_ROLES.length });
}

/** The folder beside the system's other databases for a data folder that PostgreSQL's user cannot enter. */
function createOutside(home: string, log: Log): string {
  const folder = join(SYSTEM_FOLDER, createHash('sha256').update(home).digest('hex').slice(0, 16));
  mkdirSync(folder, { recursive: true });
  for (const path of [SYSTEM_FOLDER, folder]) chmodSync(path, 0o755); // whatever the umask
  removeForgotten();
  const older = readdirSync(folder).filter((name) => name.startsWith('cluster-'));
  for (const name of older)
    log(
      `"${join(folder, name)}" has the database of an earlier data folder at this path; remove it if you do not need it`,
    );
  writeDurably(join(folder, OWNER_FILE), home);
  return folder;
}

function createDraft(parent: string, user: SystemUser | undefined): string {
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(DRAFT))) removeTree(join(parent, name)); // of a start that was killed
  const draft = join(parent, `${DRAFT}${randomBytes(6).toString('hex')}`);
  mkdirSync(draft, { mode: 0o700 });
  if (user) chownSync(draft, user.uid, user.gid);
  return draft;
}

async function initialise(cluster: Cluster): Promise<void> {
  const { folder, password, binaries, user } = cluster;
  // the builtin locale sorts by code point, on every machine and after every upgrade of its C library alike
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  // the superuser has no password and can therefore not sign in at all: what it has to do is done here, without a network
  const access = ['--username=postgres', '--auth-local=reject', '--auth-host=reject'];
  await runAs(user, binaries.initdb, [`--pgdata=${folder}`, ...locale, ...access, '--no-instructions']);
  writeDurably(join(folder, 'pg_hba.conf'), ACCESS);
  if (user) chownSync(join(folder, 'pg_hba.conf'), user.uid, user.gid);
  const role = `CREATE ROLE eproof LOGIN CREATEDB PASSWORD '${password}';\n\n`;
  await runAlone(cluster, `${role}CREATE DATABASE eproof OWNER eproof;\n\n${GRANTS}`);
}

/** As the superuser, without a server. */
function runAlone({ folder, binaries, user }: Cluster, statements: string): Promise<void> {
  return runAs(user, binaries.postgres, ['--single', '-j', '-D', folder, 'postgres'], statements);
}

function runAs(user: SystemUser | undefined, program: string, args: string[], input = ''): Promise<void> {
  return new Promise((done, refuse) => {
    const child = execFile(program, args, { ...user, cwd: '/', env: serverEnvironment() }, (error, _output, errors) => {
      const reason = errors.trim().split('\n').at(-1) || error?.message;
      // in single-user mode a failed statement does not fail the program
      if (error || /\b(ERROR|FATAL|PANIC): /.test(errors))
        refuse(new LocalError(`the database could not be created: ${reason}`));
      else done();
    });
    child.stdin!.on('error', () => {}); // its exit code says more
    child.stdin!.end(input);
  });
}

/** Without the caller's PG* variables and languages: both change what the server does. */
export function serverEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };
}

function isIn(folder: string, path: string): boolean {
  return path.startsWith(folder + sep);
}

/** A copied data folder would name the original's database, and two services would write to it. */
function checkOwner(folder: string, home: string): void {
  const file = join(dirname(folder), OWNER_FILE);
  const owner = readIfPresent(file);
  if (owner === home) return;
  throw new LocalError(
    `the database "${folder}" belongs to "${owner}"; if that folder was moved to "${home}", write the new path to "${file}"`,
  );
}

/** Removes outside databases of temporary folders that are gone: test runs, which root's machines would collect for ever. */
function removeForgotten(): void {
  for (const name of readdirSync(SYSTEM_FOLDER)) {
    const owner = readIfPresent(join(SYSTEM_FOLDER, name, OWNER_FILE));
    if (owner && isIn(tmpdir(), owner) && !existsSync(owner)) removeTree(join(SYSTEM_FOLDER, name));
  }
}

function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // a program of the start that was killed may still write there, or a start beside this one removes it too; the next start tries again
  }
}
