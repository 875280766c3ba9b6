import type { ComparedName } from '../../proof/compared.ts';
import type { DisclosureRule } from '../../proof/credential-type.ts';
import type { ProofErrorCode } from '../../proof/errors.ts';
import type { StandingCode } from '../../proof/standing.ts';
import type { CheckCode, CheckName } from '../../proof/verdict.ts';
import type { ClaimWords, Reason } from '../../ui/words/dictionary.ts';
import type { AnswerName } from '../answers.ts';
import type { PageRefusalCode } from '../refusal.ts';

export interface Passage {
  heading: string;
  text: string;
}

/** Everything that the page says, in one language. `{name}` stands for a value. */
export interface Dictionary {
  page: {
    title: string;
    brand: string;
    skip: string;
    language: string;
    test: string;
    /** What the address bar is compared with follows on its own line. */
    address: Passage;
    privacy: string;
    /** What leads to the pages that explain. */
    help: { label: string; accept: string; holders: string };
    version: string;
  };
  home: {
    heading: string;
    lead: string;
    scan: string;
    scanHint: string;
    file: string;
    fileHint: string;
    many: string;
    paste: string;
    pasteHint: string;
    check: string;
    drop: string;
    keep: string;
    answersHeading: string;
    answers: readonly [string, string, string];
  };
  lookUp: {
    reference: string;
    /** Says before anything is asked who is asked. */
    referenceHint: string;
    ask: string;
    wrongCharacter: string;
  };
  camera: {
    heading: string;
    starting: string;
    looking: string;
    help: string;
    lightOn: string;
    lightOff: string;
    zoom: string;
    stop: string;
    picture: string;
  };
  checking: Passage;
  standing: {
    /** The sentence of the verdict; those that end in On, Since or Until are used where the day is known. */
    inForce: string;
    inForceUntil: string;
    recorded: string;
    revoked: string;
    revokedOn: string;
    superseded: string;
    suspendedSince: string;
    suspendedUntil: string;
    expired: string;
    pastDate: string;
    pastDateUntil: string;
    notYet: string;
    partly: string;
    notKnown: string;
    /** A sentence and a reason become one heading. */
    withReason: string;
    /** The same of what was kept on the device and may have changed since. */
    asOf: string;
  };
  /** What a standing means to whoever holds the paper in hand. */
  meaning: Record<StandingCode, string>;
  /** Of what was kept on the device, instead of what the standing means today. */
  asOf: string;
  supersededOn: string;
  /** Which law moved the end of a whole kind of documents. */
  movedBy: string;
  notGenuine: Passage & { advice: string };
  /** `showAgain` is the advice where only the time of a presentation is over. */
  couldNot: Passage & { advice: string; showAgain: string };
  answers: Record<AnswerName, { question: string; about: string }> & {
    heading: string;
    issuedBy: string;
    yes: string;
    no: string;
    partly: string;
    unknown: string;
    notAsked: string;
  };
  past: {
    heading: string;
    day: string;
    hint: string;
    ask: string;
    asking: string;
    on: string;
    /** Of a day in the past; `{date}` is when it came to be so. */
    standing: Record<StandingCode, string>;
    revokedOn: string;
    /** Where the register's history was not told. */
    unknown: string;
    asKnown: string;
  };
  outcome: { pass: string; fail: string; unknown: string };
  check: Record<CheckName, string>;
  /** What each check compared. */
  compared: Record<ComparedName, string>;
  code: Record<CheckCode, string>;
  proofError: Record<ProofErrorCode, string>;
  reason: Record<Reason, string>;
  refusal: Record<PageRefusalCode, Passage>;
  document: ClaimWords & {
    heading: string;
    headingUnconfirmed: string;
    compare: string;
    unconfirmed: string;
    kind: string;
    issuer: string;
    reference: string;
    /** Of a picture that is shown, because its fingerprint is the one that was signed; and of one that is not. */
    pictureAsIssued: string;
    pictureNotShown: string;
    onlyPart: string;
    hidden: Record<DisclosureRule, string>;
    /** The way to what only officers may read. */
    officer: string;
    /** The way to what is shown to whoever knows facts of the paper; the hint says before anything is asked who is asked. */
    askFacts: string;
    askFactsHint: string;
    issuerSuspended: string;
    issuerEnded: string;
    issuedAfterRecovery: string;
    bearerNotChecked: string;
  };
  receipt: {
    heading: string;
    checkedAt: string;
    address: string;
    block: string;
    blockTime: string;
    blockHash: string;
    chain: string;
    registry: string;
    nodes: string;
    snapshot: string;
    batch: string;
    notRead: string;
    version: string;
    /** Of a receipt that is checked again. */
    earlier: string;
    earlierSame: string;
    earlierOther: string;
    earlierUnknown: string;
    /** Beside the QR code that leads here again. */
    code: string;
  };
  action: { another: string; print: string; save: string; retry: string; back: string };
}
