import type { CredentialDetail, CredentialTypeDetail, Reason, StatusOperation } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import type { Shape, TypedRecord } from './claim-shape.ts';
import { formView, type SmallForm } from './form-view.ts';
import type { Reader } from './reader.ts';
import { REASON_NAMES, reasonText } from './reason.ts';
import { type Desk, hrefOf, type Open } from './screen.ts';

export type AskedAct = 'revoke' | 'suspend' | 'reinstate' | 'extend';

interface Asking {
  act: AskedAct;
  credential: CredentialDetail;
  type: CredentialTypeDetail;
  typed: TypedRecord;
  task: Task;
}

/** One act on one document: what verifiers will see of it, and who has to agree. */
export const openAct =
  (act: AskedAct): Open =>
  async ({ desk, id, signal }) => {
    const credential = await desk.client.call('getCredential', { id, signal });
    const type = await desk.client.call('getType', { id: credential.type, signal });
    const asking: Asking = { act, credential, type, typed: {}, task: createTask(desk.redraw) };
    return {
      title: ({ words }) => `${words.acting.verb[act]} ${credential.reference}`,
      draw: (reader) => draw(asking, reader, desk),
    };
  };

const CALLS = { revoke: 'revokeCredential', suspend: 'suspendCredential', reinstate: 'reinstateCredential' } as const;

/** Where the type demands a second person, what was asked for waits for one: its page comes next. */
async function ask({ act, credential: { id }, typed, task }: Asking, desk: Desk): Promise<void> {
  const text = (name: string) => String(typed[name] ?? '').trim();
  const given = (name: string) => (text(name) === '' ? {} : { [name]: text(name) });
  if (act !== 'extend' && text('reason') === '')
    return task.refuse([{ pointer: '/reason', code: 'FIELD_MISSING', detail: 'reason' }]);
  const follow = (answer: object) =>
    desk.go('counts' in answer ? `changes/${(answer as StatusOperation).id}` : `credentials/${id}`);
  await task.run(async () => {
    if (act === 'extend') {
      const end = text('pending') === 'true' ? { pendingRenewal: true as const } : { validUntil: text('validUntil') };
      return follow(
        await desk.client.call('extendCredential', { id, body: { ...end, ...given('reason'), ...given('note') } }),
      );
    }
    const common = { reason: text('reason') as Reason, ...given('note') };
    const children = text('children') === 'true' ? { children: true as const } : {};
    const until = act === 'suspend' ? given('until') : {};
    const body = act === 'reinstate' ? common : { ...common, ...children, ...until };
    follow(await desk.client.call(CALLS[act], { id, body }));
  });
}

function draw(asking: Asking, reader: Reader, desk: Desk): Child[] {
  const { act, credential, type, typed, task } = asking;
  const { words, language } = reader;
  const fields = act === 'extend' ? endFields(asking, reader) : reasonFields(asking, reader);
  const note = { label: words.acting.note, hint: words.acting.noteHint, shape: NOTE, isOptional: true };
  const all = { ...fields, note };
  return [
    element(
      'h1',
      { tabindex: '-1' },
      words.acting.verb[act],
      ': ',
      type.title[language],
      ' ',
      element('span', { class: 'code' }, credential.reference),
    ),
    element(
      'p',
      { class: `sheet tone-${act === 'revoke' ? 'bad' : 'care'} warning` },
      icon('triangle'),
      ' ',
      words.acting.what[act],
    ),
    ...formView(
      {
        ...{ typed, task, names: Object.keys(all), fields: Object.values(all), text: words.acting.verb[act] },
        ways: [element('a', { class: 'button', href: hrefOf(`credentials/${credential.id}`) }, words.acting.back)],
        submit: () => void ask(asking, desk),
      },
      reader,
      desk,
    ),
  ];
}

const NOTE: Shape = { kind: 'line', input: 'paragraph', maxLength: 500 };
const DATE: Shape = { kind: 'line', input: 'date' };
type Fields = Record<string, SmallForm['fields'][number]>;

function reasonFields({ act, credential }: Asking, reader: Reader): Fields {
  const { words } = reader;
  const texts = words.acting;
  const until = { label: texts.until, hint: texts.untilHint, shape: DATE, isOptional: true };
  const children = {
    label: fill(texts.children, { count: credential.children }),
    shape: { kind: 'tick' } as const,
    isOptional: false,
  };
  return {
    reason: {
      label: words.credential.reason,
      hint: texts.reasonHint,
      shape: reasons(reader),
      isOptional: false,
    },
    ...(act === 'suspend' ? { until } : {}),
    ...(act !== 'reinstate' && credential.children > 0 ? { children } : {}),
  };
}

/** The service itself gives the one of a document that was replaced. */
function reasons(reader: Reader): Shape {
  const names = REASON_NAMES.filter((name) => name !== 'replaced');
  return { kind: 'choice', options: names.map((code) => ({ code, label: reasonText(code, reader) })) };
}

function endFields({ credential }: Asking, reader: Reader): Fields {
  const { words, calendar } = reader;
  const { endsOn } = credential;
  const hint = endsOn === null ? undefined : fill(words.acting.endsNow, { date: calendar.date(endsOn) });
  return {
    validUntil: { label: words.acting.validUntil, hint, shape: DATE, isOptional: false },
    pending: { label: words.acting.pending, shape: { kind: 'tick' }, isOptional: false },
    reason: {
      label: words.acting.endReason,
      hint: words.acting.endReasonHint,
      shape: reasons(reader),
      isOptional: true,
    },
  };
}
