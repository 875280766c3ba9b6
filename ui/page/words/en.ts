import { en as signedIn } from '../../signed-in/words/en.ts';
import { en as shared } from '../../words/en.ts';
import type { Dictionary } from './dictionary.ts';

export const en: Dictionary = {
  page: { ...signedIn.page, title: 'e-Proof, tokens and components', brand: 'Tokens and components' },
  document: shared.claim,
  standing: signedIn.standing,
  account: signedIn.account,
  failure: {
    ...signedIn.failure,
    forbidden: { heading: 'This is not for you', text: 'Each page says here with which account it can be seen.' },
    'not-found': {
      heading: 'There is nothing at this address',
      text: 'Each page says here where to look instead.',
    },
    home: 'To the first place',
  },
  heading: 'Tokens and components',
  lead: 'What the verifier, the console and the holder’s page are made of. Everything below is drawn by the files that those pages use.',
  tokens: {
    colour: {
      heading: 'Colours',
      text: 'Each in the light scheme, then in the dark one. The system’s choice decides.',
    },
    tone: { heading: 'Colours of a tone', text: 'What the five tones set; a component takes these and knows no tone.' },
    typeface: { heading: 'Typefaces', text: 'The system’s own, chosen by the language of each text.' },
    size: { heading: 'Sizes of type', text: 'They follow the size that the reader has set.' },
    space: { heading: 'Spaces', text: 'Between and within components.' },
    form: { heading: 'Targets, corners, shadows', text: 'A target is never smaller than this.' },
  },
  parts: {
    icons: {
      heading: 'Drawings',
      text: 'They repeat what the words beside them say. Each verdict has a shape of its own.',
    },
    buttons: {
      heading: 'Buttons',
      text: 'Point at one, press it, or come to it with the keyboard, to see those states.',
    },
    fields: { heading: 'Fields', text: 'What is wrong stands at the field, and the field points to it.' },
    facts: { heading: 'Names with values', text: 'What a document says, each text in its own language.' },
    records: {
      heading: 'Table of records, and every standing',
      text: 'Cards on a phone, columns where there is room. Colour, shape and words say the same.',
    },
    banners: { heading: 'How one document stands', text: 'One of each tone.' },
    band: { heading: 'Band of a test system', text: 'On every screen of a system whose documents have no force.' },
    failures: { heading: 'What failed', text: 'Each kind of failure with its next step.' },
    empty: { heading: 'Nothing there, and loading', text: 'An empty place says what will be there, and how.' },
    fold: { heading: 'What unfolds', text: 'The whole line is the target.' },
    frame: {
      heading: 'The frame',
      text: 'Brand, choice of language, sections and the end of the page stand around this text, as around every screen.',
    },
  },
  schemes: { light: 'light', dark: 'dark' },
  sample: 'A licence is in force until 31 December 2026',
  pressed: 'This is an example: nothing happens.',
  buttons: {
    plain: 'Go back',
    main: 'Submit',
    large: 'Sign in',
    icon: 'Print',
    link: 'A link as a button',
    current: 'Where one is',
    busy: 'Cannot be pressed now',
    mainBusy: 'At work',
  },
  fields: {
    name: 'Name of the licensee',
    hint: 'As on the registration certificate',
    email: 'E-mail address',
    wrong: 'Write an address such as name@example.hk.',
    date: 'Date of issue',
    kind: 'Kind of licence',
    full: 'Full licence',
    simple: 'Provisional licence',
    note: 'Conditions',
    closed: 'Cannot be changed now',
  },
  faults: { heading: 'Some of this has to be put right', other: 'The fault belongs to no field.' },
  tones: { good: 'Good', care: 'Take care', over: 'Over', bad: 'Bad', open: 'Open' },
  records: { standing: 'How it stands', tone: 'Tone', shape: 'Shape' },
  none: {
    heading: 'No documents yet',
    text: 'Documents appear here when a department issues one to this account.',
  },
  fold: { heading: 'What was checked', text: 'Here is what was folded away.' },
};
