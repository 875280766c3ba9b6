import { z } from 'zod';
import { CREDENTIAL_STATUSES, type CredentialView, REASONS, type Reason } from '../issuance/use-cases.ts';
import { MAIL_CODES } from '../mail/outbox.ts';
import type { StatusAct, StatusChangeState } from '../store/schema.ts';
import { companyNumber, day, instant, jsonObject, label, line } from './fields.ts';

/** What is before "issued" is seen in drafts. */
export const CREDENTIAL_STATES = ['issued', 'sealed', 'anchored', 'final', 'failed'] as const;
const STATUS_ACTS = ['revoke', 'suspend', 'reinstate', 'amend', 'extend'] as const satisfies readonly StatusAct[];
export const CHANGE_STATES = [
  'recorded',
  'sent',
  'anchored',
  'final',
  'failed',
] as const satisfies readonly StatusChangeState[];
const REASON_NAMES = Object.keys(REASONS) as [Reason, ...Reason[]];

/** The reasons that the registry knows, by name. */
export const reason = z.enum(REASON_NAMES).meta({
  id: 'Reason',
  description: 'Public: a verifier shows it. The registry keeps its number.',
});

export const holderSchema = z
  .strictObject({
    email: z.email('must be an e-mail address').max(254).optional(),
    subject: line(200).optional().meta({ description: "The holder's subject at the sign-in service" }),
    company: companyNumber
      .optional()
      .meta({ description: 'Of a company, for which its delegates act, instead of "subject"' }),
    language: z.enum(['en', 'zh-Hant', 'zh-Hans']).optional(),
  })
  .refine(({ subject, company }) => subject === undefined || company === undefined, {
    path: ['company'],
    message: 'must not stand beside "subject": a document is of a person or of a company',
  })
  .meta({ id: 'HolderContact', description: 'Known to the service alone: never part of what is signed or shown' });

export const newCredential = z
  .strictObject({
    type: line(60).meta({ description: 'The code of a credential type', examples: ['FEHD-GRL'] }),
    claims: jsonObject(
      'By name, as the credential type says: GET /v1/types/{code}. An image is { mediaType, data: base64 }.',
    ),
    validity: z.strictObject({
      validFrom: day('The first valid day in Hong Kong'),
      validUntil: day('The last valid day; null or left out where the type has no end').nullable().optional(),
      issued: day('Today in Hong Kong where it is left out').optional(),
    }),
    holder: holderSchema.optional(),
    parent: line(40).optional().meta({
      description: 'The id of the credential that it belongs to, where "lifecycle.parent" of the type has such a rule',
    }),
    holderKey: z
      .string()
      .max(60)
      .optional()
      .meta({
        description:
          "The holder's P-256 public key, compressed, in base64url without padding (33 bytes, 44 characters): the credential is bound to it, and its holder can present it. To bind one later, replace it.",
        examples: ['AmsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKW'],
      }),
  })
  .meta({ id: 'NewCredential' });

/** Of what takes another's place. */
export const successorKey = newCredential.shape.holderKey.nullable().meta({
  description:
    'As of NewCredential. Left out: what it replaces is bound to a key, and it stays bound to that; null: it is bound to none',
});

export const statusRequest = z
  .strictObject({ reason, note: line(500).optional().meta({ description: 'Kept for the department; not public' }) })
  .meta({ id: 'StatusRequest' });

const children = z
  .literal(true)
  .optional()
  .meta({ description: 'Also what belongs to it: the answer is then an operation, which one confirmation makes' });

export const endingRequest = z.strictObject({ ...statusRequest.shape, children }).meta({ id: 'EndingRequest' });

export const suspensionRequest = z
  .strictObject({
    ...endingRequest.shape,
    until: day('The last suspended day in Hong Kong; until it is reinstated where it is left out').optional(),
  })
  .meta({ id: 'SuspensionRequest' });

const summaryFields = {
  id: z.string(),
  reference: z.string().meta({ description: 'As people type it', examples: ['355N-874V-VFP9'] }),
  type: z.string(),
  typeTitle: label,
  version: z.int(),
  definition: z.string().meta({ description: "The SHA-256 of its type's definition: /types/{definition}.json has it" }),
  state: z.enum(CREDENTIAL_STATES).meta({ description: 'Documents are delivered when it is "final"' }),
  pending: z
    .boolean()
    .meta({ description: 'Whether it is still on its way to the chain, or a change of its status is' }),
  failure: z.string().nullable(),
  disbelieved: z.boolean().meta({ description: 'Verifiers say that it is not genuine: issue it again' }),
  status: z.enum(CREDENTIAL_STATUSES).meta({
    description:
      'What the chain says of today: a suspension whose last day has passed is over. The dates of the validity are not part of it',
  }),
  suspension: z
    .strictObject({ since: instant, until: z.iso.date().nullable() })
    .nullable()
    .meta({ description: 'Since when and to which last day in Hong Kong it is suspended' }),
  extension: z
    .strictObject({ validUntil: z.iso.date().nullable(), pendingRenewal: z.boolean() })
    .nullable()
    .meta({ description: 'The last valid day as it was moved to; null where "validUntil" counts' }),
  notice: z
    .strictObject({ validUntil: z.iso.date(), law: z.string().nullable() })
    .nullable()
    .meta({ description: 'Where a legal notice of its type moves its last valid day to' }),
  endsOn: z.iso.date().nullable().meta({
    description:
      'The last valid day as verifiers count it: "validUntil", or where an extension or a notice moved it; null where there is none',
  }),
  pendingChange: z
    .strictObject({
      id: z.string(),
      act: z.enum(STATUS_ACTS),
      until: z.iso.date().nullable(),
      state: z.enum(CHANGE_STATES),
    })
    .nullable(),
  issued: z.iso.date(),
  validFrom: z.iso.date(),
  validUntil: z.iso.date().nullable(),
  partlyUntil: z.iso.date().nullable(),
  bound: z.boolean().meta({ description: 'Whether it is bound to a key of its holder' }),
  batch: z
    .strictObject({
      id: z.string(),
      root: z.string().meta({ description: 'Of its Merkle tree: the event "BatchAnchored" of the transaction has it' }),
      number: z.int().nullable(),
      index: z.int(),
      size: z.int(),
      block: z.int().nullable(),
      transaction: z.string().nullable(),
    })
    .nullable(),
  replaces: z.string().nullable(),
  supersededBy: z.string().nullable(),
  parent: z.string().nullable().meta({ description: 'The credential that it belongs to' }),
  children: z.int().min(0).meta({ description: 'How many belong to it: GET /v1/credentials?parent=' }),
  createdAt: instant,
  finalAt: instant.nullable(),
  erasedAt: instant.nullable().meta({ description: 'When its claims and keys were destroyed' }),
  links: z.strictObject({
    self: z.string(),
    pdf: z.string(),
    qrPng: z.string(),
    qrSvg: z.string(),
    qrText: z.string(),
    proof: z.string(),
  }),
};

/** To a holder it is told which department issued it; who holds it, the holder knows. */
const holderFields = { ...summaryFields, department: z.strictObject({ code: z.string(), name: label }) };
export const holderCredential = z.strictObject(holderFields).meta({ id: 'HolderCredential' });
export const holderCredentialDetail = z
  .strictObject({ ...holderFields, claims: jsonObject('By name') })
  .meta({ id: 'HolderCredentialDetail' });

export const mailView = z.strictObject({
  id: z.string().meta({ examples: ['mail_7'] }),
  kind: z.enum(['document', 'reminder']).meta({ description: '"reminder": that it ends soon, as its type has it' }),
  state: z.enum(['waiting', 'sent', 'failed']).meta({
    description: '"sent": the mail server has taken it; whether it was delivered or read, nobody tells',
  }),
  attempts: z.int(),
  code: z.enum(MAIL_CODES).nullable().meta({ description: 'Why the last attempt was no success' }),
  reply: z.int().nullable().meta({ description: "The mail server's number for a refusal, such as 550" }),
  createdAt: instant,
  nextAt: instant.nullable().meta({ description: 'When it is tried next' }),
  sentAt: instant.nullable(),
});

export const credential = z.strictObject(summaryFields).meta({ id: 'Credential' });
export const credentialDetail = z
  .strictObject({
    ...summaryFields,
    claims: jsonObject('By name; null when they were erased').nullable(),
    holder: holderSchema.nullable(),
    mail: mailView
      .nullable()
      .meta({ description: 'The newest e-mail to its holder with it, or of its end; null where there was none' }),
  })
  .meta({ id: 'CredentialDetail' });

export const statusChange = z
  .strictObject({
    id: z.string(),
    credential: z.string(),
    act: z.enum(STATUS_ACTS),
    reason,
    until: z.iso.date().nullable().meta({ description: 'The last suspended day' }),
    validUntil: z.iso.date().nullable().meta({ description: 'Of an extension: the last valid day' }),
    pendingRenewal: z.boolean().meta({ description: 'Of an extension: in force until further notice' }),
    state: z.enum(CHANGE_STATES).meta({ description: 'Verifiers see the change from "anchored" on' }),
    createdAt: instant,
    finalAt: instant.nullable(),
  })
  .meta({ id: 'StatusChange' });

/** A credential as the API shows it: what the use case says, and where its parts are. */
export function toCredentialJson<View extends CredentialView>(
  view: View,
): View & { pending: boolean; links: Record<string, string> } {
  return withLinks(view, '/v1/credentials');
}

/** `base` is where the caller finds credentials: a department's or a holder's. */
export function withLinks<View extends CredentialView>(
  view: View,
  base: '/v1/credentials' | '/v1/holder/credentials',
): View & { pending: boolean; links: Record<string, string> } {
  const self = `${base}/${view.id}`;
  const links = {
    self,
    pdf: `${self}/pdf`,
    qrPng: `${self}/qr.png`,
    qrSvg: `${self}/qr.svg`,
    qrText: `${self}/qr.txt`,
    proof: `${self}/proof`,
  };
  const isOnItsWay = view.state !== 'final' && view.state !== 'failed';
  return { ...view, pending: isOnItsWay || view.pendingChange !== null, links };
}

/** Where an answer of the two routes that issue can be followed. */
export function selfOf(body: object): string {
  return (body as { links: { self: string } }).links.self;
}
