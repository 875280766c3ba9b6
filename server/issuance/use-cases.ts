import type { CatalogueDepartment, CatalogueType } from '../../catalogue/catalogue.ts';
import type { Label } from '../../proof/credential-type.ts';
import type { Header } from '../../proof/header.ts';
import type { JsonObject } from '../../proof/json.ts';
import type { Proof } from '../../proof/proof.ts';
import type { RegistryAddress } from '../../proof/signature.ts';
import type { Actor } from '../auth/policy.ts';
import type { HolderPerson } from '../auth/session.ts';
import type { MailView } from '../mail/outbox.ts';
import type { CredentialState, Db, IssuerRow, StatusAct, StatusChangeState, Tx } from '../store/schema.ts';
import type { ErasureJournal } from './erasure-journal.ts';
import type { OperationView } from './operation-view.ts';

/*
 * What the service can do, as its callers see it: HTTP, jobs and scripts. Each use case lives in a file of its own beside this one:
 *   issue.ts issueCredential, replaceCredential · query.ts getCredential, listCredentials · change-status.ts revokeCredential,
 *   suspendCredential, reinstateCredential · document.ts credentialDocument · erase.ts eraseCredential · idempotency.ts withIdempotency ·
 *   department.ts registerDepartment, findIssuer, readiness
 */

/** The parts that use cases are handed. */
export interface IssuanceDeps {
  /** Milliseconds since 1970 UTC. */
  now(): number;
  randomBytes(sizeBytes: number): Uint8Array;
  cipher: Cipher;
  /** By which the credentials of a holder are found (auth/holder-index.ts). */
  hashHolderSubject(subject: string): Buffer;
  /** Likewise of a company. */
  hashCompanyNumber(number: string): Buffer;
  /** The newest version of a type, and any version by the hex SHA-256 of its file. */
  findType(code: string): CatalogueType | undefined;
  findDefinition(sha256: string): CatalogueType | undefined;
  findDepartment(code: string): CatalogueDepartment | undefined;
  registry: RegistryAddress;
  /** The place of the registry in trust.json. */
  registryIndex: number;
  /** The address that QRs lead to; ends in "/". */
  verifier: string;
  erasures: ErasureJournal;
}

/** Encrypts what belongs to one credential under a data key of its own (keys/cipher.ts). */
export interface Cipher {
  createDataKey(): DataKey;
  /** @throws AppError DATA_UNREADABLE */
  openDataKey(wrapped: Uint8Array): DataKey;
  /** 16 bytes that tell nothing to whoever has not the master key; `purpose` keeps two uses apart. */
  fingerprint(bytes: Uint8Array, purpose: string): Uint8Array;
}

export interface DataKey {
  /** The data key under the master key: what is stored. */
  wrapped: Uint8Array;
  /** `context` names what the bytes are and whose, so that no row can pass for another. */
  encrypt(plain: Uint8Array, context: string): Uint8Array;
  /** @throws AppError DATA_UNREADABLE */
  decrypt(encrypted: Uint8Array, context: string): Uint8Array;
}

export interface NewCredential {
  /** The type's code, such as "FEHD-GRL". */
  type: string;
  /** By name; an image is { mediaType, data: base64 }. */
  claims: JsonObject;
  /** `issued` is today in Hong Kong and `validUntil` none, or the last end of its items, where they are left out. */
  validity: { validFrom: string; validUntil?: string | null | undefined; issued?: string | undefined };
  holder?: HolderContact | undefined;
  /** The id of the credential that it belongs to, where the type has such a rule. */
  parent?: string | undefined;
  /**
   * The holder's compressed P-256 key in base64url, to which the credential is bound. Left out it stays bound as the one whose place it takes, and else to
   * none; null: to none.
   */
  holderKey?: string | null | undefined;
}

/** The service's business, outside the claims. */
export interface HolderContact {
  email?: string | undefined;
  /** Of a person; a document has one or the other. */
  subject?: string | undefined;
  /** The number of a company. */
  company?: string | undefined;
  language?: 'en' | 'zh-Hant' | 'zh-Hans' | undefined;
}

export const REASONS = {
  'none-given': 0,
  'holder-request': 1,
  ceased: 2,
  'conditions-breached': 3,
  'false-information': 4,
  'issued-in-error': 5,
  replaced: 6,
  'court-order': 7,
  'other-public-reason': 8,
} as const;
export type Reason = keyof typeof REASONS;

export const CREDENTIAL_STATUSES = ['in-force', 'suspended', 'revoked', 'superseded'] as const;
export type CredentialStatus = (typeof CREDENTIAL_STATUSES)[number];

export interface CredentialView {
  /** "crd_" and the reference without hyphens in small letters. */
  id: string;
  /** As people type it: "K7QX-3MWA-P9RT". */
  reference: string;
  type: string;
  typeTitle: Label;
  version: number;
  /** 64 hex digits: the SHA-256 of its type's definition file, as the chain has it. */
  definition: string;
  state: CredentialState;
  /** Where `state` is "failed": why, for people. */
  failure: string | null;
  /** Verifiers say that it is not genuine: the key that anchored it was reported, or its batch made void. */
  disbelieved: boolean;
  /** What the chain says of today: a suspension whose last day has passed is over. The dates of the validity are not part of it. */
  status: CredentialStatus;
  /** Since when (UTC) and to which last day it is suspended; null for a credential that is not, or not any more. */
  suspension: { since: string; until: string | null } | null;
  /** The last valid day as it was moved to, null while a renewal is decided; null as a whole where the credential's own day counts. */
  extension: { validUntil: string | null; pendingRenewal: boolean } | null;
  /** Where a notice of its type moves its last valid day to, by which law; null where none does. */
  notice: { validUntil: string; law: string | null } | null;
  /** The last valid day as verifiers count it: its own, or moved by an extension and by notices; null where there is none. */
  endsOn: string | null;
  /** The newest change that is not final yet. */
  pendingChange: { id: string; act: StatusAct; until: string | null; state: StatusChangeState } | null;
  /** Days as YYYY-MM-DD. */
  issued: string;
  validFrom: string;
  validUntil: string | null;
  partlyUntil: string | null;
  /** Whether it is bound to a key of its holder. */
  bound: boolean;
  /** `id` and `root` are 0x and 64 hex digits; number, block and transaction are null before it is anchored. */
  batch: {
    id: string;
    root: string;
    number: number | null;
    index: number;
    size: number;
    block: number | null;
    transaction: string | null;
  } | null;
  /** The id of the credential that this one replaces, or that replaced it. */
  replaces: string | null;
  supersededBy: string | null;
  /** The id of the credential that it belongs to, and how many belong to it. */
  parent: string | null;
  children: number;
  createdAt: string;
  finalAt: string | null;
  /** When its claims were destroyed. */
  erasedAt: string | null;
}

/** One credential with what is in it. */
export interface CredentialDetail extends CredentialView {
  /** Null when they were erased. */
  claims: JsonObject | null;
  holder: HolderContact | null;
  /** The newest mail to its holder with it, or of its end. */
  mail: MailView | null;
}

export interface StatusChangeView {
  id: string;
  credential: string;
  act: StatusAct;
  reason: Reason;
  /** The last suspended day; null for an open suspension and for every other act. */
  until: string | null;
  /** Of an extension: the last valid day; null where it is until further notice, and for every other act. */
  validUntil: string | null;
  pendingRenewal: boolean;
  state: StatusChangeState;
  createdAt: string;
  finalAt: string | null;
}

export interface ListFilters {
  type?: string | undefined;
  state?: CredentialState | undefined;
  status?: CredentialStatus | undefined;
  /** As people type it. */
  reference?: string | undefined;
  /** A whole name or number, however it is written: search-terms.ts. */
  text?: string | undefined;
  createdFrom?: Date | undefined;
  createdTo?: Date | undefined;
  /** Hong Kong days: of what is final, neither revoked nor replaced, the last valid one as it was moved. */
  expiringFrom?: number | undefined;
  expiringTo?: number | undefined;
  /** The id of a credential: those that belong to it. */
  /** Only what has to be issued again (signing-keys/disbelieved.ts). */
  disbelieved?: boolean | undefined;
  parent?: string | undefined;
}

export interface ListRequest {
  actor: Actor;
  filters: ListFilters;
  /** 1 to 200. */
  limit: number;
  /** A `next` of this list. */
  cursor?: string | undefined;
  /** Newest first where it is left out. */
  order?: 'asc' | 'desc' | undefined;
}

export interface CredentialPage {
  items: CredentialView[];
  next: string | null;
}

/** Everything that a PDF, a QR or a JSON of a final credential is made of. */
export interface DocumentSource {
  view: CredentialView;
  type: CatalogueType;
  department: CatalogueDepartment;
  header: Header;
  /** All claims by name; an image is { mediaType, sha256 }. */
  claims: JsonObject;
  /** The bytes of the image claims, by claim name. */
  images: ReadonlyMap<string, { mediaType: 'image/png' | 'image/jpeg'; bytes: Uint8Array }>;
  /** Both groups in full: for the holder. */
  fullProof: Proof;
  /** What the type's disclosure rule lets everybody see: for the QR. */
  qrProof: Proof;
  registry: RegistryAddress;
}

export interface StatusRequest {
  actor: Actor;
  /** "crd_…" */
  id: string;
  reason: Reason;
  /** For the department's eyes. */
  note?: string | undefined;
  /** Also those that belong to it: then it is an operation, which has to be confirmed. */
  children?: true | undefined;
}

/*
 * Every use case asks the policy (auth/policy.ts) first, and throws FORBIDDEN where its actor may not.
 */

/** @throws AppError VALIDATION_FAILED, TYPE_UNKNOWN, TYPE_NOT_YOURS, TYPE_NOT_OPEN, ISSUER_NOT_READY, ISSUER_HELD, QR_TOO_LARGE, CREDENTIAL_TOO_LARGE */
export type IssueCredential = (
  tx: Tx,
  deps: IssuanceDeps,
  input: { actor: Actor; request: NewCredential },
) => Promise<CredentialView>;

/**
 * As IssueCredential, and CREDENTIAL_NOT_FOUND, CREDENTIAL_FAILED, ALREADY_REVOKED, ALREADY_SUPERSEDED; RENEWAL_TOO_EARLY and RENEWAL_TOO_LATE where it
 * gives the next term (next-term.ts), which was applied for on `appliedOn`, YYYY-MM-DD, or today; CREDENTIAL_ERASED where a `note` has no key to be kept under.
 */
export type ReplaceCredential = (
  tx: Tx,
  deps: IssuanceDeps,
  input: {
    actor: Actor;
    id: string;
    request: NewCredential;
    appliedOn?: string | undefined;
    /** Why, for the department's eyes. */
    note?: string | undefined;
  },
) => Promise<CredentialView>;

/** Null for another department's. */
export type GetCredential = (
  tx: Db | Tx,
  deps: IssuanceDeps,
  input: { actor: Actor; id: string },
) => Promise<CredentialDetail | null>;

/** @throws AppError CURSOR_INVALID */
export type ListCredentials = (tx: Db | Tx, deps: IssuanceDeps, request: ListRequest) => Promise<CredentialPage>;

export interface HolderListRequest {
  holder: HolderPerson;
  /** 1 to 200. */
  limit: number;
  cursor?: string | undefined;
}

/** What was issued to the holder, by whichever department. @throws AppError CURSOR_INVALID */
export type ListHolderCredentials = (
  tx: Db | Tx,
  deps: IssuanceDeps,
  request: HolderListRequest,
) => Promise<CredentialPage>;

/**
 * An operation that waits for a second person where the type's rule demands one.
 * @throws AppError CREDENTIAL_NOT_FOUND, CREDENTIAL_FAILED, ALREADY_REVOKED, ALREADY_SUSPENDED, NOT_SUSPENDED, ALREADY_SUPERSEDED
 */
export type ChangeStatus = (
  tx: Tx,
  deps: IssuanceDeps,
  request: StatusRequest,
) => Promise<StatusChangeView | OperationView>;

/**
 * As ChangeStatus, and VALIDATION_FAILED. `until` is the last suspended day in Hong Kong, on whose end the suspension is over without
 * anybody's act; a suspension that is in force can be given another end.
 */
export type SuspendCredential = (
  tx: Tx,
  deps: IssuanceDeps,
  request: StatusRequest & { until?: string | undefined },
) => Promise<StatusChangeView | OperationView>;

/** @throws AppError CREDENTIAL_NOT_FOUND, NOT_FINAL where something of it is still on its way to the chain */
export type EraseCredential = (
  tx: Tx,
  deps: IssuanceDeps,
  input: { actor: Actor; id: string },
) => Promise<CredentialView>;

/** @throws AppError CREDENTIAL_NOT_FOUND, NOT_FINAL, CREDENTIAL_ERASED */
export type GetDocument = (
  tx: Db | Tx,
  deps: IssuanceDeps,
  input: { actor: Actor; id: string },
) => Promise<DocumentSource>;

export interface IdempotentRequest {
  issuer: IssuerRow;
  /** The actor's id: nobody else gets the answer again. */
  actor: string;
  key: string;
  method: string;
  path: string;
  bodySha256: Uint8Array;
}

export interface KeptAnswer {
  status: number;
  /** JSON text, so that a replayed answer has the same bytes. */
  body: string;
}

/**
 * Runs the work in one transaction with the record of its answer.
 * @throws AppError IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_CONFLICT
 */
export type WithIdempotency = (
  db: Db,
  request: IdempotentRequest,
  run: (tx: Tx) => Promise<KeptAnswer>,
) => Promise<KeptAnswer & { replayed: boolean }>;
