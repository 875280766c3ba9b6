import { en as signedIn } from '../../ui/signed-in/words/en.ts';
import { en as shared } from '../../ui/words/en.ts';
import type { Dictionary } from './dictionary.ts';

export const en: Dictionary = {
  page: { ...signedIn.page, title: 'e-Proof, my documents', brand: 'My documents' },
  document: shared.claim,
  standing: signedIn.standing,
  account: {
    ...signedIn.account,
    lead: 'See the licences and certificates that departments issued to you, show them, and choose what others see.',
    officer: {
      heading: 'This is the page of holders',
      text: 'You are signed in as an officer. Sign out, and sign in with the account that your documents were issued to.',
    },
  },
  failure: {
    ...signedIn.failure,
    forbidden: {
      heading: 'This is for holders',
      text: 'Sign out, and sign in with the account that your documents were issued to.',
    },
    'not-found': {
      heading: 'There is nothing at this address',
      text: 'No document of yours is here. Look for it in the list; if it is missing, ask the department that issued it.',
    },
    home: 'To my documents',
  },
  documents: {
    heading: 'My documents',
    none: {
      heading: 'No documents yet',
      text: 'Documents appear here when a department issues one to this account. If you expect one, ask the department whether it has this account.',
    },
    ends: 'Ends in {days} days. Ask the department about its renewal.',
    changing: 'A change of its status is on its way.',
    next: 'Older documents',
    first: 'Newest documents',
  },
  own: {
    document: 'Document',
    says: 'What it says',
    issuer: 'Issued by',
    department: 'Department',
    reference: 'Reference',
    wrong: 'If something in it is wrong, tell the department and name the reference {reference}.',
    later: 'It is on its way to the chain. Its code and its files are here in a few minutes.',
    newer: 'To the one that took its place',
    show: 'Show the code',
    disclose: 'Choose what to show',
    pdf: {
      en: 'PDF, English',
      'zh-Hant': 'PDF, English and Traditional Chinese',
      'zh-Hans': 'PDF, English and Simplified Chinese',
    },
    proof: 'Full proof, JSON',
    issued: 'Date of issue',
    endsOn: 'Ends now on',
  },
  show: {
    code: 'QR code of this document',
    hint: 'Whoever scans it sees what the code on the paper shows. A photograph of it is a copy, as a photograph of the paper is.',
    full: 'Fill the screen',
    back: 'Back to the document',
  },
  disclose: {
    heading: 'Choose what to show',
    choose: 'They see',
    always: 'The kind of document, its department, its dates and its reference are always seen.',
    seen: 'This is what they see',
    unseen: 'Hidden from them',
    nothing: 'Nothing is hidden.',
    handOver: 'Hand it over',
    forGood:
      'It is made on this device, and nobody is told. Whoever has the code or the link keeps it: what was shown cannot be taken back.',
    showCode: 'Show as a code',
    hideCode: 'Hide the code',
    copy: 'Copy the link',
    copied: 'The link is copied.',
    look: 'See it as they do',
  },
  share: {
    heading: 'A link that ends',
    hint: 'It shows what is chosen above, until the time or the number of visits that you say, or until you end it. Only who has the link can open it. Whoever opened it may have kept what they saw.',
    span: 'It ends after',
    spans: { 1: 'an hour', 24: 'a day', 168: 'a week', 720: 'thirty days' },
    visits: 'How often it can be opened',
    anyVisits: 'As often as they like',
    someVisits: 'Visits allowed: {count}.',
    make: 'Make the link',
    once: 'This link is shown once. Copy it now, and send it to the one it is for.',
    list: 'Links to this document',
    until: 'Open until {time}.',
    over: 'Over.',
    made: 'Made {time}',
    never: 'Not opened yet',
    opened: 'Visits so far: {count}. The last one: {time}',
    end: 'End it now',
    limit: 'You have too many open links. End one that is not needed any more.',
  },
  shared: {
    brand: 'A document is shown to you',
    ready: {
      heading: 'Somebody shows you a document',
      text: 'Its holder has sent you this link. You will see what they chose to show, and whether it is genuine and in force. Opening it counts as a visit.',
    },
    working: { heading: 'Opening …', text: 'The document is being fetched and unlocked on this device.' },
    over: {
      heading: 'This link is over',
      text: 'It has ended, or was opened as often as its holder allowed. That says nothing of the document. Ask whoever sent it for another link.',
    },
    broken: {
      heading: 'This link is not complete',
      text: 'A part of it is missing or was changed on the way. Ask whoever sent it to send the whole link again.',
    },
    unreached: {
      heading: 'The service could not be reached',
      text: 'Nobody can say now whether the link still works. Check your network, and try again: it does not count as another visit.',
    },
    busy: { heading: 'Too many requests', text: 'Wait a minute, then try again.' },
    open: 'See the document',
    again: 'Try again',
  },
};
