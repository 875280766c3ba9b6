import type { HolderCredentialDetail } from '../client/api.ts';
import type { ClaimDefinition, CredentialType } from '../proof/credential-type.ts';
import type { Proof } from '../proof/proof.ts';
import { claimFacts } from '../ui/claim-facts.ts';
import { type Child, element } from '../ui/element.ts';
import { factsView } from '../ui/facts-view.ts';
import { icon } from '../ui/icon.ts';
import type { Shell } from '../ui/signed-in/shell.ts';
import { findOwnCopy, keepOwnCopy, type OwnCopy } from './device-copies.ts';
import type { Disclosed } from './disclosure.ts';
import { dateFacts } from './document-screen.ts';
import type { Open, Reader } from './screen.ts';
import { createSharing, type Sharing, sharesView } from './shares-view.ts';
import { loadType } from './type.ts';

interface Choice {
  credential: HolderCredentialDetail;
  type: CredentialType;
  /** Names of the claims that the other side sees. */
  chosen: Set<string>;
  make(names: readonly string[]): Disclosed;
  draw(text: string, label: string): SVGSVGElement;
  /** Whether the code is on the page. */
  isShown: boolean;
  /** Of the link: a browser that copies nothing shows it. */
  link: 'untouched' | 'copied' | 'shown';
  sharing: Sharing;
  /** What this device shows by a key of its own; null where it does not. */
  copy: OwnCopy | null;
}

/** Which facts of a document somebody else is shown: chosen here, and made here. */
export const openDisclosure: Open = async ({ shell, id, signal, company }) => {
  const { client } = shell;
  const [credential, json, code, { items: shares }, copy, { readProof, disclose }, { drawQr }] = await Promise.all([
    client.call('getHolderCredential', { id, signal }),
    client.open('getHolderProof', { id, signal }).then((response) => response.text()),
    client.open('getHolderQrTxt', { id, signal }).then((response) => response.text()),
    client.call('listShares', { id, signal }),
    findOwnCopy(company, id),
    import('./disclosure.ts'),
    import('../ui/qr-drawing.ts'),
  ]);
  const type = await loadType(credential.definition, signal);
  const proof: Proof = readProof(json);
  const verifier = code.slice(0, code.indexOf('#'));
  const choice: Choice = {
    ...{ credential, type, chosen: new Set(type.claims.filter(isLocked(type)).map(({ name }) => name)) },
    make: (names) => disclose(proof, type, names, verifier),
    ...{ draw: drawQr, isShown: false, link: 'untouched', sharing: createSharing(id, shares, shell), copy },
  };
  return {
    title: ({ words }) => words.disclose.heading,
    draw: (reader) => draw(choice, reader, shell),
  };
};

/** A public document never hides what its paper shows to everybody. */
function isLocked({ disclosure }: CredentialType) {
  return ({ always }: ClaimDefinition) => always && disclosure === 'public';
}

function draw(choice: Choice, reader: Reader, shell: Shell): Child[] {
  const { words, language } = reader;
  const { type } = choice;
  const made = choice.make(completed(choice));
  return [
    element('h1', { tabindex: '-1' }, words.disclose.heading),
    element('p', { class: 'lead' }, type.title[language]),
    element('div', { class: 'columns' }, choicesView(choice, reader, shell), previewView(choice, made, reader)),
    ...(made.isTooLarge
      ? [element('p', { class: 'sheet tone-bad too-large', role: 'alert' }, words.disclose.tooLarge)]
      : [handOver(choice, made, reader, shell), sharesView(choice.sharing, () => made.bytes, reader, shell)]),
  ];
}

/** What somebody else sees of it, as read from the proof that was made; and what they do not. */
export function previewView(
  { credential, type }: Pick<Choice, 'credential' | 'type'>,
  made: Disclosed,
  reader: Reader,
): HTMLElement {
  const { words, language } = reader;
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'preview', role: 'status' },
    element('h2', {}, words.disclose.seen),
    factsView([
      [words.own.document, type.title[language]],
      [words.own.department, credential.department.name[language]],
      ...claimFacts(
        type.claims.filter(({ name }) => made.claims.has(name)),
        Object.fromEntries(made.claims),
        reader,
      ),
      ...dateFacts(credential, type, reader),
      [words.own.reference, element('span', { class: 'code' }, credential.reference)],
    ]),
    element('h3', {}, words.disclose.unseen),
    hiddenView({ type, credential }, made, reader),
  );
}

/** Whoever discloses a claim discloses what the type always shows. */
function completed({ type, chosen }: Choice): string[] {
  const always = chosen.size === 0 ? [] : type.claims.filter((claim) => claim.always).map(({ name }) => name);
  return [...new Set([...always, ...chosen])];
}

/** Claims that the document does not have are no choice. */
function choicesView(choice: Choice, { words, language }: Reader, shell: Shell): HTMLElement {
  const { type, chosen, credential } = choice;
  const values = new Map(Object.entries(credential.claims));
  const locked = isLocked(type);
  const seen = new Set(completed(choice));
  const toggle = (name: string) => (event: Event) => {
    const { checked, id } = event.currentTarget as HTMLInputElement;
    if (checked) chosen.add(name);
    else chosen.delete(name);
    choice.link = 'untouched';
    choice.sharing.link = null;
    shell.redraw();
    document.getElementById(id)?.focus();
  };
  const box = (claim: ClaimDefinition) =>
    element(
      'label',
      { class: 'box' },
      element('input', {
        ...{ type: 'checkbox', id: `claim-${claim.name}`, checked: seen.has(claim.name) },
        // while a link is made, it is of what was chosen then
        disabled:
          choice.sharing.task.isBusy || locked(claim) || (claim.always && !chosen.has(claim.name) && chosen.size > 0),
        on: { change: toggle(claim.name) },
      }),
      element('span', {}, claim.label[language]),
    );
  return element(
    'fieldset',
    { class: 'sheet part' },
    element('legend', {}, words.disclose.choose),
    element('p', { class: 'hint' }, words.disclose.always),
    ...type.claims.filter(({ name }) => values.has(name)).map(box),
  );
}

function hiddenView(
  { type, credential }: Pick<Choice, 'credential' | 'type'>,
  made: Disclosed,
  { words, language }: Reader,
): HTMLElement {
  const values = new Map(Object.entries(credential.claims));
  const hidden = type.claims.filter(({ name }) => values.has(name) && !made.claims.has(name));
  if (hidden.length === 0) return element('p', { class: 'hint' }, words.disclose.nothing);
  return element('ul', { class: 'hidden-claims' }, ...hidden.map(({ label }) => element('li', {}, label[language])));
}

/** What is too much for a camera is still a link. */
function codeFigure({ draw: drawCode }: Choice, text: string, { show, disclose }: Reader['words']): HTMLElement {
  try {
    return element('figure', { class: 'show-code' }, drawCode(text, show.code));
  } catch {
    return element('p', { class: 'hint', role: 'alert' }, disclose.noCode);
  }
}

function handOver(choice: Choice, { text }: Disclosed, { words, hrefOf }: Reader, shell: Shell): HTMLElement {
  const show = () => {
    choice.isShown = !choice.isShown;
    shell.redraw();
    document.querySelector<HTMLElement>('[data-action=code]')?.focus();
  };
  const copy = async () => {
    const isCopied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    choice.link = isCopied ? 'copied' : 'shown';
    shell.redraw();
    document.querySelector<HTMLElement>('[data-action=copy]')?.focus();
  };
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'hand-over' },
    element('h2', {}, words.disclose.handOver),
    element('p', { class: 'hint' }, words.disclose.forGood),
    element(
      'div',
      { class: 'actions' },
      element(
        'button',
        { type: 'button', class: 'button button-main', 'data-action': 'code', on: { click: show } },
        choice.isShown ? words.disclose.hideCode : words.disclose.showCode,
      ),
      element(
        'button',
        { type: 'button', class: 'button', 'data-action': 'copy', on: { click: () => void copy() } },
        words.disclose.copy,
      ),
      element(
        'a',
        { class: 'button', href: text, target: '_blank', rel: 'noreferrer', 'data-action': 'look' },
        icon('seal'),
        words.disclose.look,
      ),
      choice.copy &&
        element(
          'button',
          {
            type: 'button',
            class: 'button',
            'data-action': 'device',
            on: { click: () => void byDevice(choice, shell) },
          },
          words.device.show,
        ),
      element('a', { class: 'button', href: hrefOf(choice.credential.id) }, words.show.back),
    ),
    choice.link === 'copied' && element('p', { class: 'hint', role: 'status' }, words.disclose.copied),
    choice.link === 'shown' && element('p', { class: 'code link', role: 'status' }, text),
    choice.isShown && codeFigure(choice, text, words),
  );
}

/** From now on the codes of this device show what was chosen. */
async function byDevice(choice: Choice, shell: Shell): Promise<void> {
  if (choice.copy === null) return;
  await keepOwnCopy({ ...choice.copy, names: completed(choice) });
  shell.go(`${choice.credential.id}/show`);
}
