import type { SigningKeyEffects } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { factsView } from '../ui/facts-view.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import { recordsView } from '../ui/records-view.ts';
import type { Task } from '../ui/signed-in/task.ts';
import { failureView } from './failure-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf } from './screen.ts';
import { shorten, timeOf } from './signing-keys-screen.ts';

interface Drawing {
  reader: Reader;
  desk: Desk;
  task: Task;
  signal: AbortSignal;
}

/** What a report or an end would do, exactly: which batches fail, which stay, whose standing changes, and whether issuing stops. */
export function effectsView(effects: SigningKeyEffects, drawing: Drawing): Child[] {
  const { reader, task } = drawing;
  const texts = reader.words.signingKeys;
  const { block } = effects;
  return [
    task.failure && failureView(task.failure, reader, { level: 'h2' }),
    signingView(effects, reader),
    element(
      'section',
      { class: 'part', 'data-part': 'effects' },
      element('h2', {}, texts.effects),
      element(
        'p',
        { class: 'hint' },
        fill(texts.effectsHint, { number: block.number, time: timeOf(block.time, reader) ?? '' }),
      ),
      ...(effects.act === 'end' ? [element('p', {}, texts.endEffects)] : reportView(effects, drawing)),
    ),
  ];
}

/** Said first and loudly where this service would stop. */
function signingView({ signing: { isInUse, next }, purpose, act }: SigningKeyEffects, { words }: Reader): Child {
  if (!isInUse) return null;
  const texts = words.signingKeys.stops;
  const isStop = next === null;
  return element(
    'section',
    { class: `sheet failure tone-${isStop ? 'bad' : 'care'}`, role: 'alert', 'data-stops': String(isStop) },
    icon(isStop ? 'octagon' : 'triangle'),
    element(
      'div',
      {},
      element('h2', {}, isStop ? texts.heading[purpose] : texts.goesOn),
      element('p', {}, isStop ? texts.text[act] : fill(texts.next, { address: next })),
    ),
  );
}

function reportView(effects: SigningKeyEffects, drawing: Drawing): Child[] {
  const { reader } = drawing;
  const texts = reader.words.signingKeys;
  const { failing, staying, failingAlready, ignored, since } = effects;
  const sum = ({ batches, credentials }: { batches: number; credentials: number }) =>
    fill(texts.batches, { batches, credentials });
  return [
    factsView([
      [texts.since, timeOf(since, reader)],
      [texts.failing, element('strong', { 'data-count': 'failing' }, sum(failing))],
      ...failing.types.map((of): [string, string] => [of.type ?? texts.unknownType, sum(of)]),
      [texts.auditHeads, failing.auditHeads > 0 && String(failing.auditHeads)],
      [texts.stayingBefore, sum(staying.before)],
      [texts.stayingEndorsed, staying.endorsed.batches > 0 && sum(staying.endorsed)],
      [texts.failingAlready, failingAlready.batches > 0 && sum(failingAlready)],
      [texts.ignoredActs, String(ignored.acts)],
    ]),
    failing.unknownBatches > 0 &&
      element(
        'p',
        { class: 'sheet tone-bad warning' },
        icon('octagon'),
        ' ',
        fill(texts.unknownBatches, { count: failing.unknownBatches }),
      ),
    failing.batches > 0 && batchesView(effects, drawing),
    ignored.changes.length > 0 && changesView(effects, reader),
    ignored.notices.length > 0 && noticesView(effects, reader),
  ];
}

function batchesView(effects: SigningKeyEffects, { reader, desk, task, signal }: Drawing): HTMLElement {
  const texts = reader.words.signingKeys;
  const more = () =>
    void task.run(async () => {
      const query = { since: effects.since ?? undefined, starting_after: effects.next ?? undefined };
      const next = await desk.client.call('previewSigningKeyEffects', { id: effects.address, query, signal });
      Object.assign(effects, { items: [...effects.items, ...next.items], next: next.next });
    });
  return element(
    'section',
    { 'data-part': 'failing' },
    recordsView({
      label: texts.failing,
      heads: [texts.batch, texts.type, texts.size, texts.anchoredAt],
      items: effects.items,
      tone: ({ isKnown }) => (isKnown ? 'care' : 'bad'),
      id: ({ number }) => String(number),
      cells: ({ number, id, type, size, anchoredAt, isKnown }) => [
        element(
          'span',
          {},
          String(number),
          ' ',
          element('span', { class: 'code hint' }, shorten(id)),
          !isKnown && ` ${texts.unknown}`,
        ),
        type ?? texts.unknownType,
        String(size),
        timeOf(anchoredAt, reader) ?? '',
      ],
    }),
    effects.next !== null &&
      element(
        'button',
        { type: 'button', class: 'button', 'data-action': 'more', disabled: task.isBusy, on: { click: more } },
        texts.more,
      ),
  );
}

function changesView({ ignored: { changes } }: SigningKeyEffects, { words }: Reader): HTMLElement {
  const texts = words.signingKeys;
  const standing = (code: string | null) =>
    code === null ? texts.unknown : (texts.standing[code as keyof typeof texts.standing] ?? code);
  return recordsView({
    label: texts.ignoredActs,
    heads: [texts.document, texts.ignoredAct, texts.before, texts.after],
    items: changes,
    tone: ({ before, after }) => (before === after ? 'over' : 'care'),
    id: ({ credential }) => credential ?? '',
    cells: ({ credential, reference, act, before, after }) => [
      credential === null
        ? texts.unknown
        : element('a', { href: hrefOf(`credentials/${credential}`), class: 'code' }, reference ?? credential),
      texts.act[act],
      standing(before),
      standing(after),
    ],
  });
}

function noticesView({ ignored: { notices } }: SigningKeyEffects, { words, calendar }: Reader): HTMLElement {
  const texts = words.signingKeys;
  return recordsView({
    label: texts.notices,
    heads: [texts.notices, texts.type, texts.until],
    items: notices,
    tone: () => 'care',
    cells: ({ law, type, validUntil }) => [law ?? texts.unknown, type ?? texts.unknownType, calendar.date(validUntil)],
  });
}
