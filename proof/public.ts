// What the package @eproof/proof exports, by name: the one file that other people's programs import. What is not listed may change.

export type { Compared, ComparedName } from './compared.ts';
export {
  type CredentialType,
  decodeCredentialType,
  decodeIssuerProfile,
  type IssuerProfile,
} from './credential-type.ts';
export { toDate, toHongKongDay, toInstant } from './day.ts';
export { ProofError, type ProofErrorCode } from './errors.ts';
export type { Json, JsonObject } from './json.ts';
export { type Post, type Question, type ReadingFailure, type RegistryReading, readRegistry } from './nodes.ts';
export { findPdfAttachments, type Inflate } from './pdf-attachment.ts';
export { decodeShown, type Occasion, type Presentation, type Shown } from './presentation.ts';
export { type Presented, readPresentedText } from './presented.ts';
export { decodeProof, encodeProof, type Proof } from './proof.ts';
export { chooseQrText, decodeQrText, looksLikeQrText, toQrText } from './qr-text.ts';
export { decodeReceipt, isAsReceipt, type Receipt, toReceipt } from './receipt.ts';
export { decodeReference, toReference } from './reference.ts';
export { decodeSnapshot, encodeSnapshot, type Snapshot, type SnapshotPage, toSnapshotPage } from './snapshot.ts';
export type { Standing, StandingCode } from './standing.ts';
export { decodeTrust, type Trust, type TrustedRegistry } from './trust.ts';
export type { Check, CheckCode, CheckName, Credential, Genuine, IssuerNote, Outcome, Verdict } from './verdict.ts';
export { toVerdictJson } from './verdict-json.ts';
export { decodeDocument, type UncheckedDocument } from './verifiable-credential.ts';
export { type Sources, verifyJson, verifyPresented, verifyProof, verifyQrText, verifyShown } from './verification.ts';
export { readWholeRegister } from './whole-register.ts';
