/** Why a status was changed: the registry's numbers, in the words that the public reads. */
export const REASONS = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
export type Reason = (typeof REASONS)[number];

/** What stands between and beside the values of claims. `{name}` stands for a value. */
export interface ClaimWords {
  none: string;
  yes: string;
  no: string;
  picture: string;
  item: string;
  quantity: string;
  class: string;
  validFrom: string;
  validUntil: string;
  endorsement: string;
  date: string;
  subject: string;
  grade: string;
  hongKongDollars: string;
}

/** What every page that shows documents says alike. */
export interface SharedWords {
  claim: ClaimWords;
  reason: Record<Reason, string>;
}
