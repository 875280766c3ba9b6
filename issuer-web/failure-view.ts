import type { Failure } from '../ui/signed-in/failure.ts';
import { failureView as sharedView } from '../ui/signed-in/failure-view.ts';
import { signInAddress } from '../ui/signed-in/sign-in.ts';
import { problemText } from './problems.ts';
import type { Reader } from './reader.ts';
import { hrefOf } from './screen.ts';

/** A failure of a piece of work, with the next step. */
export function failureView(
  failure: Failure,
  reader: Reader,
  { level, again }: { level: 'h1' | 'h2'; again?: () => void },
): HTMLElement {
  const home = hrefOf('');
  const signIn = signInAddress('officer', reader.language, home);
  return sharedView(failure, reader, { level, known: problemText(failure.code, reader), again, home, signIn });
}
