import type { ColumnType, Generated, Insertable, Kysely, Selectable, Transaction } from 'kysely';
import type { KeyFault } from '../signing-keys/fault.ts';

/**
 * The tables, as code sees them. Bytes are Buffers, days are Hong Kong days since 1970-01-01, and `seq` is the order in which rows
 * were made. Every table of a department's data has `issuer_id`, and every query names it.
 */
export interface Database {
  issuers: IssuersTable;
  api_keys: ApiKeysTable;
  credential_types: CredentialTypesTable;
  type_versions: TypeVersionsTable;
  /** All but copies: a view of the next one. */
  credentials: CredentialsTable;
  /** With the copies that are bound to holders' devices, for what carries leaves to the chain and keeps them as the chain has them. */
  credentials_and_copies: CredentialsTable;
  device_copies: DeviceCopiesTable;
  search_terms: SearchTermsTable;
  search_terms_filled: SearchTermsFilledTable;
  images: ImagesTable;
  issuing_rules: IssuingRulesTable;
  drafts: DraftsTable;
  approvals: ApprovalsTable;
  batches: BatchesTable;
  unknown_batches: UnknownBatchesTable;
  transactions: TransactionsTable;
  status_changes: StatusChangesTable;
  status_operations: StatusOperationsTable;
  status_operation_rows: StatusOperationRowsTable;
  notices: NoticesTable;
  notice_posts: NoticePostsTable;
  idempotency_keys: IdempotencyKeysTable;
  imports: ImportsTable;
  import_errors: ImportErrorsTable;
  import_chunks: ImportChunksTable;
  import_parts: ImportPartsTable;
  shares: SharesTable;
  share_openings: ShareOpeningsTable;
  reports: ReportsTable;
  companies: CompaniesTable;
  company_nominations: CompanyNominationsTable;
  delegates: DelegatesTable;
  company_acts: CompanyActsTable;
  consent_requests: ConsentRequestsTable;
  consent_readings: ConsentReadingsTable;
  officers: OfficersTable;
  saved_views: SavedViewsTable;
  replacement_notes: ReplacementNotesTable;
  sessions: SessionsTable;
  sign_ins: SignInsTable;
  audit_records: AuditRecordsTable;
  audit_heads: AuditHeadsTable;
  read_counts: ReadCountsTable;
  read_days: ReadDaysTable;
  webhooks: WebhooksTable;
  webhook_events: WebhookEventsTable;
  webhook_deliveries: WebhookDeliveriesTable;
  mails: MailsTable;
  reminders: RemindersTable;
  rate_counts: RateCountsTable;
  secret_checks: SecretChecksTable;
  access_tokens: AccessTokensTable;
  look_up_attempts: LookUpAttemptsTable;
}

export type Db = Kysely<Database>;
export type Tx = Transaction<Database>;

/** provisioning: not on the chain yet. held: the chain has something of it that this database does not know. */
export type IssuerState = 'provisioning' | 'active' | 'held';

export interface IssuersTable {
  id: Generated<number>;
  /** The department's code in the catalogue, such as "FEHD". */
  code: string;
  /** SHA-256 of its profile file: 64 hex digits. */
  profile: string;
  /** Its number in the registry; null before it was admitted. */
  number: number | null;
  /** Addresses, 0x and 40 lower-case hex digits. */
  anchor_key: string | null;
  status_key: string | null;
  /** Why the registry takes nothing of that key at present; null where it does. */
  anchor_fault: KeyFault | null;
  status_fault: KeyFault | null;
  state: Generated<IssuerState>;
  /** For people: why it is held. */
  held_reason: string | null;
  created_at: Generated<Date>;
}

export interface ApiKeysTable {
  id: Generated<number>;
  issuer_id: number;
  name: string;
  /** The first characters, to be recognised by. */
  prefix: string;
  key_sha256: Buffer;
  /** Acts of auth/policy.ts. */
  scopes: string[];
  created_at: Generated<Date>;
  last_used_at: Date | null;
  revoked_at: Date | null;
  /** Null for what the operator set up. */
  created_by: string | null;
  /** Whoever was told one of its secrets: "officer:7", and "key:3" for a key that made it. */
  people: Generated<string[]>;
  /** Null for what the operator set up without an end. */
  expires_at: Date | null;
  rotated_at: Date | null;
  /** The secret before the last rotation, until when it works too, and its last use. */
  previous_sha256: Buffer | null;
  previous_until: Date | null;
  previous_used_at: Date | null;
}

export interface CredentialTypesTable {
  issuer_id: number;
  /** Its number at the issuer in the registry. */
  number: number;
  code: string;
  version: number;
  /** SHA-256 of the definition file: 64 hex digits. */
  definition: string;
  opened_transaction: string | null;
  created_at: Generated<Date>;
}

/**
 * submitted: it waits for approvals of its content hash; what is still typed is a draft without a credential. The last approval makes
 * it issued, so that no row stays approved. sealed: until it is final, whatever becomes of its batch.
 */
export type StoredState = 'draft' | 'submitted' | 'approved' | 'issued' | 'sealed' | 'final' | 'failed';
/** As everybody else sees it: a sealed credential is anchored when its batch is. */
export type CredentialState = StoredState | 'anchored';

export interface CredentialsTable {
  seq: Generated<number>;
  /** The 6 bytes of the header's id. */
  id: Buffer;
  issuer_id: number;
  type_number: number;
  code: string;
  version: number;
  definition: string;
  state: StoredState;
  /** The header's bytes, as they are hashed. */
  header: Buffer;
  issued: number;
  valid_from: number;
  valid_until: number | null;
  partly_until: number | null;
  /** What was approved: header and both groups, without the place in a batch. */
  content_hash: Buffer;
  /** The data key of this row under the master key. */
  wrapped_key: Buffer;
  /** Claims, seeds and the holder's contact under the data key. Both are empty when the credential was erased. */
  payload: Buffer;
  /** The holder's subject under a key of its own (auth/holder-index.ts); null where the department named none. */
  holder_subject_hmac: Buffer | null;
  /** Whether the contact in the payload names an e-mail address: it can be asked without opening the payload. */
  has_email: Generated<boolean>;
  erased_at: Date | null;
  /** The credential that this one takes the place of. */
  replaces_seq: number | null;
  /** The credential that this one belongs to. */
  parent_seq: number | null;
  /** The credential of which this is a copy for a device of its holder (copies/README.md). */
  copy_of: Generated<number | null>;
  /** The first day on which that one may name it as its successor; null when it has, and where it never will. */
  takes_over_on: number | null;
  batch_seq: number | null;
  leaf: number | null;
  /** What the chain was last seen to say. */
  revoked: Generated<boolean>;
  suspended: Generated<boolean>;
  /** When it was suspended, and the last suspended day; both null where it is not, the second where it has no end. */
  suspended_at: Date | null;
  suspended_until: number | null;
  /** The last valid day as it was moved to; null where the credential's own counts. */
  extended_until: number | null;
  superseded_by_seq: number | null;
  prepared_by: string;
  submitted_by: string | null;
  approved_by: string | null;
  approved_at: Date | null;
  created_at: Generated<Date>;
  final_at: Date | null;
  /** For people: why it failed. */
  failure: string | null;
  /** The import that it came by, and its line there. */
  import_seq: number | null;
  import_line: number | null;
  /** issuance/identity.ts; null in rows that are older than this column. */
  identity: Buffer | null;
}

export interface SearchTermsTable {
  /** issuance/search-terms.ts */
  hash: Buffer;
  issuer_id: number;
  credential_id: Buffer;
}

/** One row, or none yet. */
export interface SearchTermsFilledTable {
  only_one: Generated<boolean>;
  /** The seq of the last credential that was looked at (issuance/fill-search-terms.ts). */
  up_to: number;
}

/** all: one bad row refuses the file. good: the good rows go on. */
export type ImportMode = 'all' | 'good';
export type ImportFormat = 'ndjson' | 'csv';
/**
 * receiving: more may come. submitted: all is there and waits for approval. approved: its rows are being made "issued". refused: of a bad row, or of
 * one whose parent has ended. returned, withdrawn: by who approves, by who prepares. abandoned: nothing came for long.
 */
export type ImportState =
  | 'receiving'
  | 'submitted'
  | 'approved'
  | 'completed'
  | 'refused'
  | 'returned'
  | 'withdrawn'
  | 'abandoned';

export interface ImportsTable {
  seq: Generated<number>;
  issuer_id: number;
  idempotency_key: string;
  code: string;
  definition: string;
  type_number: number;
  mode: ImportMode;
  dry_run: boolean;
  format: ImportFormat;
  /** A CSV's first line. */
  columns: string[] | null;
  state: Generated<ImportState>;
  /** Whether its credentials wait for the rest of the file, or for approval: issuance/held.ts. */
  holds: boolean;
  /** Whether its rows wait until somebody else has approved them. */
  for_approval: Generated<boolean>;
  /** What an approval is for, from "submitted" on: imports/parts.ts. */
  contents_sha256: Buffer | null;
  /** Of its credentials, what approvers look at first. */
  sample_seqs: number[] | null;
  /** By how many approvals it was released, by the rule of that time. */
  approvals_needed: number | null;
  returned_by: string | null;
  /** Why it was returned, under the key beside it. */
  note_key: Buffer | null;
  note: Buffer | null;
  /** How much of the file is in the database: always whole rows. */
  received_bytes: Generated<number>;
  /** Lines of these bytes, a CSV's first line and empty ones among them. */
  lines: Generated<number>;
  ready: Generated<number>;
  malformed: Generated<number>;
  duplicates: Generated<number>;
  already_issued: Generated<number>;
  requested_by: string;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
  finished_at: Date | null;
}

/** A piece of an import's file that is in the database, and its hash, by which a file that is sent again is known. */
export interface ImportChunksTable {
  issuer_id: number;
  import_seq: number;
  start_byte: number;
  size_bytes: number;
  sha256: Buffer;
}

/** Rows of a submitted import that stand together, and the hash of what was approved of them. */
export interface ImportPartsTable {
  issuer_id: number;
  import_seq: number;
  /** Of the credentials; others may lie in between. */
  first_seq: number;
  last_seq: number;
  /** Of the file, as editors count. */
  first_line: number;
  last_line: number;
  sha256: Buffer;
  /** Whether its rows are "issued". */
  released: Generated<boolean>;
}

/** A link by which a holder shows something. */
export interface SharesTable {
  seq: Generated<number>;
  /** 16 random bytes: what the link names. */
  id: Buffer;
  issuer_id: number;
  credential_seq: number;
  holder_subject_hmac: Buffer;
  idempotency_key: string;
  /** Locked by a key that nobody here has; null when the link is over. */
  sealed: Buffer | null;
  expires_at: Date;
  most_opens: number | null;
  created_at: Date;
  ended_at: Generated<Date | null>;
  /** Who made it for a company; null for a holder's own. */
  delegate_seq: number | null;
}
export type ShareRow = Selectable<SharesTable>;

export interface ShareOpeningsTable {
  share_seq: number;
  /** 16 bytes that the visitor chose. */
  visit: Buffer;
  opened_at: Date;
}

/** What is known of a copy beside its row among the credentials. */
export interface DeviceCopiesTable {
  copy_seq: number;
  issuer_id: number;
  /** The original. */
  credential_seq: number;
  holder_subject_hmac: Buffer;
  idempotency_key: string;
  /** The hash of the device's key, as the copy's header has it. */
  holder_key: Buffer;
  /** Of which kind, as its browser says. */
  device: string;
  /** Who made it for a company; null for a holder's own. */
  delegate_seq: number | null;
  created_at: Date;
  /** When its holder ended it. */
  ended_at: Generated<Date | null>;
}
export type DeviceCopyRow = Selectable<DeviceCopiesTable>;

/** What a holder told the department of a document. */
export interface ReportsTable {
  seq: Generated<number>;
  issuer_id: number;
  credential_seq: number;
  holder_subject_hmac: Buffer;
  idempotency_key: string;
  kind: 'wrong' | 'lost' | 'not-mine' | 'other';
  /** Of what is written: wrapped. */
  data_key: Buffer;
  message: Buffer;
  created_at: Date;
  answer: Generated<Buffer | null>;
  answered_by: Generated<string | null>;
  answered_at: Generated<Date | null>;
}
export type ReportRow = Selectable<ReportsTable>;

/** A new version of a credential type, from its first draft until it is in use. */
export interface TypeVersionsTable {
  seq: Generated<number>;
  issuer_id: number;
  /** Of the type. */
  code: string;
  state: TypeVersionState;
  /** JSON as it was typed, right or wrong. */
  definition: string;
  /** The definition file, its SHA-256 in hex and its version: from when it is prepared, and never changed from then on. */
  bytes: Generated<Buffer | null>;
  sha256: Generated<string | null>;
  version: Generated<number | null>;
  created_by: string;
  created_at: Date;
  changed_by: string;
  changed_at: Date;
  prepared_by: Generated<string | null>;
  prepared_at: Generated<Date | null>;
  published_at: Generated<Date | null>;
}
export const TYPE_VERSION_STATES = ['draft', 'prepared', 'published', 'discarded'] as const;
/** prepared: its bytes are fixed, and the registry is looked at; published: the registry has it, and it is in use. */
export type TypeVersionState = (typeof TYPE_VERSION_STATES)[number];
export type TypeVersionRow = Selectable<TypeVersionsTable>;

/** A company that documents are issued to. */
export interface CompaniesTable {
  seq: Generated<number>;
  /** Of its number (auth/holder-index.ts): what its documents are found by. */
  subject_hmac: Buffer;
  /** Of what is sealed here and of its delegates: wrapped. */
  data_key: Buffer;
  /** Number and name. */
  sealed: Buffer;
  created_at: Date;
}
export type CompanyRow = Selectable<CompaniesTable>;

/** A department's word that somebody may administrate a company. */
export interface CompanyNominationsTable {
  seq: Generated<number>;
  issuer_id: number;
  /** The company's. */
  subject_hmac: Buffer;
  person_hmac: Buffer;
  data_key: Buffer;
  /** Number and name of the company, name of the person. */
  sealed: Buffer;
  named_by: string;
  created_at: Date;
  /** Who allowed or refused it; null while it waits for a second person. */
  decided_by: string | null;
  decided_at: Date | null;
  is_refused: Generated<boolean>;
  /** When the person signed in. */
  taken_at: Generated<Date | null>;
  withdrawn_at: Generated<Date | null>;
  withdrawn_by: Generated<string | null>;
  /** Why it was refused or withdrawn. */
  sealed_note: Generated<Buffer | null>;
}
export type CompanyNominationRow = Selectable<CompanyNominationsTable>;

export type DelegateRole = 'admin' | 'delegate';

/** Somebody who acts for a company, or did. */
export interface DelegatesTable {
  seq: Generated<number>;
  company_seq: number;
  person_hmac: Buffer;
  role: DelegateRole;
  /** Whose word it was. */
  source: 'department' | 'provider' | 'company';
  /** The person's name, under the company's key. */
  sealed: Buffer;
  nomination_seq: number | null;
  created_at: Date;
  /** The delegate who added them. */
  created_by: number | null;
  ended_at: Generated<Date | null>;
  /** The delegate who ended them; null where the department or the provider did. */
  ended_by: Generated<number | null>;
}
export type DelegateRow = Selectable<DelegatesTable>;

/** What was done in a company's name. */
export interface CompanyActsTable {
  seq: Generated<number>;
  company_seq: number;
  delegate_seq: number;
  act: string;
  object: string | null;
  at: Date;
}

/** What a department asks of a holder. */
export interface ConsentRequestsTable {
  seq: Generated<number>;
  /** The department that asks. */
  issuer_id: number;
  holder_subject_hmac: Buffer;
  type: string;
  claims: string[];
  /** Of purpose and case number: wrapped. */
  data_key: Buffer;
  sealed: Buffer;
  asked_by: string;
  created_at: Date;
  answer_by: Date;
  read_until: Date;
  answer: Generated<'consented' | 'refused' | null>;
  answered_at: Generated<Date | null>;
  /** Who answered for a company. */
  delegate_seq: Generated<number | null>;
  /** Of another department: of which document the proof is. */
  credential_seq: Generated<number | null>;
  /** Under the key of that document; null where it can be read no longer. */
  proof: Generated<Buffer | null>;
  withdrawn_at: Generated<Date | null>;
  ended_at: Generated<Date | null>;
}
export type ConsentRequestRow = Selectable<ConsentRequestsTable>;

export interface ConsentReadingsTable {
  issuer_id: number;
  request_seq: number;
  reader: string;
  read_at: Date;
}

export type ImportErrorKind = 'malformed' | 'duplicate' | 'already-issued';

export interface ImportErrorsTable {
  issuer_id: number;
  import_seq: number;
  line: number;
  place: number;
  kind: ImportErrorKind;
  pointer: string;
  csv_column: string | null;
  code: string;
  message: string;
}

export interface ImagesTable {
  issuer_id: number;
  credential_seq: number;
  claim: string;
  media_type: string;
  sha256: Buffer;
  /** Under the credential's data key. */
  data: Buffer;
}

/** A department's own rule for a type; where there is none, nobody's approval is needed. */
export interface IssuingRulesTable {
  issuer_id: number;
  code: string;
  approvals: number;
  status_approvals: number;
  /** How long claims are kept after a credential's end; null for without an end. */
  retention_months: number | null;
  changed_by: string;
  changed_at: Generated<Date>;
}

/** submitted: a credential in the same state holds what is to be approved. Issued and discarded ones keep nothing personal. */
export type DraftState = 'draft' | 'submitted' | 'issued' | 'discarded';

export interface DraftsTable {
  seq: Generated<number>;
  issuer_id: number;
  code: string;
  state: DraftState;
  wrapped_key: Buffer | null;
  /** What was typed, as JSON under the draft's own data key. */
  content: Buffer | null;
  /** Why it was returned, for its preparer; under the same key. */
  note: Buffer | null;
  /** What was submitted when it was returned, so that its approver finds what has changed since; under the same key. */
  returned_content: Buffer | null;
  replaces_seq: number | null;
  credential_seq: number | null;
  /** By how many approvals it was issued, by the rule of that time; null before, and for what was read back from the chain. */
  approvals_needed: number | null;
  prepared_by: string;
  /** Whoever prepared, edited or submitted it: none of them may approve it. */
  people: string[];
  returned_by: string | null;
  created_at: Generated<Date>;
  changed_at: Generated<Date>;
}

/** Never changed: an approval is for a content hash, and what is edited has another one. */
export interface ApprovalsTable {
  seq: Generated<number>;
  issuer_id: number;
  /** One of the two. */
  draft_seq: number | null;
  import_seq: number | null;
  content_hash: Buffer;
  actor: string;
  created_at: Generated<Date>;
}

/** open: its leaf order is fixed. signed: its manifest is kept and its signature stored. sent: a transaction carries it. */
export type BatchState = 'open' | 'signed' | 'sent' | 'anchored' | 'final' | 'failed';

export interface BatchesTable {
  seq: Generated<number>;
  /** 32 bytes: the EIP-712 digest. */
  id: Buffer;
  issuer_id: number;
  type_number: number;
  definition: string;
  root: Buffer;
  size: number;
  state: BatchState;
  signature: Buffer | null;
  key: string | null;
  transaction_seq: number | null;
  /** Its number at the issuer in the registry, its block and time; null before it was anchored. */
  number: number | null;
  block_number: number | null;
  anchored_at: Date | null;
  transaction_hash: string | null;
  attempts: Generated<number>;
  retry_at: Date | null;
  failure: string | null;
  created_at: Generated<Date>;
  final_at: Date | null;
  /** Verifiers say that it is not genuine: its key was reported since before it was anchored, or it was made void. */
  disbelieved: Generated<boolean>;
}

/**
 * disbelieved: verifiers call nothing in it genuine. known: it was read back from its manifest. gone: the chain does not have it any more.
 */
export type UnknownOutcome = 'disbelieved' | 'known' | 'gone';

/** Batches that the chain has in the department's name, and that this database did not know when it saw them. */
export interface UnknownBatchesTable {
  seq: Generated<number>;
  issuer_id: number;
  /** 32 bytes. */
  id: Buffer;
  /** Its number at the issuer in the registry. */
  number: number;
  size: number;
  /** Who signed it: 0x and 40 lower-case hex digits. */
  key: string;
  /** Null where the node does not tell what anchored it. */
  transaction_hash: string | null;
  block_number: number | null;
  anchored_at: Date;
  seen_at: Date;
  /** Null while the department is told of it. */
  outcome: UnknownOutcome | null;
  ended_at: Date | null;
}
export type UnknownBatchRow = Selectable<UnknownBatchesTable>;

/** stored: before it is sent and until it is mined. lost: something else used its nonce. replaced: sent again for a higher fee. */
export type TransactionState = 'stored' | 'mined' | 'reverted' | 'lost' | 'replaced';

export interface TransactionsTable {
  seq: Generated<number>;
  sender: string;
  nonce: number;
  hash: string;
  /** The signed transaction, 0x hex: sent again as it is until it is mined. */
  raw: string;
  purpose: 'anchor' | 'status';
  state: TransactionState;
  block_number: number | null;
  sent_at: Date | null;
  created_at: Generated<Date>;
}

export type StatusAct = 'revoke' | 'suspend' | 'reinstate' | 'amend' | 'extend';
export type StatusChangeState = 'recorded' | 'sent' | 'anchored' | 'final' | 'failed';

export interface StatusChangesTable {
  seq: Generated<number>;
  issuer_id: number;
  credential_seq: number;
  act: StatusAct;
  reason: number;
  /** The last suspended day; null for an open suspension and for every other act. */
  until: number | null;
  /** Of an extension: the last valid day. */
  valid_until: number | null;
  /** Whether the anchor key signs it, because it takes back what another status key did. */
  by_anchor_key: Generated<boolean>;
  /** For the department's eyes, under the credential's data key. */
  note: Buffer | null;
  successor_seq: number | null;
  /** The operation that it is part of. */
  operation_seq: number | null;
  state: StatusChangeState;
  /** Key, its nonce in the registry and the carrying transaction; several rows of one batch may share them. */
  key: string | null;
  key_nonce: number | null;
  transaction_seq: number | null;
  block_number: number | null;
  attempts: Generated<number>;
  retry_at: Date | null;
  failure: string | null;
  requested_by: string;
  created_at: Generated<Date>;
  final_at: Date | null;
}

/** A change that is looked at before it is made. */
export interface StatusOperationsTable {
  seq: Generated<number>;
  issuer_id: number;
  act: Exclude<StatusAct, 'amend'> | 'renew';
  reason: number;
  until: number | null;
  /** Of an extension: the new last valid day. */
  valid_until: number | null;
  /** Of a renewal: the day on which it was applied for. */
  applied_on: number | null;
  /** For the department's eyes, under a data key of its own until it is decided; then each credential has it under its own. */
  note: Buffer | null;
  note_key: Buffer | null;
  /** How many people beside the one who asked have to agree. */
  approvals: number;
  state: 'preview' | 'confirmed' | 'cancelled';
  requested_by: string;
  decided_by: string | null;
  created_at: Generated<Date>;
  decided_at: Date | null;
}

/** What was previewed: nothing else is changed. */
export interface StatusOperationRowsTable {
  issuer_id: number;
  operation_seq: number;
  credential_seq: number;
  /** The newest change that the credential had then: another one since, and it is left as it is. */
  last_change_seq: number | null;
  /** Why it is not changed. */
  refusal: string | null;
  /** Of a renewal that needs approval: the draft of the next term. */
  draft_seq: number | null;
  /** Of a renewal: what was issued. */
  successor_seq: number | null;
}

/** A law that moves the last valid days of a whole type: those from `from_day` to `to_day` become `valid_until`. */
export interface NoticesTable {
  seq: Generated<number>;
  issuer_id: number;
  code: string;
  from_day: number;
  to_day: number;
  valid_until: number;
  /** Null where the words on the chain are no proper text. */
  law: string | null;
  /** How many credentials it moved when it was previewed, or confirmed. */
  touched: number;
  /** How many people beside the one who asked have to agree. */
  approvals: number;
  state: 'preview' | 'confirmed' | 'cancelled';
  requested_by: string;
  decided_by: string | null;
  created_at: Generated<Date>;
  decided_at: Date | null;
}

/** A notice in the registry, which has them by the number of a type: one for each version. */
export interface NoticePostsTable {
  seq: Generated<number>;
  issuer_id: number;
  notice_seq: number;
  type_number: number;
  /** Its index among the notices of its type; null until the chain shows it. */
  place: number | null;
  state: Exclude<StatusChangeState, 'failed'>;
  /** When the department's admin withdrew it. */
  withdrawn_at: Date | null;
  /** Whether verifiers ignore it, because its key was reported. */
  disbelieved: Generated<boolean>;
  key: string | null;
  key_nonce: number | null;
  transaction_seq: number | null;
  block_number: number | null;
  attempts: Generated<number>;
  retry_at: Date | null;
  failure: string | null;
  created_at: Generated<Date>;
  final_at: Date | null;
}

export interface IdempotencyKeysTable {
  issuer_id: number;
  key: string;
  /** Who asked, and alone gets the answer again; null for answers from before this was kept. */
  actor: string | null;
  method: string;
  path: string;
  body_sha256: Buffer;
  status: number;
  body: string;
  created_at: Generated<Date>;
}

/** A person who acts for a department. A row is never used for somebody else: its id stands beside what was done. */
export interface OfficersTable {
  id: Generated<number>;
  issuer_id: number;
  /** The OpenID provider's issuer address, and its name for the person. */
  provider: string;
  subject: string;
  /** For people. */
  name: string;
  /** Roles of auth/policy.ts. */
  roles: string[];
  active: Generated<boolean>;
  created_by: string;
  created_at: Generated<Date>;
  changed_by: string | null;
  changed_at: Date | null;
}

/** Why a credential takes the place of another, until it does. */
export interface ReplacementNotesTable {
  successor_seq: number;
  issuer_id: number;
  /** For the department's eyes, under the data key of the one that is replaced. */
  note: Buffer;
}

/** Filters of a list, kept by an officer for themselves or for the department. */
export interface SavedViewsTable {
  seq: Generated<number>;
  issuer_id: number;
  /** Who made it, as it stands beside acts: "officer:7". */
  owner: string;
  place: ViewPlace;
  name: string;
  /** As the list's address has them. */
  filters: ColumnType<Readonly<Record<string, string>>, string, string>;
  is_shared: boolean;
  created_at: Date;
  changed_at: Date;
}
export type SavedViewRow = Selectable<SavedViewsTable>;
/** The lists of the console. */
export type ViewPlace = 'credentials' | 'drafts' | 'imports' | 'reports' | 'companies' | 'audit';

/** An officer's, with `issuer_id`, or a holder's, who belongs to no department. */
export interface SessionsTable {
  /** Of the secret in the cookie, which is kept nowhere. */
  secret_sha256: Buffer;
  issuer_id: number | null;
  officer_id: number | null;
  holder_subject_hmac: Buffer | null;
  /** Name and ID token, under a key that follows from the secret alone. */
  sealed: Buffer;
  created_at: Date;
  used_at: Date;
  expires_at: Date;
}

/** A sign-in between its two requests; used once. */
export interface SignInsTable {
  secret_sha256: Buffer;
  people: 'officers' | 'holders';
  /** The department's code, where the person named one. */
  department: string | null;
  state: string;
  nonce: string;
  code_verifier: string;
  return_to: string;
  created_at: Date;
}

type Facts = Record<string, string | number | boolean | null>;

/** Append-only: triggers refuse every change but the one that gives an unlinked record its position and hash. */
export interface AuditRecordsTable {
  seq: Generated<number>;
  /** Null for what no department can be told of, such as an unknown key. */
  issuer_id: number | null;
  /** Its place in its department's chain, from 1; null until it is linked. */
  position: Generated<number | null>;
  hash: Generated<Buffer | null>;
  at: Generated<Date>;
  actor: string;
  act: string;
  object: string | null;
  allowed: boolean;
  code: string | null;
  before: ColumnType<Facts | null, string | null>;
  after: ColumnType<Facts | null, string | null>;
  request_id: string | null;
  address: string | null;
}

/** The head of a department's chain that a batch of its own carries to the chain, one a day. */
export interface AuditHeadsTable {
  /** Who anchored it. */
  issuer_id: number;
  /** True for a head of the platform's own log. */
  of_platform: Generated<boolean>;
  /** A day in Hong Kong, YYYY-MM-DD. */
  day: string;
  position: number;
  hash: Buffer;
  batch_seq: number;
  created_at: Generated<Date>;
}

export interface WebhooksTable {
  id: Generated<number>;
  issuer_id: number;
  url: string;
  /** Types of webhooks/event.ts. */
  events: string[];
  active: Generated<boolean>;
  /** The data key of this row under the master key, and under it the secrets. */
  wrapped_key: Buffer;
  secret: Buffer;
  previous_secret: Buffer | null;
  previous_until: Date | null;
  /** Since when nothing but pings is sent; null where it is not paused. */
  paused_at: Date | null;
  /** When it was last resumed: the patience with what waited is counted from here. */
  resumed_at: Date | null;
  created_by: string;
  created_at: Generated<Date>;
  /** When it was last said what it is told. */
  changed_at: Generated<Date>;
}

/** The outbox: written in the transaction that makes it true. */
export interface WebhookEventsTable {
  seq: Generated<number>;
  /** "evt_…" */
  id: string;
  issuer_id: number;
  type: string;
  data: ColumnType<Facts, string>;
  created_at: Generated<Date>;
}

export type WebhookDeliveryState = 'waiting' | 'delivered' | 'failed';

export interface WebhookDeliveriesTable {
  seq: Generated<number>;
  issuer_id: number;
  webhook_id: number;
  event_seq: number;
  /** Of a ping, which is sent while its webhook is paused. */
  is_ping: Generated<boolean>;
  state: Generated<WebhookDeliveryState>;
  attempts: Generated<number>;
  /** When it is made, or, while it is being made, when it is made again; null when it is over. */
  next_at: Generated<Date | null>;
  /** Of the last answer. */
  status: number | null;
  /** For people: why it was no success. */
  failure: string | null;
  replay_of: number | null;
  created_at: Generated<Date>;
  attempted_at: Date | null;
  delivered_at: Date | null;
}

/** The last two tell of what waits for a holder where they sign in. */
export type MailKind = 'document' | 'reminder' | 'answer' | 'request';
/** Which reminders were given before which last day: each once. */
export interface RemindersTable {
  issuer_id: number;
  credential_seq: number;
  ends_on: number;
  days: number;
  created_at: Date;
}

export type MailState = 'waiting' | 'sent' | 'failed';

/** The outbox of e-mails to holders. To whom, stands in the credential's payload alone. */
export interface MailsTable {
  seq: Generated<number>;
  issuer_id: number;
  /** Whose address it goes to; what it is about, but for a request. */
  credential_seq: number;
  kind: MailKind;
  /** Of a reminder: the last valid day that it reminds of. */
  ends_on: number | null;
  /** Of an answer; null when the report is gone. */
  report_seq: number | null;
  /** Of a request; null when that is gone, or the credential was erased. */
  request_seq: number | null;
  /** The same in every attempt, so that a receiver knows a repetition. */
  message_id: Generated<string>;
  state: Generated<MailState>;
  attempts: Generated<number>;
  /** When it is sent, or, while it is being sent, when it is sent again; null when it is over. */
  next_at: Date | null;
  /** Of the last attempt: a code of mail/outbox.ts; null where it was sent, or not tried yet. */
  code: string | null;
  /** The mail server's number for a refusal, such as 550. */
  reply: number | null;
  /** Who asked for it; null where it follows from the credential itself. */
  requested_by: string | null;
  created_at: Date;
  attempted_at: Date | null;
  sent_at: Date | null;
}

/** Stands for an API key for a few minutes. */
/** How often a credential was asked for by facts from its paper (look-ups/attempts.ts). Of whom is not told, nor whether there is one. */
export interface LookUpAttemptsTable {
  /** 16 bytes of a reference under a key of their own. */
  reference: Buffer;
  attempts: number;
  /** Before this nothing is judged. */
  open_at: Date;
}

export interface AccessTokensTable {
  token_sha256: Buffer;
  issuer_id: number;
  api_key_id: number;
  /** Of the key's secret that it was given for: it ends with that. */
  secret_sha256: Buffer;
  scopes: string[];
  created_at: Date;
  expires_at: Date;
}

/** By which an instance finds out that it has other secrets than those that wrote this database. */
export interface SecretChecksTable {
  name: string;
  /** An HMAC under the secret. */
  value: Buffer;
}

/** Who read what in an hour that is not in the audit log yet (audit/reads.ts). */
export interface ReadCountsTable {
  issuer_id: number;
  hour: Date;
  actor: string;
  act: string;
  what: string;
  /** Empty for what is about no single thing. */
  object: string;
  reads: number;
}

/** How many credentials an actor opened on a day in Hong Kong. */
export interface ReadDaysTable {
  issuer_id: number;
  actor: string;
  day: number;
  opened: number;
  /** Of those with which they did nothing else. */
  outside_work: number;
}

/** Unlogged. */
export interface RateCountsTable {
  name: string;
  window_start: Date;
  hits: number;
}

export type WebhookRow = Selectable<WebhooksTable>;
export type MailRow = Selectable<MailsTable>;
export type AuditRecordRow = Selectable<AuditRecordsTable>;
export type IssuerRow = Selectable<IssuersTable>;
export type ApiKeyRow = Selectable<ApiKeysTable>;
export type CredentialTypeRow = Selectable<CredentialTypesTable>;
export type CredentialRow = Selectable<CredentialsTable>;
export type NewCredentialRow = Insertable<CredentialsTable>;
export type DraftRow = Selectable<DraftsTable>;
export type ApprovalRow = Selectable<ApprovalsTable>;
export type ImportRow = Selectable<ImportsTable>;
export type BatchRow = Selectable<BatchesTable>;
export type TransactionRow = Selectable<TransactionsTable>;
export type StatusOperationRow = Selectable<StatusOperationsTable>;
export type StatusChangeRow = Selectable<StatusChangesTable>;
export type NoticeRow = Selectable<NoticesTable>;
export type NoticePostRow = Selectable<NoticePostsTable>;
export type OfficerRow = Selectable<OfficersTable>;
export type SignInRow = Selectable<SignInsTable>;
export type IdempotencyKeyRow = Selectable<IdempotencyKeysTable>;
