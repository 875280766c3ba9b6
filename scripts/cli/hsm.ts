import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { AppError } from '../../server/app-error.ts';
import { readConfig } from '../../server/config.ts';
import { keyPlacesOf } from '../../server/keys/key-places.ts';
import { writeDurably } from '../../server/keys/keystore.ts';
import { sealPassword } from '../../server/keys/password.ts';
import { type NamedKey, openSecurityModule, type SecurityModule } from '../../server/keys/security-module.ts';
import { type Command, UsageError } from './command.ts';

const USAGE = `usage: eproof hsm list [--json]
       eproof hsm seal-password

  list           the keys in the token that can sign for a department: their names and addresses. "eproof signing-key new" makes them
  seal-password  encrypts the password of the keystore in place, so that only the token can read it: a copy of the disk opens no file of
                 the keystore any more, the master key's among them. Keep the password in a safe before
  --json         print the outcome for machines

The module is that of PKCS11_LIBRARY, PKCS11_TOKEN and PKCS11_PIN_FILE; the keystore is in EPROOF_DATA_DIR, its password in EPROOF_PASSWORD_FILE or
beside it.

exit codes: 0 done, 1 refused, 64 wrong usage, 70 anything else
`;

const EXIT = { done: 0, refused: 1 } as const;
const OPTIONS = {
  json: { type: 'boolean', default: false },
} as const;

export const command: Command = { usage: USAGE, run };

async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
  const work = WORKS[positionals.join(' ')];
  if (!work) throw new UsageError('expected "hsm list" or "hsm seal-password"');
  try {
    process.stdout.write(await inModule((module) => work(module, values)));
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`eproof: ${error.message}\n`);
    return EXIT.refused;
  }
}

/** What to do in the module, and what to say of it. */
type Work = (module: SecurityModule, options: { json: boolean }) => Promise<string>;

const WORKS: Readonly<Record<string, Work>> = {
  list: async (module, { json }) => describe(await module.listKeys(), json),
  'seal-password': seal,
};

async function inModule(work: (module: SecurityModule) => Promise<string>): Promise<string> {
  const { securityModule } = readConfig(process.env).config;
  if (securityModule === null)
    throw new UsageError('"PKCS11_LIBRARY", "PKCS11_TOKEN" and "PKCS11_PIN_FILE" must say where the module is');
  const module = await openSecurityModule(securityModule);
  try {
    return await work(module);
  } finally {
    module.close();
  }
}

async function seal(module: SecurityModule): Promise<string> {
  const { passwordFile } = keyPlacesOf(readConfig(process.env).config);
  const sealed = await sealPassword(await readFile(passwordFile, 'utf8'), module);
  await writeDurably(passwordFile, sealed);
  return `the password in ${passwordFile} is sealed\n`;
}

function describe(keys: readonly NamedKey[], json: boolean): string {
  if (json) return `${JSON.stringify(keys, null, 2)}\n`;
  if (keys.length === 0) return 'the token has no key that could sign for a department\n';
  return keys.map(({ name, address }) => `${name.padEnd(16)}  ${address}\n`).join('');
}
