// What the first screen does without, in a script of its own: reading what was presented, judging it, and showing the verdict.
export { readPresentedText } from '../proof/presented.ts';
export { toReceipt } from '../proof/receipt.ts';
export { judge, readFile } from './presented.ts';
export { verdictTitle, verdictView } from './verdict-view.ts';
