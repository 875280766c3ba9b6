import { randomBytes } from 'node:crypto';
import { HDNodeWallet } from 'ethers';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import { decodeHex } from '../../proof/bytes.ts';
import { hashCompanyNumber, hashHolderSubject } from '../../server/auth/holder-index.ts';
import { createRpc, postWithFetch } from '../../server/chain/rpc.ts';
import type { TrustedNodes } from '../../server/chain/trusted-registry.ts';
import { openErasureJournal } from '../../server/issuance/erasure-journal.ts';
import { openManifestFolder } from '../../server/issuance/manifest.ts';
import type { IssuanceDeps } from '../../server/issuance/use-cases.ts';
import { type Jobs, startJobs } from '../../server/jobs/jobs.ts';
import { toJobDeps } from '../../server/jobs/parts.ts';
import { createCipher } from '../../server/keys/cipher.ts';
import { createDepartmentSigners, type DepartmentSigners } from '../../server/keys/department-signers.ts';
import type { Keystore } from '../../server/keys/keystore.ts';
import { createSigningKey, type SigningKey } from '../../server/keys/signing-key.ts';
import { createSmtpTransport, type SmtpSettings } from '../../server/mail/transport.ts';
import type { Db } from '../../server/store/schema.ts';

export const catalogue = loadCatalogue();
const MNEMONIC = 'test test test test test test test test test test test junk';
export const VERIFIER = 'http://127.0.0.1:3000/';

/** The types that each department of the world has open. */
export const DEPARTMENTS = {
  FEHD: ['FEHD-GRL', 'FEHD-FF'],
  TD: ['TD-DL', 'TD-VL'],
  HKPF: ['HKPF-SPP'],
  TIA: ['TIA-TAL', 'TIA-BP'],
  EDB: ['EDB-SCH-PROV', 'EDB-SCH-REG'],
} as const;
export type DepartmentCode = keyof typeof DEPARTMENTS;
/** Those of a world that asks for no others. */
export const USUAL: readonly DepartmentCode[] = ['FEHD', 'TD', 'HKPF'];

/** All that another process needs to work on the same world. */
export interface WorldSettings {
  databaseUrl: string;
  rpcUrl: string;
  trusted: TrustedNodes;
  masterKey: string;
  manifests: string;
  erasures: string;
  /** Of a mail server on this machine. */
  smtpPort?: number;
}

export interface JobOptions {
  maxWaitMs?: number;
  confirmations?: number;
  /** What becomes of every question to the anchor keys before it is asked. */
  beforeAnchorKey?: () => void;
  /** False where mails wait for the test to send them. */
  mails?: boolean;
}

export function toIssuanceDeps(settings: WorldSettings): IssuanceDeps {
  const { trusted, masterKey } = settings;
  const { chainId, address } = trusted;
  return {
    now: Date.now,
    randomBytes: (sizeBytes) => new Uint8Array(randomBytes(sizeBytes)),
    cipher: createCipher(Buffer.from(masterKey, 'hex')),
    hashHolderSubject: (subject) => hashHolderSubject(Buffer.from(masterKey, 'hex'), subject),
    hashCompanyNumber: (number) => hashCompanyNumber(Buffer.from(masterKey, 'hex'), number),
    findType: (code) => catalogue.types.findLast((type) => type.code === code),
    findDefinition: (sha256) => catalogue.types.find((type) => type.sha256 === sha256),
    findDepartment: (code) => catalogue.departments.find((department) => department.code === code),
    registry: { chainId, address },
    registryIndex: 0,
    verifier: VERIFIER,
    erasures: openErasureJournal(settings.erasures),
  };
}

/** Starts the jobs of one instance of the service; the world's own or another process's. */
export async function startJobsOn(
  settings: WorldSettings,
  db: Db,
  options: JobOptions & { onFault(what: string, error: unknown): void },
): Promise<Jobs> {
  const deps = toJobDeps({
    db,
    issuance: toIssuanceDeps(settings),
    rpc: createRpc([settings.rpcUrl]),
    post: postWithFetch,
    trusted: settings.trusted,
    relayerKey: keyOf(RELAYER),
    signers: toDepartmentSigners(settings, options),
    manifests: await openManifestFolder(settings.manifests),
    sealing: { maxSize: 256, maxWaitMs: options.maxWaitMs ?? 50 },
    webhooks: { allowPrivate: true },
    confirmations: options.confirmations ?? 0,
    maxBlockAgeSeconds: 100_000,
    pollMs: 20,
    onFault: options.onFault,
    mail: {
      isTest: true,
      holderPage: null,
      send: settings.smtpPort === undefined ? null : createSmtpTransport(toSmtp(settings.smtpPort)),
    },
    onReadBack: () => {},
    onUnknown: () => {},
  });
  // before everything, so that nothing is due
  if (options.mails === false) deps.mailing.now = () => 0;
  return startJobs(deps);
}

function toSmtp(port: number): SmtpSettings {
  return {
    host: '127.0.0.1',
    port,
    isSecure: false,
    requiresTls: false,
    auth: null,
    from: 'no-reply@eproof.example.hk',
  };
}

function toDepartmentSigners(
  { trusted }: WorldSettings,
  { beforeAnchorKey = () => {} }: JobOptions,
): DepartmentSigners {
  const numbers = Object.keys(DEPARTMENTS).map((_, i) => 3 * i);
  const signers = createDepartmentSigners(
    {
      anchor: numbers.map((n) => keyOf(10 + n)),
      // each department's status key, and one that may follow it
      status: numbers.flatMap((n) => [keyOf(11 + n), keyOf(12 + n)]),
    },
    trusted,
  );
  return {
    ...signers,
    findValiditySigner(address) {
      const signer = signers.findValiditySigner(address);
      return (
        signer && {
          address,
          async signExtension(extension) {
            beforeAnchorKey();
            return signer.signExtension(extension);
          },
          async signNotice(notice) {
            beforeAnchorKey();
            return signer.signNotice(notice);
          },
          async signStatusChange(change) {
            beforeAnchorKey();
            return signer.signStatusChange(change);
          },
        }
      );
    },
  };
}

const RELAYER = 1;
/** Each department has another anchor key beside its first, which the registry does not know yet. */
export const FOLLOWERS = 60;

/** The keys that a world put on its chain, under the names by which a service looks for them. */
export function toKeystore({ masterKey }: WorldSettings): Keystore {
  const codes = Object.keys(DEPARTMENTS);
  const openKey = async (name: string) => {
    if (name === 'relayer') return keyOf(RELAYER);
    const [code, purpose] = name.split('-') as [string, 'anchor' | 'status'];
    return keyOf(10 + 3 * codes.indexOf(code) + (purpose === 'anchor' ? 0 : 1));
  };
  const findKey = async (name: string) => {
    const [code = '', purpose, number] = name.split('-');
    if (number === undefined) return openKey(name);
    return purpose === 'anchor' && number === '2' ? keyOf(FOLLOWERS + codes.indexOf(code)) : null;
  };
  const openSecret = async () => new Uint8Array(Buffer.from(masterKey, 'hex'));
  return { openKey, findKey, openSecret, findSecret: openSecret };
}

export function keyOf(account: number): SigningKey {
  return createSigningKey(decodeHex(privateKeyOf(account)));
}

export function privateKeyOf(account: number): string {
  return HDNodeWallet.fromPhrase(MNEMONIC, '', `m/44'/60'/0'/0/${account}`).privateKey;
}
