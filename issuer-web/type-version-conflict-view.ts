import { type Child, element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import { recordsView } from '../ui/records-view.ts';
import { taskButton } from '../ui/signed-in/task-button.ts';
import type { Field } from './claim-fields-view.ts';
import type { Shape, Typed, TypedRecord } from './claim-shape.ts';
import { personText } from './drafts-view.ts';
import type { Reader } from './reader.ts';
import type { Desk } from './screen.ts';
import { claimFields, ruleFields, type TypedDefinition, textFields } from './type-version-fields.ts';
import { type Conflict, keepAll, keepChosen, type TypeVersionForm } from './type-version-form.ts';
import { byKey, type Difference, type Side } from './type-version-merge.ts';

/** What a colleague saved meanwhile, beside what was typed here: whose stays, of all or of each field. Nothing is dropped before that is said. */
export function conflictView(form: TypeVersionForm, conflict: Conflict, reader: Reader, desk: Desk): HTMLElement {
  const { words, calendar } = reader;
  const texts = words.typeVersion.conflict;
  const { theirs, differences } = conflict;
  const who = {
    person: personText(theirs.changedBy, reader, desk),
    time: calendar.time(Date.parse(theirs.changedAt) / 1000),
  };
  const whole = (side: Side, text: string) =>
    taskButton(form.task, { action: side, text, click: () => void keepAll(form, side, desk) });
  return element(
    'section',
    { class: 'sheet failure tone-care', 'data-failure': 'changed' },
    icon('triangle'),
    element(
      'div',
      {},
      element('h2', { tabindex: '-1' }, texts.heading),
      element('p', {}, fill(texts.text, who)),
      theirs.state === 'prepared' && element('p', {}, texts.prepared),
      differences.length === 0
        ? element('p', {}, texts.same)
        : recordsView({
            label: texts.heading,
            heads: [texts.what, texts.mineHead, texts.theirsHead],
            items: differences,
            id: ({ key }) => key,
            cells: (difference) => [
              element(
                'span',
                {},
                nameOf(difference, conflict, reader),
                difference.isByBoth && element('span', { class: 'hint' }, ` ${texts.both}`),
              ),
              choiceView(
                difference,
                { side: 'mine', typed: conflict.mine, name: nameOf(difference, conflict, reader) },
                reader,
              ),
              choiceView(
                difference,
                { side: 'theirs', typed: conflict.typedByThem, name: nameOf(difference, conflict, reader) },
                reader,
              ),
            ],
          }),
      element(
        'div',
        { class: 'actions' },
        differences.length > 0 &&
          taskButton(form.task, {
            ...{ action: 'merge', text: texts.merge, isMain: true },
            click: () => void keepChosen(form, desk),
          }),
        whole('mine', texts.mine),
        whole('theirs', texts.theirs),
      ),
      element('p', { class: 'hint' }, texts.hint),
    ),
  );
}

interface Choice {
  side: Side;
  typed: TypedDefinition;
  name: string;
}

function choiceView(difference: Difference, { side, typed, name }: Choice, reader: Reader): HTMLElement {
  const texts = reader.words.typeVersion.conflict;
  const text = valueTextOf(difference.key, typed, reader);
  return element(
    'label',
    { class: 'chosen' },
    element('input', {
      ...{ type: 'radio', name: `keep-${difference.key}`, value: side, checked: difference.keep === side },
      'aria-label': fill(side === 'mine' ? texts.keepMine : texts.keepTheirs, { name, value: text }),
      on: {
        change: () => {
          difference.keep = side;
        },
      },
    }),
    ' ',
    text,
  );
}

function nameOf({ key }: Difference, { mine, typedByThem }: Conflict, reader: Reader): string {
  const texts = reader.words.typeVersion;
  const [, part = '', claim, field] = key.split('/');
  if (part !== 'claims')
    return part === 'title' ? texts.titleField : part === 'dates' ? texts.conflict.dates : ruleName(part, reader);
  if (claim === undefined) return texts.change['claim-moved'];
  const found = byKey(mine).get(claim) ?? byKey(typedByThem).get(claim);
  const label = String((found?.label as TypedRecord | undefined)?.[reader.language] || claim);
  const named = field && found && claimFields(found, 0, reader).find(({ pointer }) => pointer === `/claims/0/${field}`);
  return named ? `${label}: ${named.label}` : field ? `${label}: ${field}` : label;
}

function ruleName(part: string, { words }: Reader): string {
  return part === 'disclosure' ? words.types.disclosure : words.types.validity;
}

function valueTextOf(key: string, typed: TypedDefinition, reader: Reader): string {
  const texts = reader.words.typeVersion.conflict;
  const [, part = '', name, field] = key.split('/');
  if (part !== 'claims') {
    const fields = [...textFields(typed, reader), ...ruleFields(typed, reader)];
    return textsOf(
      fields.filter(({ pointer }) => pointer.split('/')[1] === part),
      reader,
    );
  }
  if (name === undefined) return [...byKey(typed).keys()].join(', ');
  const claim = byKey(typed).get(name);
  if (!claim) return texts.without;
  if (field === undefined) return texts.with;
  return textsOf(
    claimFields(claim, 0, reader).filter(({ pointer }) => pointer === `/claims/0/${field}`),
    reader,
  );
}

function textsOf(fields: readonly Field[], reader: Reader): string {
  const text = fields.map(({ shape, typed }) => textOf(shape, typed, reader)).filter((each) => each !== '');
  return text.length === 0 ? reader.words.typeVersion.conflict.nothing : text.join(' · ');
}

/** As it stands in its fields: texts of all languages, choices by what they are called. */
function textOf(shape: Shape, typed: Typed, reader: Reader): string {
  const { words, language } = reader;
  switch (shape.kind) {
    case 'choice': {
      const label = shape.options.find(({ code }) => code === typed)?.label ?? String(typed);
      return typeof label === 'string' ? label : label[language];
    }
    case 'tick':
      return typed === 'true' ? words.document.yes : words.document.no;
    case 'record':
      return shape.parts
        .map(([part, inner]) => textOf(inner, (typed as TypedRecord)[part] ?? '', reader))
        .filter((text) => text !== '')
        .join(' / ');
    case 'list':
      return (typed as Typed[]).map((item) => textOf(shape.item, item, reader)).join('; ');
    default:
      return String(typed);
  }
}

/** What was to be signed is no more: somebody has changed or discarded it meanwhile. */
export function overtakenView({ words }: Reader): Child {
  return element(
    'p',
    { class: 'sheet tone-care warning', role: 'alert', 'data-part': 'overtaken' },
    icon('triangle'),
    ' ',
    words.typeVersion.overtaken,
  );
}
