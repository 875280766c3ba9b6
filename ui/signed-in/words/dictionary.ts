import type { FrameWords } from '../../frame-view.ts';
import type { FailureKind } from '../failure.ts';
import type { StandingName } from '../standing.ts';

export interface Passage {
  heading: string;
  text: string;
}

/** What every page behind a sign-in says; what is `page`'s own stands beside it. */
export interface SignedInWords {
  page: FrameWords & { title: string; navigation: string; loading: string };
  account: { signIn: string; signOut: string };
  /** "home" says where the page's first place is. */
  failure: Record<FailureKind, Passage> & { again: string; home: string; number: string; signInHere: string };
  standing: Record<StandingName, string>;
}

/** What does not differ from page to page. */
export interface SharedSignedInWords {
  page: Omit<SignedInWords['page'], 'title' | 'brand'>;
  account: SignedInWords['account'];
  failure: Omit<SignedInWords['failure'], 'home' | 'forbidden' | 'not-found'>;
  standing: SignedInWords['standing'];
}
