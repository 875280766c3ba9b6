import type { ClaimDefinition, ClaimRole, CredentialType } from '../proof/credential-type.ts';
import type { Presented } from '../proof/presented.ts';
import type { Check, CheckName, Credential, Outcome, Verdict } from '../proof/verdict.ts';
import { bilingualText, claimValue, labelText } from '../ui/claim-view.ts';
import { type Child, element } from '../ui/element.ts';
import { type IconName, icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import { addressReminder } from './address-view.ts';
import { type Answer, type AnswerValue, toAnswers } from './answers.ts';
import { comparedList } from './compared-view.ts';
import { pastSheet } from './past-view.ts';
import type { Pictures } from './pdf-pictures.ts';
import { pictureOf } from './picture-view.ts';
import type { Reader } from './reader.ts';
import { type LoadDrawing, receiptSheet } from './receipt-view.ts';
import { asOf, explain, type Sentence, toSentence } from './verdict-sentence.ts';

/** What the screen is drawn of. */
export interface Judged {
  verdict: Verdict;
  presented: Presented;
  /** Those of the file that it came in. */
  pictures?: Pictures | undefined;
  /** While the register is asked about a day in the past. */
  isAsking?: boolean;
}

export interface VerdictActions {
  /** Whether there is a list to go back to. */
  isListed: boolean;
  /** Its address, ending in "/": where officers read what only they may. */
  console: string;
  another(): void;
  retry(): void;
  print(): void;
  save(): void;
  /** To what a type shows only to whoever knows facts of the paper. */
  askFacts(): void;
  /** Ask whether it was in force on a day in the past. */
  askPast(day: number): void;
  loadDrawing: LoadDrawing;
}

/** The one screen that every way in leads to: the verdict first, then what to compare, then why, then the receipt. */
export function verdictView(
  { verdict, presented, pictures, isAsking = false }: Judged,
  reader: Reader,
  actions: VerdictActions,
): HTMLElement {
  const sentence = toSentence(verdict, reader.words, reader.calendar);
  return element(
    'div',
    { class: 'verdict', 'data-genuine': verdict.genuine, 'data-standing': verdict.standing?.code },
    banner(sentence),
    element(
      'div',
      { class: 'columns' },
      element(
        'div',
        { class: 'beside' },
        answersSheet(verdict, reader),
        addressReminder(reader.words),
        actionBar(verdict, reader, actions),
      ),
      element(
        'div',
        { class: 'matter' },
        isShown(verdict) && documentSheet(verdict, verdict.credential, { reader, pictures, ...actions }),
        verdict.genuine === 'genuine' && pastSheet(verdict, reader, { ask: actions.askPast, isAsking }),
        receiptSheet({ verdict, presented }, reader, actions.loadDrawing),
      ),
    ),
  );
}

/** The verdict in one sentence: for the page's title. */
export function verdictTitle(verdict: Verdict, { words, calendar }: Reader): string {
  return toSentence(verdict, words, calendar).heading;
}

export function banner(
  { tone, shape, heading, meaning, findings, advice }: Sentence,
  tag: 'h1' | 'h2' = 'h1',
): HTMLElement {
  return element(
    'section',
    { class: `banner tone-${tone}`, role: 'status' },
    element('div', { class: 'banner-shape' }, icon(shape)),
    element(
      'div',
      { class: 'banner-text' },
      element(tag, { tabindex: '-1' }, heading),
      element('p', {}, meaning),
      findings.length > 0 && element('ul', {}, ...findings.map((finding) => element('li', {}, finding))),
      advice !== '' && element('p', {}, advice),
    ),
  );
}

interface Shown extends Verdict {
  credential: Credential & { type: CredentialType };
}

// What an unproven paper says must not look like a fact: nothing of it is shown, save where a known key of the department signed it and only the
// register is missing.
export function isShown(verdict: Verdict): verdict is Shown {
  if (!verdict.credential?.type || verdict.genuine === 'not-genuine') return false;
  return verdict.genuine === 'genuine' || verdict.checks.some((check) => check.code === 'SIGNED_BY_KNOWN_KEY');
}

export function documentSheet(
  verdict: Verdict,
  credential: Shown['credential'],
  {
    reader,
    console,
    askFacts,
    pictures,
  }: { reader: Reader; console: string; askFacts?: () => void; pictures?: Pictures | undefined },
): HTMLElement {
  const { words } = reader;
  const { type, proof } = credential;
  const isConfirmed = verdict.genuine === 'genuine';
  return element(
    'section',
    { class: 'sheet document' },
    element('h2', {}, isConfirmed ? words.document.heading : words.document.headingUnconfirmed),
    element('p', { class: 'hint' }, isConfirmed ? words.document.compare : words.document.unconfirmed),
    element('dl', { class: 'facts' }, ...facts(verdict, credential, { reader, pictures })),
    ...notes(verdict, credential, reader).map((note) => element('p', { class: 'hint note' }, note)),
    // to the console, which signs officers in and asks what for; the reference stands where no server is told
    type.disclosure === 'authorised-only' &&
      element('a', { href: `${console}look-up#${credential.reference}`, target: '_blank' }, words.document.officer),
    type.disclosure === 'knowledge-check' && proof.shown.kind !== 'full' && askFacts && factsWay(words, askFacts),
  );
}

/** Says first that it asks the service. */
function factsWay({ document: texts }: Reader['words'], askFacts: () => void): HTMLElement {
  return element(
    'div',
    { class: 'ask-facts' },
    element('p', { class: 'hint', id: 'ask-facts-hint' }, texts.askFactsHint),
    element(
      'button',
      {
        type: 'button',
        class: 'button',
        'data-action': 'facts',
        'aria-describedby': 'ask-facts-hint',
        on: { click: askFacts },
      },
      icon('next'),
      texts.askFacts,
    ),
  );
}

function facts(
  { issuer }: Verdict,
  credential: Shown['credential'],
  { reader, pictures }: { reader: Reader; pictures: Pictures | undefined },
): HTMLElement[] {
  const { words, language } = reader;
  const { type } = credential;
  const claims = sortedClaims(type).flatMap((claim) => {
    const json = credential.claims?.[claim.name];
    if (json === undefined || json === null) return [];
    const isLarge = claim.role === 'number' || claim.role === 'holder';
    const value = claimValue(claim, json, reader);
    const shown = claim.type === 'image' ? [...pictureOf(claim, json, { reader, pictures }), ...value] : value;
    return [fact(labelText(claim.label, language), shown, isLarge)];
  });
  return [
    fact(words.document.kind, bilingualText(type.title, language), true),
    ...claims.slice(0, largeCount(credential)),
    ...(issuer ? [fact(words.document.issuer, bilingualText(issuer.profile.name, language))] : []),
    ...dates(credential, reader),
    ...claims.slice(largeCount(credential)),
    fact(words.document.reference, [element('span', { class: 'code' }, credential.reference)]),
  ];
}

function fact(name: string, value: readonly Child[], isLarge = false): HTMLElement {
  return element('div', { class: isLarge && 'fact-large' }, element('dt', {}, name), element('dd', {}, value));
}

const ROLE_ORDER: readonly (ClaimRole | undefined)[] = [
  'number',
  'holder',
  'subject',
  'place',
  undefined,
  'conditions',
];

function sortedClaims({ claims }: CredentialType): ClaimDefinition[] {
  return [...claims].sort((a, b) => ROLE_ORDER.indexOf(a.role) - ROLE_ORDER.indexOf(b.role));
}

function largeCount({ type, claims }: Shown['credential']): number {
  return type.claims.filter(
    (claim) => (claim.role === 'number' || claim.role === 'holder') && claims?.[claim.name] != null,
  ).length;
}

function dates({ type, proof }: Shown['credential'], { language, calendar, words }: Reader): HTMLElement[] {
  return (['issued', 'validFrom', 'validUntil'] as const).flatMap((name) => {
    const label = type.dates[name];
    if (!label) return [];
    const day = proof.header[name];
    return [fact(labelText(label, language), [day === null ? words.document.none : calendar.day(day)])];
  });
}

function notes(
  { issuer, anchored, bearer }: Verdict,
  { type, proof }: Shown['credential'],
  { words }: Reader,
): string[] {
  const { document: texts } = words;
  const hidden = [proof.shown, proof.rest].filter((group) => group.kind !== 'full').length;
  return [
    ...(hidden === 2 ? [texts.hidden[type.disclosure]] : hidden === 1 ? [texts.onlyPart] : []),
    ...(issuer?.state === 'suspended' ? [texts.issuerSuspended] : []),
    ...(issuer?.state === 'ended' ? [texts.issuerEnded] : []),
    ...(anchored?.isFlagged ? [texts.issuedAfterRecovery] : []),
    ...(bearer === 'checked' ? [] : [texts.bearerNotChecked]),
  ];
}

const ANSWER_ICON: Record<AnswerValue, IconName> = {
  yes: 'yes',
  no: 'no',
  partly: 'unknown',
  unknown: 'unknown',
  'not-asked': 'unknown',
};

export function answersSheet(verdict: Verdict, reader: Reader): HTMLElement {
  return element(
    'section',
    { class: 'sheet answers' },
    element('h2', {}, reader.words.answers.heading),
    ...toAnswers(verdict).map((answer) => answerFold(answer, verdict, reader)),
  );
}

function answerFold({ name, value, checks }: Answer, verdict: Verdict, reader: Reader): HTMLElement {
  const { words, language, calendar } = reader;
  const { answers } = words;
  const issuer = name === 'issued' && isShown(verdict) ? verdict.issuer : null;
  const question = issuer
    ? fill(answers.issuedBy, { issuer: labelText(issuer.profile.name, language) })
    : answers[name].question;
  const valueWords: Record<AnswerValue, string> = {
    yes: name === 'inForce' ? asOf(answers.yes, verdict, words, calendar) : answers.yes,
    no: answers.no,
    partly: answers.partly,
    unknown: answers.unknown,
    'not-asked': answers.notAsked,
  };
  return element(
    'details',
    { class: 'fold', 'data-answer': name, 'data-value': value },
    element(
      'summary',
      {},
      element('span', { class: `mark mark-${value}` }, icon(ANSWER_ICON[value])),
      element(
        'span',
        { class: 'answer' },
        element('span', {}, question),
        ' ',
        element('strong', {}, valueWords[value]),
      ),
    ),
    element('p', { class: 'hint fold-about' }, answers[name].about),
    element('ul', { class: 'checks' }, ...checks.map((check) => checkItem(check, verdict, reader))),
  );
}

const OUTCOME_ICON: Record<Outcome, IconName> = { pass: 'yes', fail: 'no', unknown: 'unknown' };
const OUTCOME_MARK: Record<Outcome, AnswerValue> = { pass: 'yes', fail: 'no', unknown: 'unknown' };

/** The checks that compare what the document says of itself: of one that is not believed nothing of it is shown. */
const SAYS_SO: readonly CheckName[] = ['commitments', 'validity'];

function checkItem(check: Check, verdict: Verdict, reader: Reader): HTMLElement {
  const { words } = reader;
  const compared = isShown(verdict) || !SAYS_SO.includes(check.name) ? check.compared : undefined;
  return element(
    'li',
    { 'data-check': check.name, 'data-code': check.code },
    element('span', { class: `mark mark-${OUTCOME_MARK[check.outcome]}` }, icon(OUTCOME_ICON[check.outcome])),
    element(
      'div',
      {},
      element(
        'strong',
        {},
        words.check[check.name],
        element('span', { class: 'unseen' }, ` ${words.outcome[check.outcome]}`),
      ),
      element('p', {}, explain(check, words)),
      compared && comparedList(compared, reader),
      element('p', { class: 'code hint', lang: 'en' }, check.code),
    ),
  );
}

function actionBar({ genuine }: Verdict, { words }: Reader, actions: VerdictActions): HTMLElement {
  const button = (name: 'another' | 'retry' | 'print' | 'save', drawing: IconName, isMain: boolean) =>
    element(
      'button',
      {
        type: 'button',
        class: `button${isMain ? ' button-main' : ''}`,
        'data-action': name,
        on: { click: () => actions[name]() },
      },
      icon(drawing),
      words.action[name === 'another' && actions.isListed ? 'back' : name],
    );
  const isOpen = genuine === 'could-not-be-checked';
  return element(
    'div',
    { class: 'actions verdict-actions' },
    isOpen && button('retry', 'again', true),
    button('another', 'next', !isOpen),
    button('print', 'print', false),
    button('save', 'file', false),
  );
}
