import { z } from 'zod';
import type { CatalogueDepartment } from '../../catalogue/catalogue.ts';
import { AppError } from '../app-error.ts';
import type { HolderPerson } from '../auth/session.ts';
import type { Imprint } from '../issuance/document-content.ts';
import type {
  CredentialDetail,
  CredentialPage,
  CredentialView,
  DocumentSource,
  HolderListRequest,
} from '../issuance/use-cases.ts';
import { holderCredential, holderCredentialDetail, withLinks } from './credential-schema.ts';
import { pdfQuery, toPdfAnswer } from './get-pdf.ts';
import { toProofAnswer } from './get-proof.ts';
import { QR_FORMATS, type QrFormat, toQrAnswer } from './get-qr.ts';
import { pageOf, pageQuery, toPage } from './page.ts';
import { holderReadRoute, type Route } from './route.ts';
import type { ProblemCode } from './statuses.ts';

interface Own {
  holder: HolderPerson;
  id: string;
}

export type GetOwnSource = (own: Own) => Promise<DocumentSource>;
type FindDepartment = (code: string) => CatalogueDepartment | undefined;

const BASE = '/v1/holder/credentials';
const listQuery = z.strictObject({
  ...pageQuery({ usual: 20, most: 200, cursorLength: 400 }),
});
const page = pageOf(holderCredential, 'HolderCredentialPage');

export function listHolderCredentialsRoute(
  list: (request: HolderListRequest) => Promise<CredentialPage>,
  findDepartment: FindDepartment,
): Route {
  return holderReadRoute({
    path: BASE,
    name: 'listHolderCredentials',
    summary: 'What was issued to the holder who is signed in, by every department, newest first',
    query: listQuery,
    answer: { status: 200, description: 'A page', schema: page },
    problems: ['CURSOR_INVALID', 'FORBIDDEN'],
    async handle({ holder, query: { limit, starting_after: cursor } }) {
      const { items, next } = await list({ holder, limit, cursor });
      const body = toPage(
        items.map((view) => toJson(view, findDepartment)),
        next,
      );
      return { status: 200, body };
    },
  });
}

export function getHolderCredentialRoute(
  get: (own: Own) => Promise<CredentialDetail | null>,
  findDepartment: FindDepartment,
): Route {
  return holderReadRoute({
    path: `${BASE}/:id`,
    name: 'getHolderCredential',
    summary: "One of the holder's own, with its claims",
    query: z.strictObject({}),
    answer: { status: 200, description: 'The credential', schema: holderCredentialDetail },
    problems: ['CREDENTIAL_NOT_FOUND', 'FORBIDDEN'],
    async handle({ holder, id }) {
      const detail = await get({ holder, id });
      if (!detail) throw new AppError('CREDENTIAL_NOT_FOUND', 'there is no such credential');
      const { holder: _, mail: __, ...told } = detail;
      return { status: 200, body: toJson(told, findDepartment) };
    },
  });
}

export function getHolderPdfRoute(getSource: GetOwnSource, imprint: Imprint): Route {
  const answer = { status: 200, description: 'PDF/A-3b', mediaType: 'application/pdf' };
  return holderReadRoute({
    path: `${BASE}/:id/pdf`,
    name: 'getHolderPdf',
    summary: "The holder's document",
    query: pdfQuery,
    answer,
    problems: OF_DOCUMENTS,
    handle: async ({ holder, id, query: { lang } }) => toPdfAnswer(await getSource({ holder, id }), imprint, lang),
  });
}

export function getHolderQrRoute(format: QrFormat, getSource: GetOwnSource, imprint: Imprint): Route {
  const { mediaType, description } = QR_FORMATS[format];
  const name = `getHolderQr${format.charAt(0).toUpperCase()}${format.slice(1)}`;
  const summary = `The QR code of the holder's credential as ${format.toUpperCase()}`;
  return documentRoute(
    { part: `qr.${format}`, name, summary, answer: { status: 200, description, mediaType } },
    (own) => getSource(own).then((source) => toQrAnswer(format, source, imprint)),
  );
}

export function getHolderProofRoute(getSource: GetOwnSource): Route {
  const answer = { status: 200, description: 'A VC Data Model 2.0 credential', mediaType: 'application/vc' };
  const summary = "The holder's credential in full as a W3C Verifiable Credential";
  return documentRoute({ part: 'proof', name: 'getHolderProof', summary, answer }, (own) =>
    getSource(own).then(toProofAnswer),
  );
}

const OF_DOCUMENTS = ['CREDENTIAL_NOT_FOUND', 'NOT_FINAL', 'FORBIDDEN'] as const satisfies ProblemCode[];

type Document = Pick<Route, 'name' | 'summary' | 'answer'> & { part: string };

function documentRoute({ part, ...text }: Document, toAnswer: (own: Own) => Promise<ReturnType<typeof toProofAnswer>>) {
  return holderReadRoute({
    ...text,
    path: `${BASE}/:id/${part}`,
    query: z.strictObject({}),
    problems: OF_DOCUMENTS,
    handle: ({ holder, id }) => toAnswer({ holder, id }),
  });
}

/** A type's code begins with its department's. */
function toJson<View extends CredentialView>(view: View, findDepartment: FindDepartment) {
  const code = view.type.split('-')[0] as string;
  const found = findDepartment(code);
  if (!found) throw new Error(`the catalogue has no department "${code}"`);
  return { ...withLinks(view, BASE), department: { code, name: found.profile.name } };
}
