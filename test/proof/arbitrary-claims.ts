import fc from 'fast-check';
import type { ClaimType } from '../../proof/claim-value.ts';
import type { Json } from '../../proof/json.ts';

const line = fc
  .string({
    unit: fc.constantFrom('a', 'Z', '7', ' ', 'é', '陳', '大', '𠮷', '(', 'ŵ', '😀'),
    minLength: 1,
    maxLength: 20,
  })
  .map((text) => `x${text}x`);
const bilingual = fc.oneof(
  fc.record({ en: line }),
  fc.record({ 'zh-Hant': line }),
  fc.record({ en: line, 'zh-Hant': line }),
);
const date = fc
  .integer({ min: -25_567, max: 2_932_896 })
  .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
const amount = fc
  .tuple(fc.boolean(), fc.integer({ min: 1, max: 10 ** 15 - 1 }), fc.constantFrom('', '.5', '.000001', '.10'))
  .map(([negative, whole, rest]) => `${negative ? '-' : ''}${whole}${rest}`);
const listOf = (item: fc.Arbitrary<Json>) => fc.array(item, { minLength: 1, maxLength: 5 });
/** Values that a claim of each type can have. */
export const VALUES: Record<ClaimType, fc.Arbitrary<Json>> = {
  identifier: line,
  text: line,
  bilingualText: bilingual,
  bilingualAddress: bilingual,
  date,
  integer: fc.maxSafeInteger(),
  boolean: fc.boolean(),
  enum: fc.constantFrom('first', 'second', 'third'),
  list: listOf(line),
  bilingualList: listOf(bilingual),
  addressList: listOf(bilingual),
  quantity: fc.record({ amount, unit: line }),
  money: fc.record({ amount, currency: line }),
  quantityList: listOf(fc.record({ item: line, amount, unit: line })),
  classList: listOf(fc.record({ class: line, validFrom: date, validUntil: fc.option(date, { nil: null }) })),
  endorsementList: listOf(fc.record({ text: bilingual, date })),
  table: listOf(listOf(line)),
  gradeList: listOf(fc.record({ subject: bilingual, grade: line })),
  image: fc.record({
    mediaType: fc.constantFrom('image/png', 'image/jpeg'),
    sha256: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }),
  }),
};
