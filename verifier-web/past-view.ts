import { decodeDate, toDate, toHongKongDay } from '../proof/day.ts';
import type { Verdict } from '../proof/verdict.ts';
import { element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import type { Reader } from './reader.ts';
import { toPastSentence } from './verdict-sentence.ts';

/** Whether it was in force on a day in the past, for whoever settles what happened then: under the verdict on today, never in its place. */
export function pastSheet(
  { past, time, credential }: Verdict,
  reader: Reader,
  { ask, isAsking }: { ask(day: number): void; isAsking: boolean },
): HTMLElement {
  const { past: texts } = reader.words;
  const today = toDate(toHongKongDay(time));
  const input = element('input', {
    type: 'date',
    id: 'past-day',
    required: true,
    min: credential ? toDate(Math.min(credential.proof.header.issued, toHongKongDay(time))) : undefined,
    max: today,
    value: past ? toDate(past.day) : undefined,
    'aria-describedby': 'past-hint',
  });
  const submit = (event: Event) => {
    event.preventDefault();
    if (!isAsking && input.value !== '') ask(decodeDate(input.value));
  };
  return element(
    'section',
    { class: 'sheet past' },
    element('h2', {}, texts.heading),
    element(
      'form',
      { class: 'field', on: { submit } },
      element('label', { for: 'past-day' }, texts.day),
      input,
      element('p', { class: 'hint', id: 'past-hint' }, texts.hint),
      element(
        'button',
        { type: 'submit', class: 'button', 'aria-disabled': isAsking && 'true', 'data-action': 'past' },
        icon('again'),
        isAsking ? texts.asking : texts.ask,
      ),
    ),
    past && pastAnswer(past, reader),
  );
}

function pastAnswer(past: NonNullable<Verdict['past']>, { words, calendar }: Reader): HTMLElement {
  const { tone, text } = toPastSentence(past.standing, words, calendar);
  return element(
    'div',
    {
      class: `past-answer tone-${tone}`,

      tabindex: '-1',
      'data-past': past.standing?.code ?? 'unknown',
    },
    element('h3', {}, fill(words.past.on, { date: calendar.day(past.day) })),
    element('p', {}, element('strong', {}, text)),
    past.standing && element('p', { class: 'hint' }, words.past.asKnown),
  );
}
