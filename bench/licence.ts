import { randomBytes } from 'node:crypto';
import type { CborValue } from '../proof/cbor.ts';
import type { Header } from '../proof/header.ts';

/** A made-up restaurant licence of fifteen claims, eight shown and seven not: what every contender has to commit to. */
export function licenceClaims(number: number): Record<string, string> {
  return {
    licenceNumber: `23${String(number).padStart(8, '0')}`,
    licenceType: 'general restaurant',
    licenseeNameEn: `Lucky Harbour Catering (${number}) Limited`,
    licenseeNameZh: '福海飲食有限公司',
    shopSignEn: 'Lucky Harbour Seafood Restaurant',
    shopSignZh: '福海海鮮酒家',
    addressEn: 'Shop 12, G/F, Harbour Building, 88 Nathan Road, Tsim Sha Tsui, Kowloon',
    addressZh: '九龍尖沙咀彌敦道88號海港大廈地下12號舖',
    seatingArea: '125.5 m²',
    layoutPlanRef: `LP/${number}/26`,
    condition1: 'The licensee shall keep the approved layout plan on the premises.',
    condition2: 'No food shall be prepared outside the food room.',
    condition3: 'Ventilation shall be kept in good order at all times.',
    endorsement: 'Sale of Chinese cold dishes permitted.',
    signingOfficer: 'Chan Tai Man, Superintendent',
  };
}

export interface DraftCredential {
  header: Header;
  shownSeed: Uint8Array;
  restSeed: Uint8Array;
  shown: CborValue[];
  rest: CborValue[];
}

/** The same licence as our service holds it just before sealing. */
export function draftCredential(number: number): DraftCredential {
  const values = Object.values(licenceClaims(number));
  return {
    header: {
      issuer: 1,
      credentialType: 9,
      id: randomBytes(6),
      issued: 20_779,
      validFrom: 20_779,
      validUntil: 21_143,
      partlyUntil: null,
      holderKey: null,
    },
    shownSeed: randomBytes(16),
    restSeed: randomBytes(16),
    shown: values.slice(0, 8),
    rest: values.slice(8),
  };
}
