import type { ClaimDefinition, CredentialType } from '../../proof/credential-type.ts';
import type { Json, JsonObject } from '../../proof/json.ts';

const DATE = 'YYYY-MM-DD';
const BILINGUAL = { en: '', 'zh-Hant': '' };

/** A body for POST /v1/credentials to fill in: every claim of the type with the shape of its value. */
export function toTemplate(type: CredentialType): JsonObject {
  const claims = Object.fromEntries(type.claims.map((claim) => [claim.name, toPlaceholder(claim)]));
  const hasEnd = type.validity.kind !== 'openEnded' && type.validity.kind !== 'pointInTime';
  const validity = { issued: DATE, validFrom: DATE, validUntil: hasEnd ? DATE : null };
  return { type: type.code, claims, validity, holder: { email: '', language: 'zh-Hant' } };
}

function toPlaceholder({ type, options }: ClaimDefinition): Json {
  switch (type) {
    case 'identifier':
    case 'text':
      return '';
    case 'bilingualText':
    case 'bilingualAddress':
      return BILINGUAL;
    case 'date':
      return DATE;
    case 'integer':
      return 0;
    case 'boolean':
      return false;
    case 'enum':
      return (options ?? []).map(({ code }) => code).join(' | ');
    case 'list':
      return [''];
    case 'bilingualList':
    case 'addressList':
      return [BILINGUAL];
    case 'quantity':
      return { amount: '0.0', unit: '' };
    case 'money':
      return { amount: '0.00', currency: 'HKD' };
    case 'quantityList':
      return [{ item: '', amount: '0.0', unit: '' }];
    case 'classList':
      return [{ class: '', validFrom: DATE, validUntil: DATE }];
    case 'endorsementList':
      return [{ text: BILINGUAL, date: DATE }];
    case 'table':
      return [['']];
    case 'gradeList':
      return [{ subject: BILINGUAL, grade: '' }];
    case 'image':
      return { mediaType: 'image/png | image/jpeg', data: 'base64' };
  }
}
