// Made of the description of the API by scripts/make-client.ts, which is run again where a route changes.
import type { Json, JsonObject } from '../proof/json.ts';

export interface ApiKey {
  id: string;
  name: string;
  /** The first characters of the secret, to know it again by */
  prefix: string;
  mode: 'test' | 'live';
  scopes: readonly string[];
  state: 'active' | 'expired' | 'deactivated';
  /** Null for what the operator set up */
  createdBy: string | null;
  /** Whoever was told one of its secrets: none of them may approve what was done with it */
  people: readonly string[];
  /** UTC */
  createdAt: string;
  expiresAt: string | null;
  /** To the minute */
  lastUsedAt: string | null;
  rotatedAt: string | null;
  /** Until when the secret before the last rotation works too */
  previousUntil: string | null;
  previousLastUsedAt: string | null;
  links: {
    self: string;
  };
}

export interface ApiKeyPage {
  items: readonly ApiKey[];
  has_more: boolean;
  next: string | null;
}

export interface ApiKeyRotation {
  /** For how long the secret that there is goes on working; 0 ends it at once */
  overlapHours?: number | undefined;
  /** Another end; the one that it has where it is left out */
  expiresAt?: string | undefined;
}

export interface ApiKeyWithSecret {
  id: string;
  name: string;
  /** The first characters of the secret, to know it again by */
  prefix: string;
  mode: 'test' | 'live';
  scopes: readonly string[];
  state: 'active' | 'expired' | 'deactivated';
  /** Null for what the operator set up */
  createdBy: string | null;
  /** Whoever was told one of its secrets: none of them may approve what was done with it */
  people: readonly string[];
  /** UTC */
  createdAt: string;
  expiresAt: string | null;
  /** To the minute */
  lastUsedAt: string | null;
  rotatedAt: string | null;
  /** Until when the secret before the last rotation works too */
  previousUntil: string | null;
  previousLastUsedAt: string | null;
  links: {
    self: string;
  };
  /** Told once: an answer that is repeated under its Idempotency-Key does not have it */
  secret?: string | undefined;
}

export interface AskedHolder {
  /** The holder's subject at the sign-in service */
  subject?: string | undefined;
  /** Of a company, instead of "subject" */
  company?: string | undefined;
}

export interface AuditPage {
  items: readonly AuditRecord[];
  has_more: boolean;
  next: string | null;
}

export interface AuditRecord {
  /** Its place in the department's chain, from 1 */
  position: number;
  issuer: string;
  at: string;
  actor: string;
  act: string;
  object: string | null;
  allowed: boolean;
  /** Why it was refused */
  code: string | null;
  before: { readonly [name: string]: string | number | boolean | null } | null;
  after: { readonly [name: string]: string | number | boolean | null } | null;
  requestId: string | null;
  address: string | null;
  /** Over the hash before and this record, 64 hex digits */
  hash: string;
}

export interface CompanyAct {
  /** The id of the delegate */
  by: string;
  name: string;
  act:
    | 'document.see'
    | 'document.code'
    | 'document.file'
    | 'share.create'
    | 'share.end'
    | 'copy.enrol'
    | 'copy.end'
    | 'report.create'
    | 'request.consent'
    | 'request.refuse'
    | 'request.withdraw'
    | 'delegate.add'
    | 'delegate.end';
  /** The id of what it was done to */
  object: string | null;
  /** UTC */
  at: string;
}

export interface CompanyActPage {
  items: readonly CompanyAct[];
  has_more: boolean;
  next: string | null;
}

export interface CompanyAdmission {
  /** The administrator’s, read from the papers once more */
  account: string;
}

export interface CompanyNomination {
  id: string;
  /** proposed: waits for a second person of the department. admitted: waits for the administrator’s sign-in. taken: they signed in and became it */
  state: 'proposed' | 'admitted' | 'taken' | 'refused' | 'withdrawn';
  number: string;
  name: string;
  /** The administrator’s name */
  person: string;
  /** GET /v1/people has the name */
  namedBy: string;
  /** UTC */
  createdAt: string;
  /** Who admitted or refused it */
  decidedBy: string | null;
  decidedAt: string | null;
  /** When they signed in and became it */
  takenAt: string | null;
  withdrawnBy: string | null;
  withdrawnAt: string | null;
  /** Why it was refused or withdrawn */
  note: string | null;
}

export interface CompanyNominationDetail {
  id: string;
  /** proposed: waits for a second person of the department. admitted: waits for the administrator’s sign-in. taken: they signed in and became it */
  state: 'proposed' | 'admitted' | 'taken' | 'refused' | 'withdrawn';
  number: string;
  name: string;
  /** The administrator’s name */
  person: string;
  /** GET /v1/people has the name */
  namedBy: string;
  /** UTC */
  createdAt: string;
  /** Who admitted or refused it */
  decidedBy: string | null;
  decidedAt: string | null;
  /** When they signed in and became it */
  takenAt: string | null;
  withdrawnBy: string | null;
  withdrawnAt: string | null;
  /** Why it was refused or withdrawn */
  note: string | null;
  /** How many act for the company at this moment, by whosever word */
  standing: {
    administrators: number;
    delegates: number;
    /** Whether whom the department named acts by that word */
    isActing: boolean;
  };
}

export interface CompanyNominationPage {
  items: readonly CompanyNomination[];
  has_more: boolean;
  next: string | null;
}

export interface Consent {
  credential: string;
  /** What the holder was shown that they will see: the encoded proof, in base64url */
  proof: string;
}

export interface ConsentAnswer {
  id: string;
  /** As the verifier’s own function gives it, with the claims; {} where it is repeated */
  verdict: JsonObject;
  /** The same at the public verifier */
  link: string;
}

export interface ConsentRequest {
  id: string;
  /** The code of a credential type */
  type: string;
  /** Of the type, by name; what it always shows is seen beside them */
  claims: readonly string[];
  purpose: string;
  /** open: waits for the holder. overdue: not answered in time. consented: can be read. withdrawn: the holder took it back. over: the agreed time is past, or the document was erased. ended: the department needs it no longer */
  state: 'open' | 'overdue' | 'refused' | 'consented' | 'withdrawn' | 'over' | 'ended';
  /** UTC */
  createdAt: string;
  /** Until when the holder may answer */
  answerBy: string;
  /** Until when the department may read */
  readUntil: string;
  answeredAt: string | null;
  caseNumber: string;
  askedBy: string;
}

export interface ConsentRequestPage {
  items: readonly ConsentRequest[];
  has_more: boolean;
  next: string | null;
}

export interface Credential {
  id: string;
  /** As people type it */
  reference: string;
  type: string;
  typeTitle: Label;
  version: number;
  /** The SHA-256 of its type's definition: /types/{definition}.json has it */
  definition: string;
  /** Documents are delivered when it is "final" */
  state: 'issued' | 'sealed' | 'anchored' | 'final' | 'failed';
  /** Whether it is still on its way to the chain, or a change of its status is */
  pending: boolean;
  failure: string | null;
  /** Verifiers say that it is not genuine: issue it again */
  disbelieved: boolean;
  /** What the chain says of today: a suspension whose last day has passed is over. The dates of the validity are not part of it */
  status: 'in-force' | 'suspended' | 'revoked' | 'superseded';
  /** Since when and to which last day in Hong Kong it is suspended */
  suspension: {
    /** UTC */
    since: string;
    until: string | null;
  } | null;
  /** The last valid day as it was moved to; null where "validUntil" counts */
  extension: {
    validUntil: string | null;
    pendingRenewal: boolean;
  } | null;
  /** Where a legal notice of its type moves its last valid day to */
  notice: {
    validUntil: string;
    law: string | null;
  } | null;
  /** The last valid day as verifiers count it: "validUntil", or where an extension or a notice moved it; null where there is none */
  endsOn: string | null;
  pendingChange: {
    id: string;
    act: 'revoke' | 'suspend' | 'reinstate' | 'amend' | 'extend';
    until: string | null;
    state: 'recorded' | 'sent' | 'anchored' | 'final' | 'failed';
  } | null;
  issued: string;
  validFrom: string;
  validUntil: string | null;
  partlyUntil: string | null;
  /** Whether it is bound to a key of its holder */
  bound: boolean;
  batch: {
    id: string;
    /** Of its Merkle tree: the event "BatchAnchored" of the transaction has it */
    root: string;
    number: number | null;
    index: number;
    size: number;
    block: number | null;
    transaction: string | null;
  } | null;
  replaces: string | null;
  supersededBy: string | null;
  /** The credential that it belongs to */
  parent: string | null;
  /** How many belong to it: GET /v1/credentials?parent= */
  children: number;
  /** UTC */
  createdAt: string;
  finalAt: string | null;
  /** When its claims and keys were destroyed */
  erasedAt: string | null;
  links: {
    self: string;
    pdf: string;
    qrPng: string;
    qrSvg: string;
    qrText: string;
    proof: string;
  };
}

export interface CredentialDetail {
  id: string;
  /** As people type it */
  reference: string;
  type: string;
  typeTitle: Label;
  version: number;
  /** The SHA-256 of its type's definition: /types/{definition}.json has it */
  definition: string;
  /** Documents are delivered when it is "final" */
  state: 'issued' | 'sealed' | 'anchored' | 'final' | 'failed';
  /** Whether it is still on its way to the chain, or a change of its status is */
  pending: boolean;
  failure: string | null;
  /** Verifiers say that it is not genuine: issue it again */
  disbelieved: boolean;
  /** What the chain says of today: a suspension whose last day has passed is over. The dates of the validity are not part of it */
  status: 'in-force' | 'suspended' | 'revoked' | 'superseded';
  /** Since when and to which last day in Hong Kong it is suspended */
  suspension: {
    /** UTC */
    since: string;
    until: string | null;
  } | null;
  /** The last valid day as it was moved to; null where "validUntil" counts */
  extension: {
    validUntil: string | null;
    pendingRenewal: boolean;
  } | null;
  /** Where a legal notice of its type moves its last valid day to */
  notice: {
    validUntil: string;
    law: string | null;
  } | null;
  /** The last valid day as verifiers count it: "validUntil", or where an extension or a notice moved it; null where there is none */
  endsOn: string | null;
  pendingChange: {
    id: string;
    act: 'revoke' | 'suspend' | 'reinstate' | 'amend' | 'extend';
    until: string | null;
    state: 'recorded' | 'sent' | 'anchored' | 'final' | 'failed';
  } | null;
  issued: string;
  validFrom: string;
  validUntil: string | null;
  partlyUntil: string | null;
  /** Whether it is bound to a key of its holder */
  bound: boolean;
  batch: {
    id: string;
    /** Of its Merkle tree: the event "BatchAnchored" of the transaction has it */
    root: string;
    number: number | null;
    index: number;
    size: number;
    block: number | null;
    transaction: string | null;
  } | null;
  replaces: string | null;
  supersededBy: string | null;
  /** The credential that it belongs to */
  parent: string | null;
  /** How many belong to it: GET /v1/credentials?parent= */
  children: number;
  /** UTC */
  createdAt: string;
  finalAt: string | null;
  /** When its claims and keys were destroyed */
  erasedAt: string | null;
  links: {
    self: string;
    pdf: string;
    qrPng: string;
    qrSvg: string;
    qrText: string;
    proof: string;
  };
  claims: JsonObject | null;
  holder: HolderContact | null;
  /** The newest e-mail to its holder with it, or of its end; null where there was none */
  mail: {
    id: string;
    /** "reminder": that it ends soon, as its type has it */
    kind: 'document' | 'reminder';
    /** "sent": the mail server has taken it; whether it was delivered or read, nobody tells */
    state: 'waiting' | 'sent' | 'failed';
    attempts: number;
    /** Why the last attempt was no success */
    code:
      | 'TRY_LATER'
      | 'UNREACHABLE'
      | 'NOT_SECURE'
      | 'SIGN_IN_REFUSED'
      | 'SENDER_REFUSED'
      | 'RECIPIENT_REFUSED'
      | 'MESSAGE_REFUSED'
      | 'SERVER_FAULT'
      | 'NOT_SET_UP'
      | 'NO_ADDRESS'
      | 'CREDENTIAL_ERASED'
      | 'CREDENTIAL_ENDED'
      | 'OUTDATED'
      | 'INTERNAL_ERROR'
      | null;
    /** The mail server's number for a refusal, such as 550 */
    reply: number | null;
    /** UTC */
    createdAt: string;
    /** When it is tried next */
    nextAt: string | null;
    sentAt: string | null;
  } | null;
}

export interface CredentialMail {
  id: string;
  /** "reminder": that it ends soon, as its type has it */
  kind: 'document' | 'reminder';
  /** "sent": the mail server has taken it; whether it was delivered or read, nobody tells */
  state: 'waiting' | 'sent' | 'failed';
  attempts: number;
  /** Why the last attempt was no success */
  code:
    | 'TRY_LATER'
    | 'UNREACHABLE'
    | 'NOT_SECURE'
    | 'SIGN_IN_REFUSED'
    | 'SENDER_REFUSED'
    | 'RECIPIENT_REFUSED'
    | 'MESSAGE_REFUSED'
    | 'SERVER_FAULT'
    | 'NOT_SET_UP'
    | 'NO_ADDRESS'
    | 'CREDENTIAL_ERASED'
    | 'CREDENTIAL_ENDED'
    | 'OUTDATED'
    | 'INTERNAL_ERROR'
    | null;
  /** The mail server's number for a refusal, such as 550 */
  reply: number | null;
  /** UTC */
  createdAt: string;
  /** When it is tried next */
  nextAt: string | null;
  sentAt: string | null;
  credential: string;
}

export interface CredentialPage {
  items: readonly Credential[];
  has_more: boolean;
  next: string | null;
}

export interface CredentialType {
  code: string;
  version: number;
  /** The SHA-256 of the definition file: GET /types/{definition}.json */
  definition: string;
  title: Label;
  holder: 'person' | 'company' | 'premises' | 'vehicle' | 'vessel' | 'equipment';
  disclosure: 'public' | 'holder-consent' | 'authorised-only' | 'knowledge-check';
}

export interface CredentialTypeDetail {
  code: string;
  version: number;
  /** The SHA-256 of the definition file: GET /types/{definition}.json */
  definition: string;
  title: Label;
  holder: 'person' | 'company' | 'premises' | 'vehicle' | 'vessel' | 'equipment';
  disclosure: 'public' | 'holder-consent' | 'authorised-only' | 'knowledge-check';
  /** The rule for the dates */
  validity: JsonObject;
  /** When a renewal may be applied for and when its holder is reminded (counted back from the last valid day), which date the end follows, which types a provisional one becomes, and which its parent is of */
  lifecycle: JsonObject;
  /** What this type calls its dates */
  dates: JsonObject;
  claims: readonly JsonObject[];
  /** A body for POST /v1/credentials to fill in */
  template: JsonObject;
}

export interface CredentialTypeList {
  items: readonly CredentialType[];
}

export interface Delegate {
  id: string;
  name: string;
  /** admin: also says who acts for the company, and sees who did what. delegate: sees, shows and shares its documents */
  role: 'admin' | 'delegate';
  /** Whose word it was */
  source: 'department' | 'provider' | 'company';
  /** UTC */
  createdAt: string;
  /** The delegate who added them */
  createdBy: string | null;
  endedAt: string | null;
  /** The delegate who ended them */
  endedBy: string | null;
  /** Links of theirs that can be opened */
  openLinks: number;
  isOneself: boolean;
}

export interface DelegateEnding {
  /** Also the links that they made */
  endLinks?: boolean | undefined;
}

export interface DelegateList {
  items: readonly Delegate[];
}

export interface Department {
  department: {
    code: string;
    name: Label;
  };
  /** The department's number in the registry; null while it is being registered */
  issuer: number | null;
  state: 'provisioning' | 'active' | 'held';
  /** Addresses, and why the registry takes nothing of them at present: without an anchor key what is issued waits, without a status key what is revoked */
  keys: {
    anchor: string | null;
    status: string | null;
    anchorFault: 'unknown' | 'purpose' | 'not-yet-valid' | 'ended' | 'compromised' | null;
    statusFault: 'unknown' | 'purpose' | 'not-yet-valid' | 'ended' | 'compromised' | null;
  };
  /** Credentials that verifiers call not genuine, of which none has taken the place: to be issued again */
  disbelieved: number;
  /** Batches that the chain has in the department's name and this service does not know: nothing is issued until the key that signed them is reported, or they are known. The first 20 of them */
  unknownBatches: {
    count: number;
    items: readonly {
      id: string;
      number: number;
      size: number;
      key: string;
      transaction: string | null;
      block: number | null;
      /** UTC */
      anchoredAt: string;
      /** UTC */
      seenAt: string;
    }[];
  };
  /** What an issued credential waits for before its documents are there */
  finality: {
    /** What is issued is sealed with others, after this time at the latest */
    sealWaitMs: number;
    /** Blocks after which what is on the chain is final */
    confirmations: number;
  };
  caller: {
    /** As it stands beside what the caller does */
    id: string;
    name: string;
    may: readonly (
      | 'department.read'
      | 'credentials.read'
      | 'credentials.prepare'
      | 'credentials.approve'
      | 'credentials.issue'
      | 'credentials.erase'
      | 'credentials.mail'
      | 'status.change'
      | 'status.approve'
      | 'validity.change'
      | 'webhooks.manage'
      | 'keys.manage'
      | 'officers.manage'
      | 'rules.manage'
      | 'types.publish'
      | 'signing-keys.read'
      | 'signing-keys.prepare'
      | 'audit.read'
      | 'restricted.look-up'
      | 'companies.admit'
      | 'holders.ask'
    )[];
  };
  apiKey: {
    id: string;
    name: string;
    prefix: string;
    /** UTC */
    createdAt: string;
    expiresAt: string | null;
    lastUsedAt: string | null;
  } | null;
}

export interface DeviceCopy {
  id: string;
  /** What it is a copy of */
  credential: string;
  /** Of which kind the device is, as its browser says */
  device: 'android' | 'iphone' | 'ipad' | 'windows' | 'mac' | 'linux' | 'other';
  /** waiting: on its way to the chain, which takes seconds. ready: it may be shown. over: for ever, and its device makes another one */
  state: 'waiting' | 'ready' | 'over';
  /** Its own last day: a device makes another one before */
  validUntil: string;
  /** UTC */
  createdAt: string;
  /** When its holder ended it */
  endedAt: string | null;
  /** Of a company’s, the id of the delegate who made it */
  madeBy: string | null;
  /** Whether who asks may end it */
  mayEnd: boolean;
}

export interface DeviceCopyList {
  items: readonly DeviceCopy[];
}

export interface Draft {
  id: string;
  type: string;
  state: 'draft' | 'submitted' | 'issued' | 'discarded';
  /** The id of the credential, from "issued" on */
  credential: string | null;
  preparedBy: string;
  /** Whoever prepared, edited or submitted it: none of them approves it */
  people: readonly string[];
  returnedBy: string | null;
  contentHash: string | null;
  approvals: readonly {
    by: string;
    /** UTC */
    at: string;
  }[];
  approvalsNeeded: number;
  /** UTC */
  createdAt: string;
  /** UTC */
  changedAt: string;
  links: {
    self: string;
  };
}

export interface DraftDetail {
  id: string;
  type: string;
  state: 'draft' | 'submitted' | 'issued' | 'discarded';
  /** The id of the credential, from "issued" on */
  credential: string | null;
  preparedBy: string;
  /** Whoever prepared, edited or submitted it: none of them approves it */
  people: readonly string[];
  returnedBy: string | null;
  contentHash: string | null;
  approvals: readonly {
    by: string;
    /** UTC */
    at: string;
  }[];
  approvalsNeeded: number;
  /** UTC */
  createdAt: string;
  /** UTC */
  changedAt: string;
  links: {
    self: string;
  };
  content: JsonObject | null;
  /** Why it cannot be submitted as it is */
  problems: readonly {
    pointer: string;
    code: string;
    message: string;
  }[];
  /** Why it was returned last; null when it is issued or discarded, and as content is */
  note: string | null;
  returnedContent: JsonObject | null;
  /** Whether what is submitted is bound to a key of its holder; null where nothing is */
  bound: boolean | null;
}

export interface DraftOutcomes {
  /** How many of them */
  done: number;
  /** In the order of the request: the draft as it is now, or why nothing was done to it */
  items: readonly {
    id: string;
    draft: Draft | null;
    problem: ItemProblem | null;
  }[];
}

export interface DraftPage {
  items: readonly Draft[];
  has_more: boolean;
  next: string | null;
}

export interface DraftUpdate {
  /** The code of a credential type */
  type: string;
  /** By name, as the credential type says: GET /v1/types/{code}. An image is { mediaType, data: base64 }. */
  claims?: JsonObject | undefined;
  validity?:
    | {
        /** The first valid day in Hong Kong */
        validFrom?: string | undefined;
        validUntil?: string | null | undefined;
        /** The day of submission in Hong Kong where it is left out */
        issued?: string | undefined;
      }
    | undefined;
  holder?: HolderContact | undefined;
  /** As of NewCredential. Left out: what it replaces is bound to a key, and it stays bound to that; null: it is bound to none */
  holderKey?: string | null | undefined;
  /** The id of the credential that it belongs to, where "lifecycle.parent" of the type has such a rule */
  parent?: string | undefined;
  /** The id of the credential whose place it takes */
  replaces?: string | undefined;
  /** The day in Hong Kong on which the renewal was applied for; today where it is left out */
  appliedOn?: string | undefined;
  /** Why it takes the place of the old one, whose history will have it. Kept for the department; not public */
  note?: string | undefined;
  /** That of the draft which was edited: refused where somebody has changed it since. Left out: whatever it says now is replaced */
  changedAt?: string | undefined;
}

export interface DraftsToApprove {
  drafts: readonly {
    id: string;
    /** What an approval is for: SHA-256 over header and claims */
    contentHash: string;
  }[];
}

export interface DraftsToSubmit {
  drafts: readonly {
    id: string;
    /** That of the draft which was seen: refused where somebody has changed it since. Left out: it is handed in as it is */
    changedAt?: string | undefined;
  }[];
}

export interface EndingRequest {
  reason: Reason;
  /** Kept for the department; not public */
  note?: string | undefined;
  /** Also what belongs to it: the answer is then an operation, which one confirmation makes */
  children?: true | undefined;
}

export interface EraseRequest {
  /** The word "erase": nothing brings the claims back */
  confirm: 'erase';
}

export interface ExtensionRequest {
  /** The new last valid day in Hong Kong */
  validUntil?: string | undefined;
  /** In force past its date until further notice, while a renewal is decided */
  pendingRenewal?: true | undefined;
  reason?: Reason | undefined;
  /** Kept for the department; not public */
  note?: string | undefined;
}

export interface FactLookUp {
  /** One of GET /v1/look-ups/facts */
  type: string;
  /** As it is printed under the QR code */
  reference: string;
  /** What is typed, by the names of the facts of the type */
  facts: JsonObject;
}

export interface FactType {
  type: string;
  title: Label;
  department: {
    code: string;
    name: Label;
  };
  facts: readonly {
    name: string;
    label: Label;
    /** A date is written as 2026-03-01 */
    kind: 'text' | 'date';
    /** How many of its last characters are asked for; null for all */
    last: number | null;
  }[];
}

export interface FactTypeList {
  items: readonly FactType[];
}

export interface History {
  items: readonly PastChange[];
}

/** Known to the service alone: never part of what is signed or shown */
export interface HolderContact {
  email?: string | undefined;
  /** The holder's subject at the sign-in service */
  subject?: string | undefined;
  /** Of a company, for which its delegates act, instead of "subject" */
  company?: string | undefined;
  language?: 'en' | 'zh-Hant' | 'zh-Hans' | undefined;
}

export interface HolderCredential {
  id: string;
  /** As people type it */
  reference: string;
  type: string;
  typeTitle: Label;
  version: number;
  /** The SHA-256 of its type's definition: /types/{definition}.json has it */
  definition: string;
  /** Documents are delivered when it is "final" */
  state: 'issued' | 'sealed' | 'anchored' | 'final' | 'failed';
  /** Whether it is still on its way to the chain, or a change of its status is */
  pending: boolean;
  failure: string | null;
  /** Verifiers say that it is not genuine: issue it again */
  disbelieved: boolean;
  /** What the chain says of today: a suspension whose last day has passed is over. The dates of the validity are not part of it */
  status: 'in-force' | 'suspended' | 'revoked' | 'superseded';
  /** Since when and to which last day in Hong Kong it is suspended */
  suspension: {
    /** UTC */
    since: string;
    until: string | null;
  } | null;
  /** The last valid day as it was moved to; null where "validUntil" counts */
  extension: {
    validUntil: string | null;
    pendingRenewal: boolean;
  } | null;
  /** Where a legal notice of its type moves its last valid day to */
  notice: {
    validUntil: string;
    law: string | null;
  } | null;
  /** The last valid day as verifiers count it: "validUntil", or where an extension or a notice moved it; null where there is none */
  endsOn: string | null;
  pendingChange: {
    id: string;
    act: 'revoke' | 'suspend' | 'reinstate' | 'amend' | 'extend';
    until: string | null;
    state: 'recorded' | 'sent' | 'anchored' | 'final' | 'failed';
  } | null;
  issued: string;
  validFrom: string;
  validUntil: string | null;
  partlyUntil: string | null;
  /** Whether it is bound to a key of its holder */
  bound: boolean;
  batch: {
    id: string;
    /** Of its Merkle tree: the event "BatchAnchored" of the transaction has it */
    root: string;
    number: number | null;
    index: number;
    size: number;
    block: number | null;
    transaction: string | null;
  } | null;
  replaces: string | null;
  supersededBy: string | null;
  /** The credential that it belongs to */
  parent: string | null;
  /** How many belong to it: GET /v1/credentials?parent= */
  children: number;
  /** UTC */
  createdAt: string;
  finalAt: string | null;
  /** When its claims and keys were destroyed */
  erasedAt: string | null;
  links: {
    self: string;
    pdf: string;
    qrPng: string;
    qrSvg: string;
    qrText: string;
    proof: string;
  };
  department: {
    code: string;
    name: Label;
  };
}

export interface HolderCredentialDetail {
  id: string;
  /** As people type it */
  reference: string;
  type: string;
  typeTitle: Label;
  version: number;
  /** The SHA-256 of its type's definition: /types/{definition}.json has it */
  definition: string;
  /** Documents are delivered when it is "final" */
  state: 'issued' | 'sealed' | 'anchored' | 'final' | 'failed';
  /** Whether it is still on its way to the chain, or a change of its status is */
  pending: boolean;
  failure: string | null;
  /** Verifiers say that it is not genuine: issue it again */
  disbelieved: boolean;
  /** What the chain says of today: a suspension whose last day has passed is over. The dates of the validity are not part of it */
  status: 'in-force' | 'suspended' | 'revoked' | 'superseded';
  /** Since when and to which last day in Hong Kong it is suspended */
  suspension: {
    /** UTC */
    since: string;
    until: string | null;
  } | null;
  /** The last valid day as it was moved to; null where "validUntil" counts */
  extension: {
    validUntil: string | null;
    pendingRenewal: boolean;
  } | null;
  /** Where a legal notice of its type moves its last valid day to */
  notice: {
    validUntil: string;
    law: string | null;
  } | null;
  /** The last valid day as verifiers count it: "validUntil", or where an extension or a notice moved it; null where there is none */
  endsOn: string | null;
  pendingChange: {
    id: string;
    act: 'revoke' | 'suspend' | 'reinstate' | 'amend' | 'extend';
    until: string | null;
    state: 'recorded' | 'sent' | 'anchored' | 'final' | 'failed';
  } | null;
  issued: string;
  validFrom: string;
  validUntil: string | null;
  partlyUntil: string | null;
  /** Whether it is bound to a key of its holder */
  bound: boolean;
  batch: {
    id: string;
    /** Of its Merkle tree: the event "BatchAnchored" of the transaction has it */
    root: string;
    number: number | null;
    index: number;
    size: number;
    block: number | null;
    transaction: string | null;
  } | null;
  replaces: string | null;
  supersededBy: string | null;
  /** The credential that it belongs to */
  parent: string | null;
  /** How many belong to it: GET /v1/credentials?parent= */
  children: number;
  /** UTC */
  createdAt: string;
  finalAt: string | null;
  /** When its claims and keys were destroyed */
  erasedAt: string | null;
  links: {
    self: string;
    pdf: string;
    qrPng: string;
    qrSvg: string;
    qrText: string;
    proof: string;
  };
  department: {
    code: string;
    name: Label;
  };
  /** By name */
  claims: JsonObject;
}

export interface HolderCredentialPage {
  items: readonly HolderCredential[];
  has_more: boolean;
  next: string | null;
}

export interface Import {
  id: string;
  type: string;
  mode: 'all' | 'good';
  dryRun: boolean;
  format: 'ndjson' | 'csv';
  /** submitted: all is there and waits for approval. approved: its rows are about to be issued. refused: "mode" is "all" and a row is bad, or one has lost its parent before it was approved, so that nothing was issued. returned, withdrawn: by who approves, by who prepares; nothing was issued. abandoned: nothing came for a day */
  state: 'receiving' | 'submitted' | 'approved' | 'completed' | 'refused' | 'returned' | 'withdrawn' | 'abandoned';
  idempotencyKey: string;
  /** What is in the database: whole rows. A file that was cut off goes on at "bytes" */
  received: {
    bytes: number;
    lines: number;
  };
  /** Who sent it, and does not approve it */
  preparedBy: string;
  /** Null for a file whose rows are issued as they come */
  approval: {
    contentHash: string | null;
    given: readonly {
      by: string;
      /** UTC */
      at: string;
    }[];
    needed: number;
    returnedBy: string | null;
    /** Why it was returned */
    note: string | null;
  } | null;
  counts: {
    rows: number;
    ready: number;
    malformed: number;
    duplicates: number;
    alreadyIssued: number;
    issued: number;
  };
  /** UTC */
  createdAt: string;
  /** UTC */
  updatedAt: string;
  finishedAt: string | null;
  links: {
    self: string;
    errors: string;
    errorsCsv: string;
    events: string;
  };
}

export interface ImportError {
  /** As editors and spreadsheet programs count: the first line of the file is 1 */
  row: number;
  kind: 'malformed' | 'duplicate' | 'already-issued';
  /** A JSON pointer into the row as NDJSON has it */
  pointer: string;
  /** The CSV's column, as the file names it */
  column: string | null;
  code: string;
  detail: string;
}

export interface ImportErrorPage {
  items: readonly ImportError[];
  has_more: boolean;
  next: string | null;
}

export interface ImportPage {
  items: readonly Import[];
  has_more: boolean;
  next: string | null;
}

export interface ImportedRow {
  /** As editors and spreadsheet programs count: the first line of the file is 1 */
  row: number;
  /** As they will be signed */
  claims: JsonObject;
  validity: {
    /** The day of issue */
    issued: string;
    /** The first valid day */
    validFrom: string;
    validUntil: string | null;
  };
  holder?: HolderContact | undefined;
}

export interface ImportedRowPage {
  items: readonly ImportedRow[];
  has_more: boolean;
  next: string | null;
}

export interface IrregularAccess {
  actor: string;
  day: string;
  /** How many credentials; one that was opened in several hours counts in each */
  opened: number;
  /** On a day, over the 28 days before on which they opened any; null where there is none */
  usual: number | null;
  /** Of how many of those the log names nothing else that the actor did with them */
  outsideWork: number;
  /** more-than-usual: 50 or more, and more than 5 times the usual. outside-work: an officer who opened 20 or more, 90 % of them outside their work */
  why: readonly ('more-than-usual' | 'outside-work')[];
}

export interface IrregularAccessPage {
  items: readonly IrregularAccess[];
  has_more: boolean;
  next: string | null;
}

export interface IssuingRule {
  type: string;
  /** How many people, beside those who prepared it, approve a credential before it is issued */
  approvals: number;
  /** The same for a change of its status */
  statusApprovals: number;
  /** How many months after its last valid day, or after it was revoked or replaced, a credential is erased; null for never */
  retentionMonths: number | null;
  /** Null where the department made no rule yet */
  changedAt: string | null;
  links: {
    self: string;
  };
}

export interface ItemProblem {
  /** The address of an explanation */
  type: string;
  title: string;
  status: number;
  code:
    | 'API_KEY_MISSING'
    | 'API_KEY_INVALID'
    | 'ACCESS_TOKEN_INVALID'
    | 'API_KEY_EXPIRED'
    | 'API_KEY_MODE'
    | 'API_KEY_NOT_FOUND'
    | 'API_KEY_INACTIVE'
    | 'API_KEY_LIMIT'
    | 'SCOPES_EXCEEDED'
    | 'RATE_LIMITED'
    | 'ROUTE_UNKNOWN'
    | 'METHOD_NOT_ALLOWED'
    | 'QUERY_INVALID'
    | 'CURSOR_INVALID'
    | 'WEBHOOK_NOT_FOUND'
    | 'WEBHOOK_URL_REFUSED'
    | 'WEBHOOK_INACTIVE'
    | 'WEBHOOK_LIMIT'
    | 'DELIVERY_NOT_FOUND'
    | 'LOOK_UP_NO_MATCH'
    | 'CONTENT_TYPE_UNSUPPORTED'
    | 'BODY_TOO_LARGE'
    | 'BODY_INCOMPLETE'
    | 'BODY_TOO_SLOW'
    | 'JSON_INVALID'
    | 'JSON_TOO_DEEP'
    | 'VALIDATION_FAILED'
    | 'TYPE_UNKNOWN'
    | 'TYPE_NOT_YOURS'
    | 'TYPE_NOT_FOUND'
    | 'TYPE_NOT_OPEN'
    | 'TYPE_VERSION_NOT_FOUND'
    | 'TYPE_VERSION_OPEN'
    | 'TYPE_VERSION_STATE'
    | 'ISSUER_NOT_READY'
    | 'ISSUER_HELD'
    | 'APPROVAL_REQUIRED'
    | 'DRAFT_NOT_FOUND'
    | 'DRAFT_CHANGED'
    | 'DRAFT_STATE'
    | 'CONTENT_CHANGED'
    | 'QR_TOO_LARGE'
    | 'CREDENTIAL_TOO_LARGE'
    | 'CREDENTIAL_NOT_FOUND'
    | 'CREDENTIAL_FAILED'
    | 'HOLDER_WITHOUT_EMAIL'
    | 'MAIL_WAITING'
    | 'NOT_FINAL'
    | 'CREDENTIAL_ERASED'
    | 'ALREADY_REVOKED'
    | 'ALREADY_SUSPENDED'
    | 'NOT_SUSPENDED'
    | 'ALREADY_SUPERSEDED'
    | 'VALIDITY_UNCHANGED'
    | 'NOT_RENEWABLE'
    | 'RENEWAL_TOO_EARLY'
    | 'RENEWAL_TOO_LATE'
    | 'OPERATION_NOT_FOUND'
    | 'OPERATION_CLOSED'
    | 'NOTICE_NOT_FOUND'
    | 'NOTICE_CLOSED'
    | 'NOTICE_LIMIT'
    | 'SAME_PERSON'
    | 'FORBIDDEN'
    | 'SIGN_IN_REQUIRED'
    | 'SIGN_IN_INVALID'
    | 'SIGN_IN_UNAVAILABLE'
    | 'CSRF_REFUSED'
    | 'DEPARTMENT_AMBIGUOUS'
    | 'OFFICER_UNKNOWN'
    | 'OFFICER_NOT_FOUND'
    | 'OFFICER_EXISTS'
    | 'OWN_ROLES'
    | 'LAST_ADMIN'
    | 'SIGNING_KEY_NOT_FOUND'
    | 'SIGNING_KEY_TAKEN'
    | 'SIGNING_KEY_ENDED'
    | 'REGISTRY_REFUSES'
    | 'REGISTRY_UNAVAILABLE'
    | 'CREDENTIAL_DISBELIEVED'
    | 'VIEW_NOT_FOUND'
    | 'VIEW_EXISTS'
    | 'VIEW_CHANGED'
    | 'RULES_CHANGED'
    | 'OFFICER_CHANGED'
    | 'WEBHOOK_CHANGED'
    | 'VIEW_LIMIT'
    | 'IDEMPOTENCY_KEY_MISSING'
    | 'IDEMPOTENCY_KEY_INVALID'
    | 'IDEMPOTENCY_KEY_REUSED'
    | 'IDEMPOTENCY_CONFLICT'
    | 'UPLOAD_HEADER_INVALID'
    | 'IMPORT_NOT_FOUND'
    | 'IMPORT_STATE'
    | 'REPORT_NOT_FOUND'
    | 'REPORT_ANSWERED'
    | 'REPORT_LIMIT'
    | 'SHARE_NOT_FOUND'
    | 'SHARE_OVER'
    | 'SHARE_LIMIT'
    | 'SHARE_EXPIRY_INVALID'
    | 'COPY_NOT_FOUND'
    | 'COPY_NOT_POSSIBLE'
    | 'COPY_LIMIT'
    | 'COPY_OVER'
    | 'DELEGATION_ENDED'
    | 'DELEGATE_NOT_FOUND'
    | 'DELEGATE_EXISTS'
    | 'DELEGATE_LIMIT'
    | 'NOMINATION_NOT_FOUND'
    | 'NOMINATION_EXISTS'
    | 'NOMINATION_STATE'
    | 'REQUEST_NOT_FOUND'
    | 'REQUEST_LIMIT'
    | 'REQUEST_CLOSED'
    | 'REQUEST_NOT_READABLE'
    | 'PROOF_NOT_AS_ASKED'
    | 'ROW_NOT_FOUND'
    | 'IMPORT_HEADER_INVALID'
    | 'IMPORT_OFFSET_WRONG'
    | 'IMPORT_TOO_LARGE'
    | 'INTERNAL_ERROR';
  detail?: string | undefined;
  errors?:
    | readonly {
        /** A JSON pointer into the body */
        pointer?: string | undefined;
        /** A query parameter */
        parameter?: string | undefined;
        code: string;
        detail: string;
      }[]
    | undefined;
}

export interface Label {
  en: string;
  'zh-Hant': string;
  'zh-Hans': string;
}

export interface Liveness {
  live: boolean;
}

export interface LookedUp {
  /** To be judged like what a camera reads from a QR code */
  qrText: string;
}

export interface NewApiKey {
  /** By which people know it, such as the system that uses it */
  name: string;
  /** What it may do: rights that you have yourself */
  scopes: readonly (
    | 'department.read'
    | 'credentials.read'
    | 'credentials.prepare'
    | 'credentials.approve'
    | 'credentials.issue'
    | 'credentials.erase'
    | 'credentials.mail'
    | 'status.change'
    | 'status.approve'
    | 'validity.change'
    | 'webhooks.manage'
    | 'keys.manage'
    | 'officers.manage'
    | 'rules.manage'
    | 'types.publish'
    | 'signing-keys.read'
    | 'signing-keys.prepare'
    | 'audit.read'
    | 'restricted.look-up'
    | 'companies.admit'
    | 'holders.ask'
  )[];
  /** The service's own; another one is refused */
  mode?: 'test' | 'live' | undefined;
  /** At most 730 days away; a year where it is left out */
  expiresAt?: string | undefined;
}

export interface NewCompanyNomination {
  number: string;
  /** Of the company */
  name: string;
  administrator: {
    /** Their subject at the sign-in service */
    account: string;
    name: string;
  };
}

export interface NewConsentRequest {
  holder: AskedHolder;
  type: string;
  claims: readonly string[];
  /** For the holder: what it is for */
  purpose: string;
  /** Yours; the holder does not see it */
  caseNumber: string;
  /** Within 90 days; UTC */
  answerBy: string;
  /** After "answerBy", within 366 days; UTC */
  readUntil: string;
}

export interface NewCredential {
  /** The code of a credential type */
  type: string;
  /** By name, as the credential type says: GET /v1/types/{code}. An image is { mediaType, data: base64 }. */
  claims: JsonObject;
  validity: {
    /** The first valid day in Hong Kong */
    validFrom: string;
    validUntil?: string | null | undefined;
    /** Today in Hong Kong where it is left out */
    issued?: string | undefined;
  };
  holder?: HolderContact | undefined;
  /** The id of the credential that it belongs to, where "lifecycle.parent" of the type has such a rule */
  parent?: string | undefined;
  /** The holder's P-256 public key, compressed, in base64url without padding (33 bytes, 44 characters): the credential is bound to it, and its holder can present it. To bind one later, replace it. */
  holderKey?: string | undefined;
}

export interface NewDelegate {
  /** Their subject at the sign-in service */
  account: string;
  name: string;
  /** admin: also says who acts for the company, and sees who did what. delegate: sees, shows and shares its documents */
  role: 'admin' | 'delegate';
}

export interface NewDeviceCopy {
  /** Compressed P-256 key, in base64url without padding */
  holderKey: string;
  /** Of which kind the device is, as its browser says */
  device: 'android' | 'iphone' | 'ipad' | 'windows' | 'mac' | 'linux' | 'other';
}

export interface NewDraft {
  /** The code of a credential type */
  type: string;
  /** By name, as the credential type says: GET /v1/types/{code}. An image is { mediaType, data: base64 }. */
  claims?: JsonObject | undefined;
  validity?:
    | {
        /** The first valid day in Hong Kong */
        validFrom?: string | undefined;
        validUntil?: string | null | undefined;
        /** The day of submission in Hong Kong where it is left out */
        issued?: string | undefined;
      }
    | undefined;
  holder?: HolderContact | undefined;
  /** As of NewCredential. Left out: what it replaces is bound to a key, and it stays bound to that; null: it is bound to none */
  holderKey?: string | null | undefined;
  /** The id of the credential that it belongs to, where "lifecycle.parent" of the type has such a rule */
  parent?: string | undefined;
  /** The id of the credential whose place it takes */
  replaces?: string | undefined;
  /** The day in Hong Kong on which the renewal was applied for; today where it is left out */
  appliedOn?: string | undefined;
  /** Why it takes the place of the old one, whose history will have it. Kept for the department; not public */
  note?: string | undefined;
}

export interface NewIssuingRule {
  /** How many people, beside those who prepared it, approve a credential before it is issued */
  approvals: number;
  /** The same for a change of its status */
  statusApprovals: number;
  /** How many months after its last valid day, or after it was revoked or replaced, a credential is erased; null for never */
  retentionMonths: number | null;
  /** The "changedAt" of what was seen, null where nobody had changed it yet: refused where somebody has changed it since. Left out: whatever holds now is replaced */
  changedAt?: string | null | undefined;
}

export interface NewNotice {
  /** The code of a credential type */
  type: string;
  /** What would end from this day … */
  from: string;
  /** … to this one … */
  to: string;
  /** … is valid to the end of this one, which is later */
  validUntil: string;
  /** The law that says so: verifiers show it */
  law: string;
}

export interface NewOfficer {
  /** The person's subject at the sign-in service: the department's directory knows it */
  subject: string;
  /** Shown to colleagues */
  name: string;
  /** What they may do together is what the officer may do */
  roles: readonly ('preparer' | 'approver' | 'key-holder' | 'auditor' | 'admin' | 'inspector' | 'registrar')[];
}

export interface NewReport {
  /** wrong: something in the document is not so. lost: it was lost or stolen. not-mine: it is somebody else’s */
  kind: 'wrong' | 'lost' | 'not-mine' | 'other';
  message: string;
}

export interface NewSavedView {
  /** The list that it is a view of */
  place: 'credentials' | 'drafts' | 'imports' | 'reports' | 'companies' | 'audit';
  /** Kept in clear, so that nobody’s name belongs here */
  name: string;
  /** As the query of the list takes them, without its page and without what points at a person or one document (reference, parent, number, actor, object, idempotency_key) */
  filters: JsonObject;
  /** For everybody of the department who may open the list; needs the right rules.manage */
  shared?: boolean | undefined;
}

export interface NewShare {
  /** What is shown, locked by a key that stands in the link alone; base64url without padding */
  sealed: string;
  /** When it ends, within 90 days; UTC */
  expiresAt: string;
  /** How often it can be opened; null for as often as one likes */
  mostOpens?: number | null | undefined;
}

export type NewSigningKeyTransaction =
  | {
      act: 'add';
      /** Of the key */
      address: string;
      /** "anchor": issues, moves last valid days and changes status; "status": changes status alone */
      purpose: 'anchor' | 'status';
      /** Left out: from the block that adds it */
      from?: string | undefined;
      /** Left out: without an end */
      until?: string | undefined;
    }
  | {
      act: 'end';
      /** Of the key */
      address: string;
      /** Left out: after the block that ends it */
      at?: string | undefined;
    }
  | {
      act: 'report';
      /** Of the key */
      address: string;
      /** Since when it was in wrong hands: in the past, and earlier than reported before */
      since: string;
    };

export interface NewStatusOperation {
  act: 'revoke' | 'suspend' | 'reinstate' | 'renew';
  ids?: readonly string[] | undefined;
  filter?: StatusOperationFilter | undefined;
  /** Of every act but a renewal, which has none */
  reason?: Reason | undefined;
  /** Kept for the department; not public */
  note?: string | undefined;
  /** Also what belongs to it: the answer is then an operation, which one confirmation makes */
  children?: true | undefined;
  /** The last suspended day in Hong Kong; until it is reinstated where it is left out */
  until?: string | undefined;
  /** Of a renewal: the day on which all of them were applied for */
  appliedOn?: string | undefined;
}

export interface NewTypeVersion {
  type: string;
}

export interface NewWebhook {
  /** Where events are posted to */
  url: string;
  events: readonly (
    | 'credential.final'
    | 'credential.failed'
    | 'credential.disbelieved'
    | 'credential.expiring'
    | 'status.final'
    | 'notice.final'
    | 'notice.withdrawn'
    | 'import.finished'
    | 'batch.unknown'
  )[];
}

export interface Notice {
  id: string;
  type: string;
  from: string;
  to: string;
  validUntil: string;
  law: string | null;
  /** How many credentials it moved when it was previewed, or confirmed; those issued later it moves too */
  touched: number;
  /** Nothing is moved before "anchored"; "disbelieved": verifiers ignore it, because its key was reported */
  state: 'preview' | 'cancelled' | 'recorded' | 'sent' | 'anchored' | 'final' | 'disbelieved' | 'withdrawn';
  /** Whether somebody else than who asked has to confirm it */
  secondPerson: boolean;
  /** One for each version of the type */
  posts: readonly {
    version: number;
    index: number | null;
    state: 'preview' | 'cancelled' | 'recorded' | 'sent' | 'anchored' | 'final' | 'disbelieved' | 'withdrawn';
    withdrawnAt: string | null;
  }[];
  /** What the department's admin sends to the registry to withdraw it: this service does not have the admin's key */
  withdrawal: readonly {
    chainId: number;
    to: string;
    data: string;
  }[];
  requestedBy: string;
  decidedBy: string | null;
  /** UTC */
  createdAt: string;
  decidedAt: string | null;
  links: {
    self: string;
  };
}

export interface NoticePage {
  items: readonly Notice[];
  has_more: boolean;
  next: string | null;
}

export interface Officer {
  id: string;
  /** Where the officer signs in */
  provider: string;
  subject: string;
  name: string;
  /** What they may do together is what the officer may do */
  roles: readonly ('preparer' | 'approver' | 'key-holder' | 'auditor' | 'admin' | 'inspector' | 'registrar')[];
  active: boolean;
  /** UTC */
  createdAt: string;
  changedAt: string | null;
  links: {
    self: string;
  };
}

export interface OfficerPage {
  items: readonly Officer[];
  has_more: boolean;
  next: string | null;
}

export interface OpenedShare {
  /** What is shown, locked by a key that stands in the link alone; base64url without padding */
  sealed: string;
}

export interface OwnCompany {
  id: string;
  number: string;
  name: string;
  /** admin: also says who acts for the company, and sees who did what. delegate: sees, shows and shares its documents */
  role: 'admin' | 'delegate';
}

export interface OwnCompanyList {
  items: readonly OwnCompany[];
}

export interface OwnConsentRequest {
  id: string;
  /** The code of a credential type */
  type: string;
  /** Of the type, by name; what it always shows is seen beside them */
  claims: readonly string[];
  purpose: string;
  /** open: waits for the holder. overdue: not answered in time. consented: can be read. withdrawn: the holder took it back. over: the agreed time is past, or the document was erased. ended: the department needs it no longer */
  state: 'open' | 'overdue' | 'refused' | 'consented' | 'withdrawn' | 'over' | 'ended';
  /** UTC */
  createdAt: string;
  /** Until when the holder may answer */
  answerBy: string;
  /** Until when the department may read */
  readUntil: string;
  answeredAt: string | null;
  department: {
    code: string;
    name: Label;
  };
  typeTitle: Label;
  /** SHA-256 of the type’s file: /types/{sha256}.json */
  definition: string;
  /** Ids of the holder’s documents of the type, while it is open */
  documents: readonly string[];
  /** With which it was answered */
  credential: string | null;
  readings: number;
  /** When the department read it, the newest 20 */
  readAt: readonly string[];
}

export interface OwnConsentRequestList {
  items: readonly OwnConsentRequest[];
}

export interface OwnReport {
  id: string;
  credential: string;
  /** wrong: something in the document is not so. lost: it was lost or stolen. not-mine: it is somebody else’s */
  kind: 'wrong' | 'lost' | 'not-mine' | 'other';
  message: string;
  /** UTC */
  createdAt: string;
  answer: string | null;
  answeredAt: string | null;
}

export interface OwnReportList {
  items: readonly OwnReport[];
}

export interface PastChange {
  id: string;
  credential: string;
  act: 'revoke' | 'suspend' | 'reinstate' | 'amend' | 'extend';
  reason: Reason;
  /** The last suspended day */
  until: string | null;
  /** Of an extension: the last valid day */
  validUntil: string | null;
  /** Of an extension: in force until further notice */
  pendingRenewal: boolean;
  /** Verifiers see the change from "anchored" on */
  state: 'recorded' | 'sent' | 'anchored' | 'final' | 'failed';
  /** UTC */
  createdAt: string;
  finalAt: string | null;
  /** As it stands in the audit log */
  requestedBy: string;
  /** For the department’s eyes */
  note: string | null;
  /** Null as long as it is not on the chain */
  block: number | null;
}

export interface Person {
  /** As it stands beside what was done */
  id: string;
  name: string;
}

export interface PersonPage {
  items: readonly Person[];
  has_more: boolean;
  next: string | null;
}

export interface PreparedTypeVersion {
  version: TypeVersionDetail;
  transaction: {
    chainId: number;
    /** The department's admin, who alone can send it */
    from: string;
    /** The registry */
    to: string;
    /** What it is called with */
    data: string;
    call: {
      name: 'openCredentialType';
      arguments: {
        issuer: number;
        definition: string;
      };
    };
  };
  links: {
    self: string;
  };
}

export interface Problem {
  /** The address of an explanation */
  type: string;
  title: string;
  status: number;
  code:
    | 'API_KEY_MISSING'
    | 'API_KEY_INVALID'
    | 'ACCESS_TOKEN_INVALID'
    | 'API_KEY_EXPIRED'
    | 'API_KEY_MODE'
    | 'API_KEY_NOT_FOUND'
    | 'API_KEY_INACTIVE'
    | 'API_KEY_LIMIT'
    | 'SCOPES_EXCEEDED'
    | 'RATE_LIMITED'
    | 'ROUTE_UNKNOWN'
    | 'METHOD_NOT_ALLOWED'
    | 'QUERY_INVALID'
    | 'CURSOR_INVALID'
    | 'WEBHOOK_NOT_FOUND'
    | 'WEBHOOK_URL_REFUSED'
    | 'WEBHOOK_INACTIVE'
    | 'WEBHOOK_LIMIT'
    | 'DELIVERY_NOT_FOUND'
    | 'LOOK_UP_NO_MATCH'
    | 'CONTENT_TYPE_UNSUPPORTED'
    | 'BODY_TOO_LARGE'
    | 'BODY_INCOMPLETE'
    | 'BODY_TOO_SLOW'
    | 'JSON_INVALID'
    | 'JSON_TOO_DEEP'
    | 'VALIDATION_FAILED'
    | 'TYPE_UNKNOWN'
    | 'TYPE_NOT_YOURS'
    | 'TYPE_NOT_FOUND'
    | 'TYPE_NOT_OPEN'
    | 'TYPE_VERSION_NOT_FOUND'
    | 'TYPE_VERSION_OPEN'
    | 'TYPE_VERSION_STATE'
    | 'ISSUER_NOT_READY'
    | 'ISSUER_HELD'
    | 'APPROVAL_REQUIRED'
    | 'DRAFT_NOT_FOUND'
    | 'DRAFT_CHANGED'
    | 'DRAFT_STATE'
    | 'CONTENT_CHANGED'
    | 'QR_TOO_LARGE'
    | 'CREDENTIAL_TOO_LARGE'
    | 'CREDENTIAL_NOT_FOUND'
    | 'CREDENTIAL_FAILED'
    | 'HOLDER_WITHOUT_EMAIL'
    | 'MAIL_WAITING'
    | 'NOT_FINAL'
    | 'CREDENTIAL_ERASED'
    | 'ALREADY_REVOKED'
    | 'ALREADY_SUSPENDED'
    | 'NOT_SUSPENDED'
    | 'ALREADY_SUPERSEDED'
    | 'VALIDITY_UNCHANGED'
    | 'NOT_RENEWABLE'
    | 'RENEWAL_TOO_EARLY'
    | 'RENEWAL_TOO_LATE'
    | 'OPERATION_NOT_FOUND'
    | 'OPERATION_CLOSED'
    | 'NOTICE_NOT_FOUND'
    | 'NOTICE_CLOSED'
    | 'NOTICE_LIMIT'
    | 'SAME_PERSON'
    | 'FORBIDDEN'
    | 'SIGN_IN_REQUIRED'
    | 'SIGN_IN_INVALID'
    | 'SIGN_IN_UNAVAILABLE'
    | 'CSRF_REFUSED'
    | 'DEPARTMENT_AMBIGUOUS'
    | 'OFFICER_UNKNOWN'
    | 'OFFICER_NOT_FOUND'
    | 'OFFICER_EXISTS'
    | 'OWN_ROLES'
    | 'LAST_ADMIN'
    | 'SIGNING_KEY_NOT_FOUND'
    | 'SIGNING_KEY_TAKEN'
    | 'SIGNING_KEY_ENDED'
    | 'REGISTRY_REFUSES'
    | 'REGISTRY_UNAVAILABLE'
    | 'CREDENTIAL_DISBELIEVED'
    | 'VIEW_NOT_FOUND'
    | 'VIEW_EXISTS'
    | 'VIEW_CHANGED'
    | 'RULES_CHANGED'
    | 'OFFICER_CHANGED'
    | 'WEBHOOK_CHANGED'
    | 'VIEW_LIMIT'
    | 'IDEMPOTENCY_KEY_MISSING'
    | 'IDEMPOTENCY_KEY_INVALID'
    | 'IDEMPOTENCY_KEY_REUSED'
    | 'IDEMPOTENCY_CONFLICT'
    | 'UPLOAD_HEADER_INVALID'
    | 'IMPORT_NOT_FOUND'
    | 'IMPORT_STATE'
    | 'REPORT_NOT_FOUND'
    | 'REPORT_ANSWERED'
    | 'REPORT_LIMIT'
    | 'SHARE_NOT_FOUND'
    | 'SHARE_OVER'
    | 'SHARE_LIMIT'
    | 'SHARE_EXPIRY_INVALID'
    | 'COPY_NOT_FOUND'
    | 'COPY_NOT_POSSIBLE'
    | 'COPY_LIMIT'
    | 'COPY_OVER'
    | 'DELEGATION_ENDED'
    | 'DELEGATE_NOT_FOUND'
    | 'DELEGATE_EXISTS'
    | 'DELEGATE_LIMIT'
    | 'NOMINATION_NOT_FOUND'
    | 'NOMINATION_EXISTS'
    | 'NOMINATION_STATE'
    | 'REQUEST_NOT_FOUND'
    | 'REQUEST_LIMIT'
    | 'REQUEST_CLOSED'
    | 'REQUEST_NOT_READABLE'
    | 'PROOF_NOT_AS_ASKED'
    | 'ROW_NOT_FOUND'
    | 'IMPORT_HEADER_INVALID'
    | 'IMPORT_OFFSET_WRONG'
    | 'IMPORT_TOO_LARGE'
    | 'INTERNAL_ERROR';
  detail?: string | undefined;
  errors?:
    | readonly {
        /** A JSON pointer into the body */
        pointer?: string | undefined;
        /** A query parameter */
        parameter?: string | undefined;
        code: string;
        detail: string;
      }[]
    | undefined;
  instance: string;
  /** To tell the operator */
  requestId: string;
}

export interface Readiness {
  ready: boolean;
  parts: {
    readonly [name: string]: {
      ok: boolean;
    };
  };
}

/** Public: a verifier shows it. The registry keeps its number. */
export type Reason =
  | 'none-given'
  | 'holder-request'
  | 'ceased'
  | 'conditions-breached'
  | 'false-information'
  | 'issued-in-error'
  | 'replaced'
  | 'court-order'
  | 'other-public-reason';

export interface ReferenceLookUp {
  /** As it is printed under the QR code */
  reference: string;
}

export interface RenewalRequest {
  /** The day in Hong Kong on which the renewal was applied for; today where it is left out */
  appliedOn?: string | undefined;
  /** The last valid day, where it is another than the rule of the type proposes */
  validUntil?: string | undefined;
  /** What changed since, by name; null takes a claim away. All others are as they were */
  claims?: JsonObject | undefined;
  holder?: HolderContact | undefined;
  /** Why it takes the place of the old one, whose history will have it. Kept for the department; not public */
  note?: string | undefined;
}

export interface Replacement {
  /** The code of a credential type */
  type: string;
  /** By name, as the credential type says: GET /v1/types/{code}. An image is { mediaType, data: base64 }. */
  claims: JsonObject;
  validity: {
    /** The first valid day in Hong Kong */
    validFrom: string;
    validUntil?: string | null | undefined;
    /** Today in Hong Kong where it is left out */
    issued?: string | undefined;
  };
  holder?: HolderContact | undefined;
  /** The id of the credential that it belongs to, where "lifecycle.parent" of the type has such a rule */
  parent?: string | undefined;
  /** As of NewCredential. Left out: what it replaces is bound to a key, and it stays bound to that; null: it is bound to none */
  holderKey?: string | null | undefined;
  /** The day in Hong Kong on which the renewal was applied for; today where it is left out */
  appliedOn?: string | undefined;
  /** Why it takes the place of the old one, whose history will have it. Kept for the department; not public */
  note?: string | undefined;
}

export interface Report {
  id: string;
  credential: string;
  /** wrong: something in the document is not so. lost: it was lost or stolen. not-mine: it is somebody else’s */
  kind: 'wrong' | 'lost' | 'not-mine' | 'other';
  message: string;
  /** UTC */
  createdAt: string;
  answer: string | null;
  answeredAt: string | null;
  /** GET /v1/people has the name */
  answeredBy: string | null;
  /** What became of the e-mail that tells the holder of the answer; null before it, where the document has no address, and of "not-mine" */
  mail: {
    id: string;
    /** "sent": the mail server has taken it; whether it was delivered or read, nobody tells */
    state: 'waiting' | 'sent' | 'failed';
    attempts: number;
    /** Why the last attempt was no success */
    code:
      | 'TRY_LATER'
      | 'UNREACHABLE'
      | 'NOT_SECURE'
      | 'SIGN_IN_REFUSED'
      | 'SENDER_REFUSED'
      | 'RECIPIENT_REFUSED'
      | 'MESSAGE_REFUSED'
      | 'SERVER_FAULT'
      | 'NOT_SET_UP'
      | 'NO_ADDRESS'
      | 'CREDENTIAL_ERASED'
      | 'CREDENTIAL_ENDED'
      | 'OUTDATED'
      | 'INTERNAL_ERROR'
      | null;
    /** The mail server's number for a refusal, such as 550 */
    reply: number | null;
    /** UTC */
    createdAt: string;
    /** When it is tried next */
    nextAt: string | null;
    sentAt: string | null;
  } | null;
}

export interface ReportAnswer {
  answer: string;
}

export interface ReportPage {
  items: readonly Report[];
  has_more: boolean;
  next: string | null;
}

export interface RestrictedLookUp {
  /** As it is printed under the QR code */
  reference: string;
  /** Why it is asked */
  purpose: 'enforcement' | 'inspection' | 'application' | 'emergency' | 'court';
  /** The number of the case, never a name: audit logs keep it */
  caseNumber: string;
}

export interface RestrictedLookedUp {
  id: string;
  credential: JsonObject | null;
  /** As the verifier’s own function gives it, with the claims; {} in an answer that is repeated */
  verdict: JsonObject;
  /** The same at the public verifier, without the claims */
  link: string;
}

export interface SavedView {
  id: string;
  /** The list that it is a view of */
  place: 'credentials' | 'drafts' | 'imports' | 'reports' | 'companies' | 'audit';
  name: string;
  filters: { readonly [name: string]: string };
  shared: boolean;
  /** Who made it; GET /v1/people has the name */
  owner: string;
  /** UTC */
  createdAt: string;
  /** UTC */
  changedAt: string;
}

export interface SavedViewChange {
  /** Kept in clear, so that nobody’s name belongs here */
  name?: string | undefined;
  /** As the query of the list takes them, without its page and without what points at a person or one document (reference, parent, number, actor, object, idempotency_key) */
  filters?: JsonObject | undefined;
  /** For everybody of the department who may open the list; needs the right rules.manage */
  shared?: boolean | undefined;
  /** That of the view which was seen: refused where somebody has changed it since */
  changedAt: string;
}

export interface SavedViewList {
  items: readonly SavedView[];
}

export interface SeenTypeVersion {
  /** That of what was seen: nothing else is registered */
  changedAt: string;
}

export interface Session {
  kind: 'officer' | 'holder';
  /** As the sign-in service or the department writes it */
  name: string | null;
  officer: {
    /** As it stands beside what the officer does */
    id: string;
    department: {
      code: string;
      name: Label;
    };
    roles: readonly ('preparer' | 'approver' | 'key-holder' | 'auditor' | 'admin' | 'inspector' | 'registrar')[];
    may: readonly (
      | 'department.read'
      | 'credentials.read'
      | 'credentials.prepare'
      | 'credentials.approve'
      | 'credentials.issue'
      | 'credentials.erase'
      | 'credentials.mail'
      | 'status.change'
      | 'status.approve'
      | 'validity.change'
      | 'webhooks.manage'
      | 'keys.manage'
      | 'officers.manage'
      | 'rules.manage'
      | 'types.publish'
      | 'signing-keys.read'
      | 'signing-keys.prepare'
      | 'audit.read'
      | 'restricted.look-up'
      | 'companies.admit'
      | 'holders.ask'
    )[];
  } | null;
  /** Send it as "X-CSRF-Token" with every request that changes something */
  csrfToken: string;
  /** UTC */
  idleUntil: string;
  /** UTC */
  expiresAt: string;
}

export interface Share {
  /** 32 hex digits: what the link names */
  id: string;
  credential: string;
  /** UTC */
  createdAt: string;
  /** UTC */
  expiresAt: string;
  /** How often it can be opened; null for as often as one likes */
  mostOpens: number | null;
  opens: number;
  /** When it was opened, the newest 20 */
  openedAt: readonly string[];
  /** When its holder ended it */
  endedAt: string | null;
  isOver: boolean;
  /** Of a company’s, the id of the delegate who made it */
  madeBy: string | null;
  /** Whether who asks may end it */
  mayEnd: boolean;
}

export interface ShareList {
  items: readonly Share[];
}

export interface ShareOpening {
  /** Of the link */
  id: string;
  /** Chosen at random by whoever opens it */
  visit: string;
}

export interface SigningKey {
  address: string;
  /** At the department, from 1 */
  number: number;
  /** "anchor": issues, moves last valid days and changes status; "status": changes status alone */
  purpose: 'anchor' | 'status';
  state: 'not-yet-valid' | 'active' | 'ended' | 'compromised';
  /** UTC */
  validFrom: string;
  /** The first moment at which it is no longer valid; null: no end */
  validUntil: string | null;
  /** Nothing that it did from then on is believed, but revocations */
  compromisedSince: string | null;
  /** "signing": this service signs with it now; "ready": it could; "elsewhere": it does not have it */
  use: 'signing' | 'ready' | 'elsewhere';
  /** What this service knows to be anchored by it */
  anchored: {
    batches: number;
    credentials: number;
    lastAt: string | null;
  };
  links: {
    self: string;
  };
}

export interface SigningKeyEffects {
  address: string;
  /** "anchor": issues, moves last valid days and changes status; "status": changes status alone */
  purpose: 'anchor' | 'status';
  act: 'end' | 'report';
  since: string | null;
  block: {
    number: number;
    /** UTC */
    time: string;
  };
  /** Genuine now, and would be no more */
  failing: {
    batches: number;
    credentials: number;
    auditHeads: number;
    /** In the registry and not in this service: who anchored them? */
    unknownBatches: number;
    types: readonly {
      /** Null for a type that this service does not know */
      type: string | null;
      batches: number;
      credentials: number;
    }[];
  };
  /** Of the failing batches, a page */
  items: readonly {
    id: string;
    number: number;
    /** Null for a type that this service does not know */
    type: string | null;
    size: number;
    /** UTC */
    anchoredAt: string;
    isKnown: boolean;
  }[];
  has_more: boolean;
  next: string | null;
  /** Anchored by it and genuine afterwards: before that time, or endorsed by the admin */
  staying: {
    before: {
      batches: number;
      credentials: number;
      auditHeads: number;
    };
    endorsed: {
      batches: number;
      credentials: number;
      auditHeads: number;
    };
  };
  /** Not genuine now: void, or reported before */
  failingAlready: {
    batches: number;
    credentials: number;
    auditHeads: number;
  };
  /** What it did to status and validity that would count no more; revocations stay */
  ignored: {
    acts: number;
    /** At most 200; those that change what verifiers say come first */
    changes: readonly {
      credential: string | null;
      reference: string | null;
      act: 'suspend' | 'reinstate' | 'succeed' | 'extend';
      /** UTC */
      at: string;
      before: string | null;
      after: string | null;
    }[];
    notices: readonly {
      /** Null for a type that this service does not know */
      type: string | null;
      from: string;
      to: string;
      validUntil: string;
      law: string | null;
    }[];
  };
  /** Whether this service signs with it, and with which of its other keys it would go on; null: it would stop */
  signing: {
    isInUse: boolean;
    next: string | null;
  };
}

export interface SigningKeyTransaction {
  act: 'add' | 'end' | 'report';
  address: string;
  chainId: number;
  /** The department's admin, who alone can send it */
  from: string;
  /** The registry */
  to: string;
  /** What it is called with */
  data: string;
  /** What the data says; times in seconds since 1970 UTC */
  call: {
    name: 'addKey' | 'endKey' | 'reportCompromise';
    arguments: { readonly [name: string]: string | number };
  };
  links: {
    self: string;
  };
}

export interface SigningKeys {
  items: readonly SigningKey[];
  /** The account that adds, ends and reports keys; no service has its key */
  admin: string;
  registry: {
    chainId: number;
    address: string;
  };
  /** At which all of this was read */
  block: {
    number: number;
    /** UTC */
    time: string;
  };
}

export interface Statistics {
  /** How many of each type stand how today; what there is none of is left out */
  standing: readonly {
    /** The code of a credential type */
    type: string;
    standing:
      | 'failed'
      | 'coming'
      | 'revoked'
      | 'superseded'
      | 'suspended'
      | 'expired'
      | 'not-yet-in-force'
      | 'in-force';
    count: number;
  }[];
  /** Accepted in each month; a month with none is left out */
  issued: readonly {
    /** A month of Hong Kong */
    month: string;
    /** The code of a credential type */
    type: string;
    count: number;
  }[];
  /** Changes of status in each month, those that failed left out */
  changes: readonly {
    /** A month of Hong Kong */
    month: string;
    act: 'revoke' | 'suspend' | 'reinstate' | 'amend' | 'extend';
    count: number;
  }[];
}

export interface StatusChange {
  id: string;
  credential: string;
  act: 'revoke' | 'suspend' | 'reinstate' | 'amend' | 'extend';
  reason: Reason;
  /** The last suspended day */
  until: string | null;
  /** Of an extension: the last valid day */
  validUntil: string | null;
  /** Of an extension: in force until further notice */
  pendingRenewal: boolean;
  /** Verifiers see the change from "anchored" on */
  state: 'recorded' | 'sent' | 'anchored' | 'final' | 'failed';
  /** UTC */
  createdAt: string;
  finalAt: string | null;
}

export type StatusChangeOrOperation = StatusChange | StatusOperation;

export interface StatusOperation {
  id: string;
  act: 'revoke' | 'suspend' | 'reinstate' | 'renew' | 'extend';
  reason: Reason;
  until: string | null;
  /** Of an extension: the new last valid day */
  validUntil: string | null;
  /** Of an extension: in force until further notice */
  pendingRenewal: boolean;
  /** Of a renewal: the day on which it was applied for */
  appliedOn: string | null;
  /** Nothing is changed before it is "confirmed" */
  state: 'preview' | 'confirmed' | 'cancelled';
  /** Whether somebody else than who asked has to confirm it */
  secondPerson: boolean;
  counts: {
    found: number;
    ready: number;
    refused: number;
  };
  /** How many belong to what is ready and are not part of it: ask again with "children" to end them with it */
  children: number;
  /** The first of those that are ready */
  sample: readonly string[];
  /** What is not changed, and why: a code of /problems, or CHANGED_SINCE; the first thousand */
  refusals: readonly {
    credential: string;
    code: string;
  }[];
  /** How many of the recorded changes are how far */
  progress: {
    recorded: number;
    sent: number;
    anchored: number;
    final: number;
    failed: number;
  };
  /** Of a renewal whose type is issued by two people or more: the drafts that it handed in, which others approve, by what became of them */
  drafts: {
    draft: number;
    submitted: number;
    issued: number;
    discarded: number;
  };
  requestedBy: string;
  decidedBy: string | null;
  /** UTC */
  createdAt: string;
  decidedAt: string | null;
  links: {
    self: string;
  };
}

export interface StatusOperationFilter {
  /** The code of a credential type */
  type?: string | undefined;
  status?: 'in-force' | 'suspended' | 'revoked' | 'superseded' | undefined;
  /** The credential's own last day, from */
  validUntilFrom?: string | undefined;
  validUntilTo?: string | undefined;
  /** The last day as an extension or a notice moved it, from */
  endsFrom?: string | undefined;
  endsTo?: string | undefined;
}

export interface StatusOperationPage {
  items: readonly StatusOperation[];
  has_more: boolean;
  next: string | null;
}

export interface StatusRequest {
  reason: Reason;
  /** Kept for the department; not public */
  note?: string | undefined;
}

export interface SuspensionRequest {
  reason: Reason;
  /** Kept for the department; not public */
  note?: string | undefined;
  /** Also what belongs to it: the answer is then an operation, which one confirmation makes */
  children?: true | undefined;
  /** The last suspended day in Hong Kong; until it is reinstated where it is left out */
  until?: string | undefined;
}

export interface TypeVersion {
  id: string;
  /** The type's code */
  type: string;
  /** The number that it has, or will have */
  version: number;
  /** "draft": may be wrong; "prepared": its bytes are fixed, and the registry is looked at; "published": the registry has it, and new documents are of it */
  state: 'draft' | 'prepared' | 'published' | 'discarded';
  /** Of its file: fixed when it is prepared */
  sha256: string | null;
  createdBy: string;
  /** UTC */
  createdAt: string;
  changedBy: string;
  /** UTC */
  changedAt: string;
  preparedBy: string | null;
  preparedAt: string | null;
  publishedAt: string | null;
  links: {
    self: string;
    preview: string;
  };
}

export interface TypeVersionDetail {
  id: string;
  /** The type's code */
  type: string;
  /** The number that it has, or will have */
  version: number;
  /** "draft": may be wrong; "prepared": its bytes are fixed, and the registry is looked at; "published": the registry has it, and new documents are of it */
  state: 'draft' | 'prepared' | 'published' | 'discarded';
  /** Of its file: fixed when it is prepared */
  sha256: string | null;
  createdBy: string;
  /** UTC */
  createdAt: string;
  changedBy: string;
  /** UTC */
  changedAt: string;
  preparedBy: string | null;
  preparedAt: string | null;
  publishedAt: string | null;
  links: {
    self: string;
    preview: string;
  };
  /** The definition file (proof/FORMAT.md section 7); what was typed, right or wrong, in a draft */
  definition: JsonObject;
  /** What keeps it from being prepared; a pointer leads into the definition */
  faults: readonly {
    pointer: string;
    code: string;
    detail: string;
  }[];
  /** Against the version before; none as long as there are faults */
  changes: readonly {
    what:
      | 'title'
      | 'disclosure'
      | 'validity'
      | 'date-label'
      | 'claim-added'
      | 'claim-removed'
      | 'claim-moved'
      | 'claim-label'
      | 'claim-type'
      | 'claim-required'
      | 'claim-optional'
      | 'claim-shown'
      | 'claim-hidden'
      | 'claim-always'
      | 'claim-sensitive'
      | 'claim-role'
      | 'claim-length'
      | 'option-added'
      | 'option-removed'
      | 'option-label';
    /** Of the claim or the date */
    name: string | null;
    before: string | null;
    after: string | null;
    concerns: readonly ('officers' | 'systems' | 'holders' | 'verifiers')[];
  }[];
}

export interface TypeVersionPage {
  items: readonly TypeVersion[];
  has_more: boolean;
  next: string | null;
}

export interface TypeVersionUpdate {
  /** Title, dates, validity, disclosure and claims as a definition file has them; kept also where they are wrong */
  definition: JsonObject;
  /** That of what was edited: refused where somebody has changed it since */
  changedAt?: string | undefined;
}

export interface Webhook {
  id: string;
  url: string;
  events: readonly (
    | 'credential.final'
    | 'credential.failed'
    | 'credential.disbelieved'
    | 'credential.expiring'
    | 'status.final'
    | 'notice.final'
    | 'notice.withdrawn'
    | 'import.finished'
    | 'batch.unknown'
  )[];
  active: boolean;
  /** Nothing but a ping is sent since; null: not paused */
  pausedSince: string | null;
  /** How many deliveries are not made yet */
  waiting: number;
  previousSecretUntil: string | null;
  createdAt: string;
  /** When it was last said what it is told */
  changedAt: string;
  links: {
    self: string;
    deliveries: string;
  };
}

export interface WebhookDelivery {
  id: string;
  webhook: string;
  /** The same in every repetition: to know an event again by */
  event: string;
  type: string;
  state: 'waiting' | 'delivered' | 'failed';
  attempts: number;
  /** The HTTP status of the last answer */
  status: number | null;
  failure: string | null;
  replayOf: string | null;
  createdAt: string;
  attemptedAt: string | null;
  /** Null too while its webhook is paused */
  nextAt: string | null;
  deliveredAt: string | null;
}

export interface WebhookDeliveryPage {
  items: readonly WebhookDelivery[];
  has_more: boolean;
  next: string | null;
}

export interface WebhookEvents {
  events: readonly (
    | 'credential.final'
    | 'credential.failed'
    | 'credential.disbelieved'
    | 'credential.expiring'
    | 'status.final'
    | 'notice.final'
    | 'notice.withdrawn'
    | 'import.finished'
    | 'batch.unknown'
  )[];
  /** The "changedAt" of what was seen, null where nobody had changed it yet: refused where somebody has changed it since. Left out: whatever holds now is replaced */
  changedAt?: string | null | undefined;
}

export interface WebhookPage {
  items: readonly Webhook[];
  has_more: boolean;
  next: string | null;
}

export interface WebhookWithSecret {
  id: string;
  url: string;
  events: readonly (
    | 'credential.final'
    | 'credential.failed'
    | 'credential.disbelieved'
    | 'credential.expiring'
    | 'status.final'
    | 'notice.final'
    | 'notice.withdrawn'
    | 'import.finished'
    | 'batch.unknown'
  )[];
  active: boolean;
  /** Nothing but a ping is sent since; null: not paused */
  pausedSince: string | null;
  /** How many deliveries are not made yet */
  waiting: number;
  previousSecretUntil: string | null;
  createdAt: string;
  /** When it was last said what it is told */
  changedAt: string;
  links: {
    self: string;
    deliveries: string;
  };
  /** Told once: an answer that is repeated under its Idempotency-Key does not have it */
  secret?: string | undefined;
}

/** By its name: what an operation is called with, and what it answers. */
export interface Operations {
  /** Issue a credential */
  issueCredential: { call: { body: NewCredential }; answer: Credential };
  /** The credentials of your department, a page at a time */
  listCredentials: {
    call: {
      query?: {
        /** The code of a credential type */
        type?: string | undefined;
        state?: 'issued' | 'sealed' | 'anchored' | 'final' | 'failed' | undefined;
        status?: 'in-force' | 'suspended' | 'revoked' | 'superseded' | undefined;
        /** As it is printed on the document */
        reference?: string | undefined;
        /** A whole name or number that stands in the document, in one of its languages: capitals, accents, punctuation and the order of words make no difference */
        text?: string | undefined;
        /** An instant, or the first Hong Kong day */
        created_from?: string | undefined;
        /** An instant that is left out, or the last Hong Kong day */
        created_to?: string | undefined;
        /** Final, neither revoked nor replaced, and its last valid day, as it was moved, is this Hong Kong day or later; with "expiring_to": what ends soon */
        expiring_from?: string | undefined;
        /** Likewise, and it is this day or earlier */
        expiring_to?: string | undefined;
        /** Those that belong to the credential with this id */
        parent?: string | undefined;
        /** What verifiers call not genuine, and nothing has taken the place of: to be issued again */
        disbelieved?: 'true' | undefined;
        /** By the time of issuing; newest first */
        order?: 'asc' | 'desc' | undefined;
        /** 20 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: CredentialPage;
  };
  /** What the document of a new credential would look like; nothing of it is kept */
  previewCredential: {
    call: {
      query?: {
        /** The Chinese beside the English; claims stay as they were issued */
        lang?: 'zh-Hant' | 'zh-Hans' | undefined;
      };
      body: NewCredential;
    };
    answer: never;
  };
  /** A credential with its claims, its state and its status */
  getCredential: { call: { id: string }; answer: CredentialDetail };
  /** What was done to the status of a credential */
  getHistory: { call: { id: string }; answer: History };
  /** The document to send to its holder */
  getPdf: {
    call: {
      id: string;
      query?: {
        /** The Chinese beside the English; claims stay as they were issued */
        lang?: 'zh-Hant' | 'zh-Hans' | undefined;
      };
    };
    answer: never;
  };
  /** The credential's QR code as PNG */
  getQrPng: { call: { id: string }; answer: never };
  /** The credential's QR code as SVG */
  getQrSvg: { call: { id: string }; answer: never };
  /** The credential's QR code as TXT */
  getQrTxt: { call: { id: string }; answer: never };
  /** The credential in full as a W3C Verifiable Credential, for its holder */
  getProof: { call: { id: string }; answer: never };
  /** Revoke a credential, for ever */
  revokeCredential: { call: { id: string; body: EndingRequest }; answer: StatusChangeOrOperation };
  /** Suspend a credential until it is reinstated, or to the end of a day; again gives the suspension another end */
  suspendCredential: { call: { id: string; body: SuspensionRequest }; answer: StatusChangeOrOperation };
  /** Reinstate a suspended credential */
  reinstateCredential: { call: { id: string; body: StatusRequest }; answer: StatusChangeOrOperation };
  /** Move the last valid day of a credential, or keep it in force while a renewal is decided */
  extendCredential: { call: { id: string; body: ExtensionRequest }; answer: StatusChangeOrOperation };
  /** Revoke, suspend, reinstate or renew many credentials: shows first what would be done */
  previewStatusChange: { call: { body: NewStatusOperation }; answer: StatusOperation };
  /** Changes that were previewed, newest first */
  listStatusChanges: {
    call: {
      query?: {
        /** "preview" waits for somebody to confirm it */
        state?: 'preview' | 'confirmed' | 'cancelled' | undefined;
        /** 20 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: StatusOperationPage;
  };
  /** A change of many credentials, and how far it is */
  getStatusChange: { call: { id: string }; answer: StatusOperation };
  /** Change everything that nobody changed since the preview */
  confirmStatusChange: { call: { id: string; body?: Record<string, never> }; answer: StatusOperation };
  /** Change nothing of what was previewed */
  cancelStatusChange: { call: { id: string; body?: Record<string, never> }; answer: StatusOperation };
  /** Move the last valid days of a whole type, because a law says so: shows first how many credentials it is about */
  previewNotice: { call: { body: NewNotice }; answer: Notice };
  /** Notices of your types, newest first */
  listNotices: {
    call: {
      query?: {
        /** The code of a credential type */
        type?: string | undefined;
        /** 20 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: NoticePage;
  };
  /** A notice, and how far it is */
  getNotice: { call: { id: string }; answer: Notice };
  /** Move the last valid days that a notice is about */
  confirmNotice: { call: { id: string; body?: Record<string, never> }; answer: Notice };
  /** Move nothing of what was previewed */
  cancelNotice: { call: { id: string; body?: Record<string, never> }; answer: Notice };
  /** Issue the next term, from the day after the last one; this one names it as its successor when that has come */
  renewCredential: { call: { id: string; body: RenewalRequest }; answer: Credential };
  /** Issue a credential that takes the place of this one as soon as it is final; one that ends later renews it, within the window of its type */
  replaceCredential: { call: { id: string; body: Replacement }; answer: Credential };
  /** E-mail the document to its holder again, to the address that it was issued with */
  mailCredential: { call: { id: string; body?: Record<string, never> }; answer: CredentialMail };
  /** Destroy a credential's claims, images and keys, for ever; its header, its hash and its status stay */
  eraseCredential: { call: { id: string; body: EraseRequest }; answer: Credential };
  /** What is being prepared and what waits for approval, newest first */
  listDrafts: {
    call: {
      query?: {
        state?: 'draft' | 'submitted' | 'issued' | 'discarded' | undefined;
        /** The code of a credential type */
        type?: string | undefined;
        /** 20 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: DraftPage;
  };
  /** Prepare a credential: what is missing or wrong is listed, not refused */
  createDraft: { call: { body: NewDraft }; answer: DraftDetail };
  /** One draft, with its problems; a submitted one as it will be signed */
  getDraft: { call: { id: string }; answer: DraftDetail };
  /** Say it anew: takes back what was submitted, and approvals of it count no more */
  updateDraft: { call: { id: string; body: DraftUpdate }; answer: DraftDetail };
  /** Hand it in for approval: its id, dates and content hash are fixed */
  submitDraft: {
    call: {
      id: string;
      body: {
        /** That of the draft which was seen: refused where somebody has changed it since. Left out: it is handed in as it is */
        changedAt?: string | undefined;
      };
    };
    answer: DraftDetail;
  };
  /** What the document will look like; a submitted draft as it will be signed */
  previewDraft: {
    call: {
      id: string;
      query?: {
        /** The Chinese beside the English; claims stay as they were issued */
        lang?: 'zh-Hant' | 'zh-Hans' | undefined;
      };
    };
    answer: never;
  };
  /** Hand in many for approval: each is judged by itself, and none keeps another back */
  submitDrafts: { call: { body: DraftsToSubmit }; answer: DraftOutcomes };
  /** Approve many, each by the hash of what you saw: each is judged by itself, and none keeps another back */
  approveDrafts: { call: { body: DraftsToApprove }; answer: DraftOutcomes };
  /** Approve what you saw, by its hash; the last approval that the type needs issues the credential */
  approveDraft: {
    call: {
      id: string;
      body: {
        /** What an approval is for: SHA-256 over header and claims */
        contentHash: string;
      };
    };
    answer: DraftDetail;
  };
  /** Give it back to its preparer, with a note */
  returnDraft: {
    call: {
      id: string;
      body: {
        /** Why, for its preparer */
        note: string;
      };
    };
    answer: DraftDetail;
  };
  /** Take back what was submitted: it is a draft again */
  withdrawDraft: { call: { id: string; body?: Record<string, never> }; answer: DraftDetail };
  /** Throw it away, for ever */
  discardDraft: { call: { id: string; body?: Record<string, never> }; answer: DraftDetail };
  /** The credential types that your department issues */
  listTypes: { call: Record<never, never>; answer: CredentialTypeList };
  /** A credential type by its code: its claims, its rules and a body to fill in */
  getType: { call: { id: string }; answer: CredentialTypeDetail };
  /** How many people approve a credential of this type and a change of its status, and how long its claims are kept */
  getIssuingRule: { call: { id: string }; answer: IssuingRule };
  /** Say how many people approve a credential of this type and a change of its status, and how long its claims are kept */
  setIssuingRule: { call: { id: string; body: NewIssuingRule }; answer: IssuingRule };
  /** New versions of your department's types, newest first: as they are written, and published */
  listTypeVersions: {
    call: {
      query?: {
        /** Of this type alone */
        type?: string | undefined;
        /** 50 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: TypeVersionPage;
  };
  /** Begin a new version of a type, with what the version in force says */
  createTypeVersion: { call: { body: NewTypeVersion }; answer: TypeVersionDetail };
  /** One of them: its definition, what is wrong with it, and what it changes for whom */
  getTypeVersion: { call: { id: string }; answer: TypeVersionDetail };
  /** What a document of it would look like, with invented values */
  previewTypeVersion: {
    call: {
      id: string;
      query?: {
        /** The Chinese beside the English; claims stay as they were issued */
        lang?: 'zh-Hant' | 'zh-Hans' | undefined;
      };
    };
    answer: never;
  };
  /** Say it anew, right or wrong; what was prepared is a draft again */
  updateTypeVersion: { call: { id: string; body: TypeVersionUpdate }; answer: TypeVersionDetail };
  /** Fix its bytes; the answer is what the department's admin sends to the registry. Nothing is sent here */
  prepareTypeVersion: { call: { id: string; body: SeenTypeVersion }; answer: PreparedTypeVersion };
  /** Throw it away */
  discardTypeVersion: { call: { id: string; body?: Record<string, never> }; answer: TypeVersionDetail };
  /** A file to fill in for POST /v1/imports, as CSV */
  importTemplateCsv: {
    call: {
      id: string;
      query?: {
        /** CSV and workbook: columns named by their labels in this language */
        labels?: 'en' | 'zh-Hant' | 'zh-Hans' | undefined;
      };
    };
    answer: never;
  };
  /** A file to fill in for POST /v1/imports, as NDJSON */
  importTemplateNdjson: {
    call: {
      id: string;
      query?: {
        /** CSV and workbook: columns named by their labels in this language */
        labels?: 'en' | 'zh-Hant' | 'zh-Hans' | undefined;
      };
    };
    answer: never;
  };
  /** A file to fill in for POST /v1/imports, as a workbook to be saved as CSV */
  importTemplateXlsx: {
    call: {
      id: string;
      query?: {
        /** CSV and workbook: columns named by their labels in this language */
        labels?: 'en' | 'zh-Hant' | 'zh-Hans' | undefined;
      };
    };
    answer: never;
  };
  /** Issue many credentials of one type: a file of up to 1,000,000 rows */
  receiveImport: {
    call: {
      query: {
        /** The code of a credential type */
        type: string;
        /** all: one bad row refuses the file. good: the good rows go on */
        mode?: 'all' | 'good' | undefined;
        /** Every check, and nothing is issued */
        dryRun?: 'true' | 'false' | undefined;
        /** Hand the file in: its rows are issued when somebody else has approved it. Needs the right credentials.prepare, and not credentials.issue */
        approval?: 'true' | 'false' | undefined;
      };
      mediaType: 'application/x-ndjson' | 'text/csv';
    };
    answer: Import;
  };
  /** The imports of your department, newest first */
  listImports: {
    call: {
      query?: {
        /** Finds the import that a cut connection left */
        idempotency_key?: string | undefined;
        state?:
          | 'receiving'
          | 'submitted'
          | 'approved'
          | 'completed'
          | 'refused'
          | 'returned'
          | 'withdrawn'
          | 'abandoned'
          | undefined;
        /** 20 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: ImportPage;
  };
  /** How far an import is */
  getImport: { call: { id: string }; answer: Import };
  /** What is wrong with the rows of an import, in the order of the file */
  listImportErrors: {
    call: {
      id: string;
      query?: {
        kind?: 'malformed' | 'duplicate' | 'already-issued' | undefined;
        /** 20 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: ImportErrorPage;
  };
  /** What is wrong with the rows of an import, as a CSV */
  downloadImportErrors: { call: { id: string }; answer: never };
  /** How far an import is, told whenever it changes (server-sent events) */
  watchImport: { call: { id: string }; answer: never };
  /** Rows of a file that waits for approval, as they will be signed */
  listImportRows: {
    call: {
      id: string;
      query?: {
        /** sample: 20 rows that nobody could choose, because the hash of the whole file says which */
        order?: 'sample' | 'file' | undefined;
        /** 20 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: ImportedRowPage;
  };
  /** What the document of one row of a file that waits for approval will look like */
  previewImportRow: {
    call: {
      id: string;
      query: {
        /** The Chinese beside the English; claims stay as they were issued */
        lang?: 'zh-Hant' | 'zh-Hans' | undefined;
        row: number;
      };
    };
    answer: never;
  };
  /** Approve a whole file, by its hash; the last approval that the type needs issues its rows */
  approveImport: {
    call: {
      id: string;
      body: {
        /** What an approval is for: a hash over the content hashes of all rows, in their order */
        contentHash: string;
      };
    };
    answer: Import;
  };
  /** Give a file back to its preparer, with a note: its rows are gone, and mended ones are sent anew */
  returnImport: {
    call: {
      id: string;
      body: {
        /** Why, for its preparer */
        note: string;
      };
    };
    answer: Import;
  };
  /** Take back a file that waits for approval: its rows are gone */
  withdrawImport: { call: { id: string; body?: Record<string, never> }; answer: Import };
  /** Who you are: the department and the API key */
  getDepartment: { call: Record<never, never>; answer: Department };
  /** Who is signed in, what they may do, and until when */
  getSession: { call: Record<never, never>; answer: Session };
  /** The department's officers, those who left included */
  listOfficers: {
    call: {
      query?: {
        /** 50 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: OfficerPage;
  };
  /** Let a person act for the department */
  addOfficer: { call: { body: NewOfficer }; answer: Officer };
  /** The names of the department's officers and keys, those that left included */
  listPeople: {
    call: {
      query?: {
        /** 200 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: PersonPage;
  };
  /** One officer */
  getOfficer: { call: { id: string }; answer: Officer };
  /** Replace an officer's roles; signs the officer out everywhere */
  changeRoles: {
    call: {
      id: string;
      body: {
        /** What they may do together is what the officer may do */
        roles: readonly ('preparer' | 'approver' | 'key-holder' | 'auditor' | 'admin' | 'inspector' | 'registrar')[];
        /** The "changedAt" of what was seen, null where nobody had changed it yet: refused where somebody has changed it since. Left out: whatever holds now is replaced */
        changedAt?: string | null | undefined;
      };
    };
    answer: Officer;
  };
  /** End an officer for good; signs the officer out everywhere */
  deactivateOfficer: { call: { id: string; body?: Record<string, never> }; answer: Officer };
  /** The views of a list that are yours or your department’s, in the order in which they were made */
  listViews: {
    call: {
      query: {
        /** The list that it is a view of */
        place: 'credentials' | 'drafts' | 'imports' | 'reports' | 'companies' | 'audit';
      };
    };
    answer: SavedViewList;
  };
  /** Keep the filters of a list under a name, for yourself or for the department */
  createView: { call: { body: NewSavedView }; answer: SavedView };
  /** Another name, other filters, or for others; what is left out stays */
  updateView: { call: { id: string; body: SavedViewChange }; answer: SavedView };
  /** Delete it, for ever; of a shared one everybody’s */
  deleteView: { call: { id: string; body?: Record<string, never> }; answer: SavedView };
  /** The department's API keys, newest first, without their secrets */
  listApiKeys: {
    call: {
      query?: {
        /** 50 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: ApiKeyPage;
  };
  /** A key for one of your systems; the secret is in this answer alone */
  createApiKey: { call: { body: NewApiKey }; answer: ApiKeyWithSecret };
  /** One API key */
  getApiKey: { call: { id: string }; answer: ApiKey };
  /** Another secret; for the overlap both work. A key may rotate itself */
  rotateApiKey: { call: { id: string; body: ApiKeyRotation }; answer: ApiKeyWithSecret };
  /** End an API key at once and for good */
  deactivateApiKey: { call: { id: string; body?: Record<string, never> }; answer: ApiKey };
  /** The keys that sign in the department's name, as the registry has them */
  listSigningKeys: { call: Record<never, never>; answer: SigningKeys };
  /** One signing key, by its address */
  getSigningKey: { call: { id: string }; answer: SigningKeys };
  /** What a report that the key was compromised since a time, or its end, would do to which batches; changes nothing */
  previewSigningKeyEffects: {
    call: {
      id: string;
      query?: {
        /** A report since this time; left out: its end */
        since?: string | undefined;
        /** 50 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: SigningKeyEffects;
  };
  /** What the department's admin sends to the registry to add, end or report a key; nothing is sent here */
  prepareSigningKeyTransaction: { call: { body: NewSigningKeyTransaction }; answer: SigningKeyTransaction };
  /** Be told of events; the secret that signs them is in this answer alone */
  createWebhook: { call: { body: NewWebhook }; answer: WebhookWithSecret };
  /** The department's webhooks, the active ones first, without their secrets */
  listWebhooks: {
    call: {
      query?: {
        /** 200 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: WebhookPage;
  };
  /** One webhook */
  getWebhook: { call: { id: string }; answer: Webhook };
  /** Replace the types of events that a webhook is told from now on */
  changeWebhookEvents: { call: { id: string; body: WebhookEvents }; answer: Webhook };
  /** A new secret; for 24 hours both sign */
  rotateWebhookSecret: { call: { id: string; body?: Record<string, never> }; answer: WebhookWithSecret };
  /** End a webhook for good; what waits for it is not sent */
  deactivateWebhook: { call: { id: string; body?: Record<string, never> }; answer: Webhook };
  /** Send an event that says nothing, to try the receiver, also while it is paused */
  pingWebhook: { call: { id: string; body?: Record<string, never> }; answer: WebhookDelivery };
  /** Send nothing for now; what happens waits, for up to thirty days */
  pauseWebhook: { call: { id: string; body?: Record<string, never> }; answer: Webhook };
  /** Send what waits, in the order in which it happened, and what happens from now on */
  resumeWebhook: { call: { id: string; body?: Record<string, never> }; answer: Webhook };
  /** What was sent to a webhook and what became of it, newest first */
  listDeliveries: {
    call: {
      id: string;
      query?: {
        /** 20 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: WebhookDeliveryPage;
  };
  /** Send an event again, under the same event id; it waits while the webhook is paused */
  replayDelivery: { call: { id: string; body?: Record<string, never> }; answer: WebhookDelivery };
  /** What holders told of their documents, newest first */
  listReports: {
    call: {
      query?: {
        state?: 'open' | 'answered' | undefined;
        /** 20 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: ReportPage;
  };
  /** One report of a holder */
  getReport: { call: { id: string }; answer: Report };
  /** Answer a report, once: its holder reads the answer beside the document */
  answerReport: { call: { id: string; body: ReportAnswer }; answer: Report };
  /** Say who may administrate a company: they do from their next sign-in on, an officer’s word after a second officer’s */
  nameCompanyAdministrator: { call: { body: NewCompanyNomination }; answer: CompanyNomination };
  /** Whom the department named, newest first */
  listCompanyAdministrators: {
    call: {
      query?: {
        number?: string | undefined;
        state?: 'proposed' | 'admitted' | 'taken' | 'refused' | 'withdrawn' | undefined;
        /** 20 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: CompanyNominationPage;
  };
  /** Whom the department named, how that stands, and how many act for the company */
  getCompanyAdministrator: { call: { id: string }; answer: CompanyNominationDetail };
  /** Agree to what a colleague said: it counts from the administrator’s next sign-in on */
  admitCompanyAdministrator: { call: { id: string; body: CompanyAdmission }; answer: CompanyNomination };
  /** Refuse what a colleague said, with a reason */
  refuseCompanyAdministrator: {
    call: {
      id: string;
      body: {
        /** Why, for its preparer */
        note: string;
      };
    };
    answer: CompanyNomination;
  };
  /** Take it back: whoever became administrator by it acts no longer, at once */
  withdrawCompanyAdministrator: {
    call: {
      id: string;
      body: {
        /** Why, for the department */
        note?: string | undefined;
      };
    };
    answer: CompanyNomination;
  };
  /** How many credentials stand how, and what was issued and changed month by month */
  getStatistics: {
    call: {
      query?: {
        /** How many months, of which the current one is the last; 12 where it is left out */
        months?: number | undefined;
      };
    };
    answer: Statistics;
  };
  /** Who did what in your department, newest first */
  listAudit: {
    call: {
      query?: {
        /** Such as credential.revoke */
        act?: string | undefined;
        /** Such as key:12 */
        actor?: string | undefined;
        /** The id of what it was done to */
        object?: string | undefined;
        /** false for what was refused */
        allowed?: 'true' | 'false' | undefined;
        /** An instant, or the first Hong Kong day */
        from?: string | undefined;
        /** An instant that is left out, or the last Hong Kong day */
        to?: string | undefined;
        /** 50 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: AuditPage;
  };
  /** Who opened far more credentials than usual on a day, or nearly only others’ work; a question, not a verdict */
  listIrregularAccess: {
    call: {
      query?: {
        /** A Hong Kong day; 28 days ago where it is left out */
        from?: string | undefined;
        /** Likewise; today where it is left out */
        to?: string | undefined;
        /** 50 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: IrregularAccessPage;
  };
  /** Your department's whole audit log, for eproof audit verify */
  exportAudit: { call: Record<never, never>; answer: never };
  /** What the QR code beside a printed reference holds, for whoever cannot scan it */
  lookUpReference: { call: { body: ReferenceLookUp }; answer: LookedUp };
  /** The kinds of document that are shown to whoever types facts from the paper, and which facts */
  listFactTypes: { call: Record<never, never>; answer: FactTypeList };
  /** The claims that a document shows, for whoever knows facts from it; nothing says which one is wrong */
  lookUpFacts: { call: { body: FactLookUp }; answer: LookedUp };
  /** All of a document that only officers may read, of any department; both departments’ audit logs tell of it */
  lookUpRestricted: { call: { body: RestrictedLookUp }; answer: RestrictedLookedUp };
  /** Ask a holder for claims of a document that another department issued */
  createRequest: { call: { body: NewConsentRequest }; answer: ConsentRequest };
  /** What the department asked of holders, newest first */
  listRequests: {
    call: {
      query?: {
        /** 20 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
      };
    };
    answer: ConsentRequestPage;
  };
  /** One request, and how it stands */
  getRequest: { call: { id: string }; answer: ConsentRequest };
  /** What the holder consented to, verified at this moment; the holder sees when it was read */
  readRequest: { call: { id: string; body?: Record<string, never> }; answer: ConsentAnswer };
  /** The department needs it no longer: what it could read is gone */
  endRequest: { call: { id: string; body?: Record<string, never> }; answer: ConsentRequest };
  /** What was issued to the holder who is signed in, by every department, newest first */
  listHolderCredentials: {
    call: {
      query?: {
        /** 20 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
    };
    answer: HolderCredentialPage;
  };
  /** One of the holder's own, with its claims */
  getHolderCredential: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
    };
    answer: HolderCredentialDetail;
  };
  /** The holder's document */
  getHolderPdf: {
    call: {
      id: string;
      query?: {
        /** The Chinese beside the English; claims stay as they were issued */
        lang?: 'zh-Hant' | 'zh-Hans' | undefined;
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
    };
    answer: never;
  };
  /** The QR code of the holder's credential as PNG */
  getHolderQrPng: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
    };
    answer: never;
  };
  /** The QR code of the holder's credential as SVG */
  getHolderQrSvg: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
    };
    answer: never;
  };
  /** The QR code of the holder's credential as TXT */
  getHolderQrTxt: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
    };
    answer: never;
  };
  /** The holder's credential in full as a W3C Verifiable Credential */
  getHolderProof: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
    };
    answer: never;
  };
  /** Keep what a link shows until it ends */
  createShare: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
      body: NewShare;
    };
    answer: Share;
  };
  /** The links to a document, newest first; those that are over for thirty days more */
  listShares: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
    };
    answer: ShareList;
  };
  /** The links to all documents of the holder, newest first; of a company for its administrators */
  listAllShares: {
    call: {
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
    };
    answer: ShareList;
  };
  /** End a link at once: what it showed is gone from the service */
  endShare: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
      body?: Record<string, never>;
    };
    answer: Share;
  };
  /** What departments ask of the holder, newest first, and what became of it */
  listOwnRequests: {
    call: {
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
    };
    answer: OwnConsentRequestList;
  };
  /** One of them */
  getOwnRequest: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
    };
    answer: OwnConsentRequest;
  };
  /** Let the department read what it asked for, of one document */
  consentToRequest: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
      body: Consent;
    };
    answer: OwnConsentRequest;
  };
  /** Refuse what a department asks */
  refuseRequest: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
      body?: Record<string, never>;
    };
    answer: OwnConsentRequest;
  };
  /** Take a consent back: what it let the department read is gone */
  withdrawConsent: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
      body?: Record<string, never>;
    };
    answer: OwnConsentRequest;
  };
  /** A short-lived copy of a document, bound to a key in the browser of its holder */
  createCopy: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
      body: NewDeviceCopy;
    };
    answer: DeviceCopy;
  };
  /** The copies of a document that are bound to devices, newest first; those that are over for a week more */
  listCopies: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
    };
    answer: DeviceCopyList;
  };
  /** Likewise of all documents of the holder */
  listAllCopies: {
    call: {
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
    };
    answer: DeviceCopyList;
  };
  /** A copy in full as a W3C Verifiable Credential, for the device that has its key */
  getCopyProof: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
    };
    answer: never;
  };
  /** End a copy, as of a device that was lost: what it shows is revoked */
  endCopy: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
      body?: Record<string, never>;
    };
    answer: DeviceCopy;
  };
  /** Tell the department that something about a document is wrong */
  createReport: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
      body: NewReport;
    };
    answer: OwnReport;
  };
  /** What the holder told the department of a document, newest first, and what it answered */
  listOwnReports: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
    };
    answer: OwnReportList;
  };
  /** The companies that the holder who is signed in may act for */
  listOwnCompanies: { call: Record<never, never>; answer: OwnCompanyList };
  /** Who acts for a company, and who did; for its administrators */
  listDelegates: {
    call: {
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
    };
    answer: DelegateList;
  };
  /** Let somebody act for the company, at once */
  addDelegate: {
    call: {
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
      body: NewDelegate;
    };
    answer: Delegate;
  };
  /** Somebody acts for the company no longer, at once and in every session */
  endDelegate: {
    call: {
      id: string;
      query?: {
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
      body: DelegateEnding;
    };
    answer: Delegate;
  };
  /** Who did what in a company’s name, newest first; for its administrators */
  listCompanyActs: {
    call: {
      query?: {
        /** 50 where it is left out */
        limit?: number | undefined;
        /** "next" of the page before */
        starting_after?: string | undefined;
        /** The company whose document it is, of GET /v1/holder/companies; oneself where it is left out */
        company?: string | undefined;
      };
    };
    answer: CompanyActPage;
  };
  /** What a link shows, for whoever has it; each visit counts once, however often it asks */
  openShare: { call: { body: ShareOpening }; answer: OpenedShare };
  /** Whether the process answers */
  livez: { call: Record<never, never>; answer: Liveness };
  /** Whether every part of the service does its work; 503 with the same body where one does not */
  readyz: { call: Record<never, never>; answer: Readiness };
  /** This description */
  openapi: { call: Record<never, never>; answer: Json };
}

/** How each is sent, and what kind of answer comes. */
export const OPERATIONS = {
  issueCredential: { method: 'POST', path: '/v1/credentials', kind: 'json' },
  listCredentials: { method: 'GET', path: '/v1/credentials', kind: 'json' },
  previewCredential: { method: 'POST', path: '/v1/credentials/preview', kind: 'file' },
  getCredential: { method: 'GET', path: '/v1/credentials/{id}', kind: 'json' },
  getHistory: { method: 'GET', path: '/v1/credentials/{id}/history', kind: 'json' },
  getPdf: { method: 'GET', path: '/v1/credentials/{id}/pdf', kind: 'file' },
  getQrPng: { method: 'GET', path: '/v1/credentials/{id}/qr.png', kind: 'file' },
  getQrSvg: { method: 'GET', path: '/v1/credentials/{id}/qr.svg', kind: 'file' },
  getQrTxt: { method: 'GET', path: '/v1/credentials/{id}/qr.txt', kind: 'file' },
  getProof: { method: 'GET', path: '/v1/credentials/{id}/proof', kind: 'file' },
  revokeCredential: { method: 'POST', path: '/v1/credentials/{id}/revoke', kind: 'json' },
  suspendCredential: { method: 'POST', path: '/v1/credentials/{id}/suspend', kind: 'json' },
  reinstateCredential: { method: 'POST', path: '/v1/credentials/{id}/reinstate', kind: 'json' },
  extendCredential: { method: 'POST', path: '/v1/credentials/{id}/extend', kind: 'json' },
  previewStatusChange: { method: 'POST', path: '/v1/status-changes', kind: 'json' },
  listStatusChanges: { method: 'GET', path: '/v1/status-changes', kind: 'json' },
  getStatusChange: { method: 'GET', path: '/v1/status-changes/{id}', kind: 'json' },
  confirmStatusChange: { method: 'POST', path: '/v1/status-changes/{id}/confirm', kind: 'json' },
  cancelStatusChange: { method: 'POST', path: '/v1/status-changes/{id}/cancel', kind: 'json' },
  previewNotice: { method: 'POST', path: '/v1/notices', kind: 'json' },
  listNotices: { method: 'GET', path: '/v1/notices', kind: 'json' },
  getNotice: { method: 'GET', path: '/v1/notices/{id}', kind: 'json' },
  confirmNotice: { method: 'POST', path: '/v1/notices/{id}/confirm', kind: 'json' },
  cancelNotice: { method: 'POST', path: '/v1/notices/{id}/cancel', kind: 'json' },
  renewCredential: { method: 'POST', path: '/v1/credentials/{id}/renew', kind: 'json' },
  replaceCredential: { method: 'POST', path: '/v1/credentials/{id}/replace', kind: 'json' },
  mailCredential: { method: 'POST', path: '/v1/credentials/{id}/mail', kind: 'json' },
  eraseCredential: { method: 'POST', path: '/v1/credentials/{id}/erase', kind: 'json' },
  listDrafts: { method: 'GET', path: '/v1/drafts', kind: 'json' },
  createDraft: { method: 'POST', path: '/v1/drafts', kind: 'json' },
  getDraft: { method: 'GET', path: '/v1/drafts/{id}', kind: 'json' },
  updateDraft: { method: 'POST', path: '/v1/drafts/{id}/update', kind: 'json' },
  submitDraft: { method: 'POST', path: '/v1/drafts/{id}/submit', kind: 'json' },
  previewDraft: { method: 'GET', path: '/v1/drafts/{id}/preview.pdf', kind: 'file' },
  submitDrafts: { method: 'POST', path: '/v1/drafts/submit', kind: 'json' },
  approveDrafts: { method: 'POST', path: '/v1/drafts/approve', kind: 'json' },
  approveDraft: { method: 'POST', path: '/v1/drafts/{id}/approve', kind: 'json' },
  returnDraft: { method: 'POST', path: '/v1/drafts/{id}/return', kind: 'json' },
  withdrawDraft: { method: 'POST', path: '/v1/drafts/{id}/withdraw', kind: 'json' },
  discardDraft: { method: 'POST', path: '/v1/drafts/{id}/discard', kind: 'json' },
  listTypes: { method: 'GET', path: '/v1/types', kind: 'json' },
  getType: { method: 'GET', path: '/v1/types/{id}', kind: 'json' },
  getIssuingRule: { method: 'GET', path: '/v1/types/{id}/rules', kind: 'json' },
  setIssuingRule: { method: 'POST', path: '/v1/types/{id}/rules', kind: 'json' },
  listTypeVersions: { method: 'GET', path: '/v1/type-versions', kind: 'json' },
  createTypeVersion: { method: 'POST', path: '/v1/type-versions', kind: 'json' },
  getTypeVersion: { method: 'GET', path: '/v1/type-versions/{id}', kind: 'json' },
  previewTypeVersion: { method: 'GET', path: '/v1/type-versions/{id}/preview.pdf', kind: 'file' },
  updateTypeVersion: { method: 'POST', path: '/v1/type-versions/{id}/update', kind: 'json' },
  prepareTypeVersion: { method: 'POST', path: '/v1/type-versions/{id}/prepare', kind: 'json' },
  discardTypeVersion: { method: 'POST', path: '/v1/type-versions/{id}/discard', kind: 'json' },
  importTemplateCsv: { method: 'GET', path: '/v1/types/{id}/template.csv', kind: 'file' },
  importTemplateNdjson: { method: 'GET', path: '/v1/types/{id}/template.ndjson', kind: 'file' },
  importTemplateXlsx: { method: 'GET', path: '/v1/types/{id}/template.xlsx', kind: 'file' },
  receiveImport: { method: 'POST', path: '/v1/imports', kind: 'upload' },
  listImports: { method: 'GET', path: '/v1/imports', kind: 'json' },
  getImport: { method: 'GET', path: '/v1/imports/{id}', kind: 'json' },
  listImportErrors: { method: 'GET', path: '/v1/imports/{id}/errors', kind: 'json' },
  downloadImportErrors: { method: 'GET', path: '/v1/imports/{id}/errors.csv', kind: 'file' },
  watchImport: { method: 'GET', path: '/v1/imports/{id}/events', kind: 'events' },
  listImportRows: { method: 'GET', path: '/v1/imports/{id}/rows', kind: 'json' },
  previewImportRow: { method: 'GET', path: '/v1/imports/{id}/preview.pdf', kind: 'file' },
  approveImport: { method: 'POST', path: '/v1/imports/{id}/approve', kind: 'json' },
  returnImport: { method: 'POST', path: '/v1/imports/{id}/return', kind: 'json' },
  withdrawImport: { method: 'POST', path: '/v1/imports/{id}/withdraw', kind: 'json' },
  getDepartment: { method: 'GET', path: '/v1/me', kind: 'json' },
  getSession: { method: 'GET', path: '/v1/session', kind: 'json' },
  listOfficers: { method: 'GET', path: '/v1/officers', kind: 'json' },
  addOfficer: { method: 'POST', path: '/v1/officers', kind: 'json' },
  listPeople: { method: 'GET', path: '/v1/people', kind: 'json' },
  getOfficer: { method: 'GET', path: '/v1/officers/{id}', kind: 'json' },
  changeRoles: { method: 'POST', path: '/v1/officers/{id}/roles', kind: 'json' },
  deactivateOfficer: { method: 'POST', path: '/v1/officers/{id}/deactivate', kind: 'json' },
  listViews: { method: 'GET', path: '/v1/views', kind: 'json' },
  createView: { method: 'POST', path: '/v1/views', kind: 'json' },
  updateView: { method: 'POST', path: '/v1/views/{id}/update', kind: 'json' },
  deleteView: { method: 'POST', path: '/v1/views/{id}/delete', kind: 'json' },
  listApiKeys: { method: 'GET', path: '/v1/api-keys', kind: 'json' },
  createApiKey: { method: 'POST', path: '/v1/api-keys', kind: 'json' },
  getApiKey: { method: 'GET', path: '/v1/api-keys/{id}', kind: 'json' },
  rotateApiKey: { method: 'POST', path: '/v1/api-keys/{id}/rotate', kind: 'json' },
  deactivateApiKey: { method: 'POST', path: '/v1/api-keys/{id}/deactivate', kind: 'json' },
  listSigningKeys: { method: 'GET', path: '/v1/signing-keys', kind: 'json' },
  getSigningKey: { method: 'GET', path: '/v1/signing-keys/{id}', kind: 'json' },
  previewSigningKeyEffects: { method: 'GET', path: '/v1/signing-keys/{id}/effects', kind: 'json' },
  prepareSigningKeyTransaction: { method: 'POST', path: '/v1/signing-keys/transactions', kind: 'json' },
  createWebhook: { method: 'POST', path: '/v1/webhooks', kind: 'json' },
  listWebhooks: { method: 'GET', path: '/v1/webhooks', kind: 'json' },
  getWebhook: { method: 'GET', path: '/v1/webhooks/{id}', kind: 'json' },
  changeWebhookEvents: { method: 'POST', path: '/v1/webhooks/{id}/events', kind: 'json' },
  rotateWebhookSecret: { method: 'POST', path: '/v1/webhooks/{id}/rotate', kind: 'json' },
  deactivateWebhook: { method: 'POST', path: '/v1/webhooks/{id}/deactivate', kind: 'json' },
  pingWebhook: { method: 'POST', path: '/v1/webhooks/{id}/ping', kind: 'json' },
  pauseWebhook: { method: 'POST', path: '/v1/webhooks/{id}/pause', kind: 'json' },
  resumeWebhook: { method: 'POST', path: '/v1/webhooks/{id}/resume', kind: 'json' },
  listDeliveries: { method: 'GET', path: '/v1/webhooks/{id}/deliveries', kind: 'json' },
  replayDelivery: { method: 'POST', path: '/v1/webhook-deliveries/{id}/replay', kind: 'json' },
  listReports: { method: 'GET', path: '/v1/reports', kind: 'json' },
  getReport: { method: 'GET', path: '/v1/reports/{id}', kind: 'json' },
  answerReport: { method: 'POST', path: '/v1/reports/{id}/answer', kind: 'json' },
  nameCompanyAdministrator: { method: 'POST', path: '/v1/company-administrators', kind: 'json' },
  listCompanyAdministrators: { method: 'GET', path: '/v1/company-administrators', kind: 'json' },
  getCompanyAdministrator: { method: 'GET', path: '/v1/company-administrators/{id}', kind: 'json' },
  admitCompanyAdministrator: { method: 'POST', path: '/v1/company-administrators/{id}/admit', kind: 'json' },
  refuseCompanyAdministrator: { method: 'POST', path: '/v1/company-administrators/{id}/refuse', kind: 'json' },
  withdrawCompanyAdministrator: { method: 'POST', path: '/v1/company-administrators/{id}/withdraw', kind: 'json' },
  getStatistics: { method: 'GET', path: '/v1/statistics', kind: 'json' },
  listAudit: { method: 'GET', path: '/v1/audit', kind: 'json' },
  listIrregularAccess: { method: 'GET', path: '/v1/audit/irregular-access', kind: 'json' },
  exportAudit: { method: 'GET', path: '/v1/audit/export.jsonl', kind: 'file' },
  lookUpReference: { method: 'POST', path: '/v1/look-ups/reference', kind: 'json' },
  listFactTypes: { method: 'GET', path: '/v1/look-ups/facts', kind: 'json' },
  lookUpFacts: { method: 'POST', path: '/v1/look-ups/facts', kind: 'json' },
  lookUpRestricted: { method: 'POST', path: '/v1/look-ups/restricted', kind: 'json' },
  createRequest: { method: 'POST', path: '/v1/requests', kind: 'json' },
  listRequests: { method: 'GET', path: '/v1/requests', kind: 'json' },
  getRequest: { method: 'GET', path: '/v1/requests/{id}', kind: 'json' },
  readRequest: { method: 'POST', path: '/v1/requests/{id}/read', kind: 'json' },
  endRequest: { method: 'POST', path: '/v1/requests/{id}/end', kind: 'json' },
  listHolderCredentials: { method: 'GET', path: '/v1/holder/credentials', kind: 'json' },
  getHolderCredential: { method: 'GET', path: '/v1/holder/credentials/{id}', kind: 'json' },
  getHolderPdf: { method: 'GET', path: '/v1/holder/credentials/{id}/pdf', kind: 'file' },
  getHolderQrPng: { method: 'GET', path: '/v1/holder/credentials/{id}/qr.png', kind: 'file' },
  getHolderQrSvg: { method: 'GET', path: '/v1/holder/credentials/{id}/qr.svg', kind: 'file' },
  getHolderQrTxt: { method: 'GET', path: '/v1/holder/credentials/{id}/qr.txt', kind: 'file' },
  getHolderProof: { method: 'GET', path: '/v1/holder/credentials/{id}/proof', kind: 'file' },
  createShare: { method: 'POST', path: '/v1/holder/credentials/{id}/shares', kind: 'json' },
  listShares: { method: 'GET', path: '/v1/holder/credentials/{id}/shares', kind: 'json' },
  listAllShares: { method: 'GET', path: '/v1/holder/shares', kind: 'json' },
  endShare: { method: 'POST', path: '/v1/holder/shares/{id}/end', kind: 'json' },
  listOwnRequests: { method: 'GET', path: '/v1/holder/requests', kind: 'json' },
  getOwnRequest: { method: 'GET', path: '/v1/holder/requests/{id}', kind: 'json' },
  consentToRequest: { method: 'POST', path: '/v1/holder/requests/{id}/consent', kind: 'json' },
  refuseRequest: { method: 'POST', path: '/v1/holder/requests/{id}/refuse', kind: 'json' },
  withdrawConsent: { method: 'POST', path: '/v1/holder/requests/{id}/withdraw', kind: 'json' },
  createCopy: { method: 'POST', path: '/v1/holder/credentials/{id}/copies', kind: 'json' },
  listCopies: { method: 'GET', path: '/v1/holder/credentials/{id}/copies', kind: 'json' },
  listAllCopies: { method: 'GET', path: '/v1/holder/copies', kind: 'json' },
  getCopyProof: { method: 'GET', path: '/v1/holder/copies/{id}/proof', kind: 'file' },
  endCopy: { method: 'POST', path: '/v1/holder/copies/{id}/end', kind: 'json' },
  createReport: { method: 'POST', path: '/v1/holder/credentials/{id}/reports', kind: 'json' },
  listOwnReports: { method: 'GET', path: '/v1/holder/credentials/{id}/reports', kind: 'json' },
  listOwnCompanies: { method: 'GET', path: '/v1/holder/companies', kind: 'json' },
  listDelegates: { method: 'GET', path: '/v1/holder/delegates', kind: 'json' },
  addDelegate: { method: 'POST', path: '/v1/holder/delegates', kind: 'json' },
  endDelegate: { method: 'POST', path: '/v1/holder/delegates/{id}/end', kind: 'json' },
  listCompanyActs: { method: 'GET', path: '/v1/holder/company-acts', kind: 'json' },
  openShare: { method: 'POST', path: '/v1/shares/open', kind: 'json' },
  livez: { method: 'GET', path: '/livez', kind: 'json' },
  readyz: { method: 'GET', path: '/readyz', kind: 'json' },
  openapi: { method: 'GET', path: '/openapi.json', kind: 'json' },
} as const;
