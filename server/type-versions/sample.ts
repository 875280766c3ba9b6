import type { CatalogueType } from '../../catalogue/catalogue.ts';
import { portrait } from '../../catalogue/picture.ts';
import { sampleClaims } from '../../catalogue/samples.ts';
import { itemEnds, lastDayOf, proposedValidUntil, type ValidityDates } from '../../catalogue/validity.ts';
import { readClaims } from '../../proof/claims.ts';
import { type ClaimDefinition, claimsOf } from '../../proof/credential-type.ts';
import type { Json, JsonObject } from '../../proof/json.ts';
import { extractImages } from '../issuance/image.ts';

const MONTHS_OF_A_PARENT = 24;

/**
 * Invented claims and dates of a version, as the API takes them: those of the type's own samples where a claim is still of their kind, and else what its
 * kind looks like. `today` is `YYYY-MM-DD`.
 */
export function sampleOf(type: CatalogueType, today: string): { claims: JsonObject; validity: ValidityDates } {
  const { definition } = type;
  const known = sampleClaims(type.code, today).claims;
  const claims: JsonObject = Object.fromEntries(
    [...claimsOf(definition, 'shown'), ...claimsOf(definition, 'rest')].map((claim) => {
      const own = Object.hasOwn(known, claim.name) ? known[claim.name] : undefined;
      return [claim.name, own !== undefined && own !== null && fits(type, claim, own) ? own : inventedOf(claim, today)];
    }),
  );
  return { claims, validity: datesOf(type, today, claims) };
}

/** Whether the claim takes it. */
function fits({ definition }: CatalogueType, { name }: ClaimDefinition, value: Json): boolean {
  const { claims, problems } = extractImages(definition, { [name]: value });
  const wrong = readClaims(definition, claims).problems;
  return problems.length === 0 && !wrong.some(({ pointer }) => pointer.startsWith(`/${name}`) && value !== null);
}

function datesOf({ definition: { validity: rule } }: CatalogueType, today: string, claims: JsonObject): ValidityDates {
  const dates = { issued: today, validFrom: today };
  if (rule.kind === 'perItem') return { ...dates, validUntil: itemEnds(claims, rule.claim)?.validUntil ?? null };
  if (rule.kind === 'followsParent') return { ...dates, validUntil: lastDayOf(today, MONTHS_OF_A_PARENT) };
  return { ...dates, validUntil: proposedValidUntil(rule, today) ?? null };
}

/** What its kind looks like; as long as the claim allows. */
function inventedOf({ type, label, options, maxLength = 1_000 }: ClaimDefinition, today: string): Json {
  const cut = (text: string) => text.slice(0, maxLength).trim();
  const both = { en: cut(label.en), 'zh-Hant': cut(label['zh-Hant']) };
  const unit = cut('m²');
  switch (type) {
    case 'identifier':
      return cut('AB 123456');
    case 'text':
      return cut(label.en);
    case 'bilingualText':
    case 'bilingualAddress':
      return both;
    case 'date':
      return today;
    case 'integer':
      return 12;
    case 'boolean':
      return true;
    case 'enum':
      return options?.[0]?.code ?? null;
    case 'list':
      return [cut(label.en)];
    case 'bilingualList':
    case 'addressList':
      return [both];
    case 'quantity':
      return { amount: '120.5', unit };
    case 'money':
      return { amount: '1000.00', currency: cut('HKD') };
    case 'quantityList':
      return [{ item: cut(label.en), amount: '3', unit }];
    case 'classList':
      return [{ class: cut('1'), validFrom: today, validUntil: lastDayOf(today, 12) }];
    case 'endorsementList':
      return [{ text: both, date: today }];
    case 'table':
      return [
        [cut('A'), cut('B')],
        [cut('1'), cut('2')],
      ];
    case 'gradeList':
      return [{ subject: both, grade: cut('A') }];
    case 'image':
      return portrait(40);
  }
}
