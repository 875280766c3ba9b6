import type { HolderCredentialDetail } from '../client/api.ts';
import { ApiProblem } from '../client/problem.ts';
import type { CredentialType } from '../proof/credential-type.ts';
import { claimFacts } from '../ui/claim-facts.ts';
import { type Child, element } from '../ui/element.ts';
import { type Fact, factsView } from '../ui/facts-view.ts';
import { icon } from '../ui/icon.ts';
import { createKeeping, keepingView } from './keeping-view.ts';
import { createReporting, reportsView } from './reports-view.ts';
import { findSaved, forgetSaved } from './saved.ts';
import type { Open, Reader } from './screen.ts';
import { standingIcon, standingLines, standingToday } from './standing-view.ts';
import { loadType } from './type.ts';

interface Shown {
  credential: HolderCredentialDetail;
  type: CredentialType;
}

/** One document: how it stands, what it says, and what its holder can do with it. */
export const openDocument: Open = async ({ shell, id, signal, company }) => {
  const credential = await shell.client.call('getHolderCredential', { id, signal }).catch(async (error: unknown) => {
    // what is not one's own any more is not kept either
    if (error instanceof ApiProblem && error.code === 'CREDENTIAL_NOT_FOUND') await forgetSaved(company, id);
    throw error;
  });
  const [type, saved, { items: reports }] = await Promise.all([
    loadType(credential.definition, signal),
    findSaved(company, id),
    shell.client.call('listOwnReports', { id, signal }),
  ]);
  const reporting = createReporting(id, reports, shell);
  const keeping = createKeeping(credential, { isKept: saved !== null, company }, shell);
  if (saved !== null) void keeping.renew(signal);
  return {
    title: ({ language }) => type.title[language],
    draw: (reader) => [
      element('h1', { tabindex: '-1' }, type.title[reader.language]),
      bannerView(credential, reader),
      credential.state === 'final'
        ? actsView(credential, reader)
        : element('p', { class: 'sheet' }, reader.words.own.later),
      ...saysView({ credential, type }, reader),
      credential.state === 'final' && keepingView(keeping, reader, signal),
      reportsView(reporting, reader, shell),
    ],
  };
};

/** What it says, and who issued it. */
export function saysView({ credential, type }: Shown, reader: Reader): HTMLElement[] {
  const { words, language } = reader;
  return [
    element(
      'section',
      { class: 'sheet part', 'data-part': 'claims' },
      element('h2', {}, words.own.says),
      factsView([...claimFacts(type.claims, credential.claims, reader), ...dateFacts(credential, type, reader)]),
    ),
    element(
      'section',
      { class: 'sheet part', 'data-part': 'issuer' },
      element('h2', {}, words.own.issuer),
      factsView([
        [words.own.department, credential.department.name[language]],
        [words.own.reference, element('span', { class: 'code' }, credential.reference)],
      ]),
    ),
  ];
}

export function bannerView(credential: HolderCredentialDetail, reader: Reader): HTMLElement {
  const { supersededBy } = credential;
  return element(
    'section',
    { class: `sheet standing-banner tone-${standingToday(credential).tone}`, 'data-status': credential.status },
    standingIcon(credential),
    element(
      'div',
      {},
      ...standingLines(credential, reader),
      supersededBy !== null &&
        element('p', {}, element('a', { class: 'button', href: reader.hrefOf(supersededBy) }, reader.words.own.newer)),
    ),
  );
}

function actsView({ id, reference }: HolderCredentialDetail, { words, hrefOf, fileOf }: Reader): HTMLElement {
  const texts = words.own;
  const place = (path: string, text: string, isMain = false) =>
    element(
      'a',
      { class: isMain ? 'button button-main' : 'button', href: hrefOf(`${id}/${path}`), 'data-act': path },
      text,
    );
  const file = (path: string, name: string, text: string) =>
    element('a', { class: 'button', href: fileOf(id, path), download: name }, icon('file'), text);
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'acts' },
    element('div', { class: 'actions' }, place('show', texts.show, true), place('disclose', texts.disclose)),
    element(
      'ul',
      { class: 'actions' },
      ...[
        file('pdf', `${reference}.pdf`, texts.pdf.en),
        file('pdf?lang=zh-Hant', `${reference}-zh-Hant.pdf`, texts.pdf['zh-Hant']),
        file('pdf?lang=zh-Hans', `${reference}-zh-Hans.pdf`, texts.pdf['zh-Hans']),
        file('proof', `${reference}.json`, texts.proof),
      ].map((link) => element('li', {}, link)),
    ),
  );
}

/** As the type names its dates; an end that was moved stands beside the printed one. */
export function dateFacts(
  {
    issued,
    validFrom,
    validUntil,
    endsOn,
  }: Pick<HolderCredentialDetail, 'issued' | 'validFrom' | 'validUntil' | 'endsOn'>,
  { dates }: CredentialType,
  { words, language, calendar }: Reader,
): Fact[] {
  const end: Child = validUntil === null ? words.document.none : calendar.date(validUntil);
  return [
    [dates.issued?.[language] ?? words.own.issued, calendar.date(issued)],
    [dates.validFrom?.[language] ?? words.document.validFrom, calendar.date(validFrom)],
    [dates.validUntil?.[language] ?? words.document.validUntil, end],
    [words.own.endsOn, endsOn !== validUntil && endsOn !== null && calendar.date(endsOn)],
  ];
}
