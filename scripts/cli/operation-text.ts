import type { StatusOperation } from '../../client/api.ts';
import { toPrintable } from './printable.ts';

const MOST_SHOWN = 5;

/** What would be changed, before it is. */
export function describePreview({ act, counts, sample, refusals, secondPerson }: StatusOperation): string {
  const more = counts.ready > MOST_SHOWN ? ' …' : '';
  const lines = [
    `${act}: ${counts.ready} of ${counts.found} credentials`,
    ...(sample.length > 0 ? [`  ${sample.slice(0, MOST_SHOWN).join('  ')}${more}`] : []),
    ...countCodes(refusals).map(([code, count]) => `  not ${count}: ${code}`),
    ...(secondPerson ? ['  somebody else has to confirm it'] : []),
  ];
  return `${lines.map(toPrintable).join('\n')}\n`;
}

function countCodes(refusals: StatusOperation['refusals']): [string, number][] {
  const counts = new Map<string, number>();
  for (const { code } of refusals) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts];
}

/** What became of it. */
export function describeDecision({ id, act, state, counts, progress, drafts }: StatusOperation): string {
  const { recorded, sent, anchored, final, failed } = progress;
  const waiting = drafts.submitted > 0 ? `${drafts.submitted} wait for approval as drafts, ` : '';
  const done = `${waiting}${recorded + sent + anchored + final} changed, ${final} of them final, ${failed} failed, ${counts.refused} left as they were`;
  const says = {
    preview: `${act} waits for a second person to confirm it`,
    cancelled: 'nothing is changed',
    confirmed: done,
  };
  return `${toPrintable(`${id}  ${says[state]}`)}\n`;
}
