import type { CatalogueDepartment } from '../../catalogue/catalogue.ts';
import { renewalDays } from '../../catalogue/renewal.ts';
import { toDate, toHongKongDay } from '../../proof/day.ts';
import { type Actor, createServiceActor } from '../auth/policy.ts';
import { toCredentialId } from '../issuance/credential-id.ts';
import { credentialDocument } from '../issuance/document.ts';
import { type Imprint, toDocumentContent } from '../issuance/document-content.ts';
import { getCredential } from '../issuance/query.ts';
import type { CredentialDetail, IssuanceDeps } from '../issuance/use-cases.ts';
import type { Chinese } from '../render/document.ts';
import { renderPdf } from '../render/pdf.ts';
import { stateOf } from '../requests/requests.ts';
import type { Db, MailKind, MailRow } from '../store/schema.ts';
import { writeAnswerLetter, writeRequestLetter } from './account-letter.ts';
import {
  type Language,
  OFFICIAL_LANGUAGES,
  toDocumentFacts,
  toFacts,
  writeDocumentLetter,
  writeReminderLetter,
} from './letter.ts';
import type { MailCode } from './outbox.ts';
import type { OutgoingMail } from './transport.ts';

export interface ComposeDeps extends IssuanceDeps {
  db: Db;
  isTest: boolean;
  /** The address at which holders sign in; null where nobody can. */
  holderPage: string | null;
}

/** What the outbox says of one mail. */
export interface Entry extends Pick<MailRow, 'issuer_id' | 'kind' | 'ends_on' | 'report_seq' | 'request_seq'> {
  /** Its id. */
  credential: Buffer;
}

type Content = Pick<OutgoingMail, 'letter' | 'pdf'>;

/** What is known of what a mail is about. */
interface Matter {
  one: { actor: Actor; id: string };
  detail: CredentialDetail;
  department: CatalogueDepartment;
  languages: readonly Language[];
}

/** Reads what there is to say, and to whom; or why nothing is said. */
export async function compose(
  deps: ComposeDeps,
  entry: Entry,
): Promise<(Content & Pick<OutgoingMail, 'to' | 'sender'>) | MailCode> {
  const matter = await findMatter(deps, entry);
  const { detail, department, languages } = matter;
  if (detail.erasedAt !== null) return 'CREDENTIAL_ERASED';
  // who has reported something is told of the answer whatever became of the document: that may be the answer
  if (entry.kind !== 'answer' && hasEnded(detail)) return 'CREDENTIAL_ENDED';
  const to = detail.holder?.email;
  if (to === undefined) return 'NO_ADDRESS';
  const content = await COMPOSERS[entry.kind](deps, entry, matter);
  if (typeof content === 'string') return content;
  return { to, sender: languages.map((each) => department.profile.name[each]).join(' '), ...content };
}

async function findMatter(deps: ComposeDeps, { issuer_id, credential }: Entry): Promise<Matter> {
  const issuer = await deps.db.selectFrom('issuers').selectAll().where('id', '=', issuer_id).executeTakeFirstOrThrow();
  const one = { actor: createServiceActor(issuer, 'mail'), id: toCredentialId(credential) };
  const detail = await getCredential(deps.db, deps, one);
  const department = deps.findDepartment(issuer.code);
  if (!detail || !department) throw new Error(`${one.id} or ${issuer.code} is not there any more`);
  const language = detail.holder?.language;
  return { one, detail, department, languages: language === undefined ? OFFICIAL_LANGUAGES : [language] };
}

/** Nobody is sent a document that counts no more. What is suspended counts again one day. */
function hasEnded({ status, pendingChange }: CredentialDetail): boolean {
  return status === 'revoked' || status === 'superseded' || pendingChange?.act === 'revoke';
}

type Composer = (deps: ComposeDeps, entry: Entry, matter: Matter) => Promise<Content | MailCode>;

const COMPOSERS: Readonly<Record<MailKind, Composer>> = {
  document: composeDocument,
  reminder: composeReminder,
  answer: composeAnswer,
  request: composeRequest,
};

async function composeDocument(deps: ComposeDeps, _entry: Entry, { one, languages }: Matter): Promise<Content> {
  const source = await credentialDocument(deps.db, deps, one);
  const imprint = imprintOf(deps);
  return {
    letter: writeDocumentLetter(toDocumentFacts(source, imprint), languages),
    pdf: {
      filename: `${source.view.reference}.pdf`,
      bytes: await renderPdf(toDocumentContent(source, imprint, chineseOf(languages))),
    },
  };
}

/** Beside the English. */
function chineseOf(languages: readonly Language[]): Chinese {
  return languages.includes('zh-Hans') ? 'zh-Hans' : 'zh-Hant';
}

/** Nobody is reminded of an end that was moved, nor of one that is past. */
async function composeReminder(
  deps: ComposeDeps,
  { ends_on }: Entry,
  { detail, department, languages }: Matter,
): Promise<Content | MailCode> {
  const endsOn = ends_on as number;
  if (endsOn < toHongKongDay(deps.now() / 1000) || detail.endsOn !== toDate(endsOn)) return 'OUTDATED';
  const validUntil = detail.endsOn;
  const window = deps.findType(detail.type)?.lifecycle.renewal;
  const renewal = window ? renewalDays(window, validUntil) : null;
  const facts = { ...toFacts(detail, department, imprintOf(deps)), validUntil, renewal };
  return { letter: writeReminderLetter(facts, languages), pdf: null };
}

async function composeAnswer(
  { db, holderPage, isTest }: ComposeDeps,
  { issuer_id, report_seq }: Entry,
  { detail, department, languages }: Matter,
): Promise<Content | MailCode> {
  if (holderPage === null) return 'NOT_SET_UP';
  const report = await db
    .selectFrom('reports')
    .select('answered_at')
    .where('issuer_id', '=', issuer_id)
    .where('seq', '=', report_seq)
    .executeTakeFirst();
  if (!report?.answered_at) return 'OUTDATED';
  const { typeTitle: title, reference } = detail;
  const facts = { ...{ title, reference }, department: department.profile.name, holderPage, isTest };
  return { letter: writeAnswerLetter(facts, languages), pdf: null };
}

/** Nobody is told of what they can answer no more. */
async function composeRequest(
  { db, holderPage, isTest, now }: ComposeDeps,
  { issuer_id, request_seq }: Entry,
  { department, languages }: Matter,
): Promise<Content | MailCode> {
  if (holderPage === null) return 'NOT_SET_UP';
  const request = await db
    .selectFrom('consent_requests')
    .selectAll()
    .where('issuer_id', '=', issuer_id)
    .where('seq', '=', request_seq)
    .executeTakeFirst();
  if (!request || stateOf(request, new Date(now())) !== 'open') return 'OUTDATED';
  const facts = { department: department.profile.name, answerBy: request.answer_by, holderPage, isTest };
  return { letter: writeRequestLetter(facts, languages), pdf: null };
}

function imprintOf({ verifier, isTest }: ComposeDeps): Imprint {
  return { verifierUrl: verifier, isTest };
}
