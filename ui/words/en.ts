import type { SharedWords } from './dictionary.ts';

export const en: SharedWords = {
  claim: {
    none: 'None',
    yes: 'Yes',
    no: 'No',
    picture: 'A picture, not carried by the code. Its fingerprint: {fingerprint}',
    item: 'Item',
    quantity: 'Quantity',
    class: 'Class',
    validFrom: 'Valid from',
    validUntil: 'Valid until',
    endorsement: 'Endorsement',
    date: 'Date',
    subject: 'Subject',
    grade: 'Grade',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the dollar is money
    hongKongDollars: 'HK${amount}',
  },
  reason: {
    0: 'no reason was given',
    1: 'at the holder’s request',
    2: 'the activity has ceased',
    3: 'conditions were breached',
    4: 'it was obtained by false information',
    5: 'it was issued in error',
    6: 'it was replaced',
    7: 'by order of a court or tribunal',
    8: 'another public reason',
  },
};
