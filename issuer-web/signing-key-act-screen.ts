import type {
  NewSigningKeyTransaction,
  SigningKey,
  SigningKeyEffects,
  SigningKeys,
  SigningKeyTransaction,
} from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import type { Shape, TypedRecord } from './claim-shape.ts';
import { formView, type SmallForm } from './form-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf, type Open } from './screen.ts';
import { effectsView } from './signing-key-effects-view.ts';
import { commandOf, type Sending, sendingView } from './signing-key-sending-view.ts';
import { shorten, timeOf } from './signing-keys-screen.ts';
import { watchWallets } from './wallet.ts';

export type KeyAct = SigningKeyTransaction['act'];

const LINE: Shape = { kind: 'line', input: 'text', maxLength: 42 };
const INSTANT: Shape = { kind: 'line', input: 'instant' };

/** Asked, then shown with all that it does, then on its way to the registry, then there. */
interface Acting {
  act: KeyAct;
  /** Null for a key that is to be added. */
  key: SigningKey | null;
  typed: TypedRecord;
  task: Task;
  shown: Shown | null;
  sending: Sending;
  /** What the registry says, when it has taken it. */
  done: SigningKeys | null;
}

interface Shown {
  transaction: SigningKeyTransaction;
  /** Null for a key that is added: that changes nothing of what there is. */
  effects: SigningKeyEffects | null;
}

/** What the department's admin does with a key: what it would do is shown first, and the admin's own wallet signs. */
export const openKeyAct =
  (act: KeyAct): Open =>
  async ({ desk, id, signal }) => {
    const key =
      act === 'add' ? null : ((await desk.client.call('getSigningKey', { id, signal })).items[0] as SigningKey);
    const acting: Acting = {
      ...{ act, key, typed: {}, shown: null, done: null },
      task: createTask(desk.redraw),
      sending: { wallets: [], fault: null, isAsking: false, isSent: false },
    };
    watchWallets((wallets) => {
      acting.sending.wallets = wallets;
      if (acting.shown) desk.redraw();
    }, signal);
    return {
      title: ({ words }) => words.signingKeys.verb[act],
      draw: (reader) => draw(acting, { reader, desk, signal }),
    };
  };

interface Drawing {
  reader: Reader;
  desk: Desk;
  signal: AbortSignal;
}

function draw(acting: Acting, { reader, desk, signal }: Drawing): Child[] {
  const { act, key, shown, done } = acting;
  const texts = reader.words.signingKeys;
  const heading = element(
    'h1',
    { tabindex: '-1' },
    texts.verb[act],
    ...(key ? [' ', element('span', { class: 'code' }, shorten(key.address))] : []),
  );
  if (done) return [heading, doneView(acting, done, reader)];
  const back = element(
    'a',
    { class: 'button', href: hrefOf(key ? `signing-keys/${key.address}` : 'signing-keys') },
    reader.words.acting.back,
  );
  if (!shown)
    return [
      heading,
      element(
        'p',
        { class: `sheet tone-${act === 'report' ? 'bad' : 'care'} warning` },
        icon('triangle'),
        ' ',
        texts.what[act],
      ),
      ...askView(acting, back, { reader, desk, signal }),
    ];
  const change = () => {
    acting.shown = null;
    desk.redraw();
    document.querySelector<HTMLElement>('main h1')?.focus();
  };
  return [
    heading,
    ...(shown.effects ? effectsView(shown.effects, { reader, desk, task: acting.task, signal }) : []),
    sendingView(
      acting.sending,
      { ...shown.transaction, command: commandOf(shown.transaction) },
      {
        reader,
        desk,
        ways: [
          element(
            'button',
            { type: 'button', class: 'button', 'data-action': 'change', on: { click: change } },
            texts.change,
          ),
          back,
        ],
      },
    ),
  ];
}

function askView(acting: Acting, back: Child, drawing: Drawing): Child[] {
  const { reader, desk } = drawing;
  const { act, typed, task } = acting;
  const fields = fieldsOf(act, reader);
  return formView(
    {
      ...{ typed, task, names: Object.keys(fields), fields: Object.values(fields) },
      text: reader.words.signingKeys.show,
      ways: [back],
      submit: () => void show(acting, drawing),
    },
    reader,
    desk,
  );
}

function fieldsOf(act: KeyAct, { words }: Reader): Record<string, SmallForm['fields'][number]> {
  const texts = words.signingKeys;
  const instant = (label: string, hint: string, isOptional: boolean) => ({ label, hint, shape: INSTANT, isOptional });
  if (act === 'report') return { since: instant(texts.since, texts.sinceHint, false) };
  if (act === 'end') return { at: instant(texts.at, texts.atHint, true) };
  const options = (['anchor', 'status'] as const).map((code) => ({ code, label: texts.purpose[code] }));
  return {
    address: { label: texts.address, hint: texts.addressHint, shape: LINE, isOptional: false },
    purpose: { label: texts.purposeHead, shape: { kind: 'choice', options }, isOptional: false },
    from: instant(texts.from, texts.fromHint, true),
    until: instant(texts.until, texts.untilHint, true),
  };
}

/** What is shown is prepared already: what the registry would refuse is told before anybody signs. */
async function show(acting: Acting, { desk, signal }: Drawing): Promise<void> {
  const { act, key, typed, task } = acting;
  const text = (name: string) => String(typed[name] ?? '').trim();
  const missing = (act === 'add' ? ['address', 'purpose'] : act === 'report' ? ['since'] : []).filter(
    (name) => text(name) === '',
  );
  if (missing.length > 0)
    return task.refuse(missing.map((name) => ({ pointer: `/${name}`, code: 'FIELD_MISSING', detail: name })));
  const address = key?.address ?? text('address');
  const time = (name: string) => (text(name) === '' ? {} : { [name]: toInstant(text(name)) });
  const isShown = await task.run(async () => {
    const body = {
      act,
      address,
      ...(act === 'add' ? { purpose: text('purpose') } : {}),
      ...time('from'),
      ...time('until'),
      ...time('at'),
      ...time('since'),
    };
    const transaction = await desk.client.call('prepareSigningKeyTransaction', {
      body: body as NewSigningKeyTransaction,
    });
    const query = act === 'report' ? { since: toInstant(text('since')) } : {};
    const effects =
      act === 'add' ? null : await desk.client.call('previewSigningKeyEffects', { id: address, query, signal });
    acting.shown = { transaction, effects };
  });
  if (!isShown) return;
  document.querySelector<HTMLElement>('main h1')?.focus();
  void watchRegistry(acting, { desk, signal });
}

/** What is typed is Hong Kong time. */
function toInstant(text: string): string {
  return new Date(`${text.length === 16 ? `${text}:00` : text}+08:00`).toISOString();
}

const LOOK_EVERY_MS = 3_000;

/** However it was sent, the registry shows it: looked for as long as this very thing is on the page. */
async function watchRegistry(acting: Acting, { desk, signal }: Pick<Drawing, 'desk' | 'signal'>): Promise<void> {
  const { shown } = acting;
  while (shown && acting.shown === shown && !signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    if (signal.aborted || acting.shown !== shown) return;
    // a look that fails is followed by another
    const keys = await desk.client.call('listSigningKeys', { signal }).catch(() => null);
    const key = keys?.items.find(({ address }) => address === shown.transaction.address);
    if (!keys || !key || !isThere(acting, key)) continue;
    acting.done = { ...keys, items: [key] };
    desk.redraw();
    document.querySelector<HTMLElement>('main h1')?.focus();
    return;
  }
}

function isThere({ act, key: before, shown }: Acting, now: SigningKey): boolean {
  if (act === 'add') return true;
  if (act === 'end') return now.validUntil !== before?.validUntil;
  const since = shown?.transaction.call.arguments.since;
  return now.compromisedSince !== null && Date.parse(now.compromisedSince) / 1000 === since;
}

function doneView({ act, shown }: Acting, { items, block }: SigningKeys, reader: Reader): HTMLElement {
  const { words } = reader;
  const texts = words.signingKeys;
  const key = items[0] as SigningKey;
  const failing = shown?.effects?.failing.credentials ?? 0;
  return element(
    'section',
    { class: 'sheet part tone-good', role: 'status', 'data-part': 'done' },
    element('h2', {}, icon('seal'), ' ', texts.done[act]),
    element('p', {}, fill(texts.block, { number: block.number, time: timeOf(block.time, reader) ?? '' })),
    element('p', {}, texts.doneText[act]),
    element(
      'div',
      { class: 'actions' },
      element(
        'a',
        { class: 'button', href: hrefOf(`signing-keys/${key.address}`), 'data-action': 'to-key' },
        texts.toKey,
      ),
      failing > 0 &&
        element('a', { class: 'button', href: hrefOf('credentials?disbelieved=true') }, texts.toDisbelieved),
    ),
  );
}
