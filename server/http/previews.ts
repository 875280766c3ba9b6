import type { Actor } from '../auth/policy.ts';
import { type Imprint, toPreviewContent } from '../issuance/document-content.ts';
import type { OneDraft } from '../issuance/drafts.ts';
import type { PreviewSource } from '../issuance/preview.ts';
import type { NewCredential } from '../issuance/use-cases.ts';
import type { Chinese } from '../render/document.ts';
import { renderPdf } from '../render/pdf.ts';
import { newCredential } from './credential-schema.ts';
import { pdfQuery } from './get-pdf.ts';
import { type Answer, type Route, readRoute } from './route.ts';
import type { ProblemCode } from './statuses.ts';

/** Of every preview. */
export const PREVIEW_ANSWER = {
  status: 200,
  description: 'PDF of what the document will look like: marked as a draft on every page, without a code',
  mediaType: 'application/pdf',
};
const NOT_RIGHT = [
  ...(['VALIDATION_FAILED', 'TYPE_UNKNOWN', 'TYPE_NOT_YOURS', 'TYPE_NOT_OPEN', 'ISSUER_NOT_READY'] as const),
  ...(['ISSUER_HELD', 'QR_TOO_LARGE', 'CREDENTIAL_TOO_LARGE', 'FORBIDDEN'] as const),
] satisfies ProblemCode[];

export interface Preview {
  imprint: Imprint;
  /** Milliseconds since 1970 UTC. */
  now(): number;
}

export function previewDraftRoute(find: (one: OneDraft) => Promise<PreviewSource>, preview: Preview): Route {
  return readRoute({
    path: '/v1/drafts/:id/preview.pdf',
    name: 'previewDraft',
    reads: { act: 'draft.read', what: 'pdf' },
    summary: 'What the document will look like; a submitted draft as it will be signed',
    query: pdfQuery,
    answer: PREVIEW_ANSWER,
    problems: ['DRAFT_NOT_FOUND', 'DRAFT_STATE', ...NOT_RIGHT],
    handle: async ({ caller: { actor }, id, query: { lang } }) => toPreview(await find({ actor, id }), preview, lang),
  });
}

type Compose = (asked: { actor: Actor; request: NewCredential }) => Promise<PreviewSource>;

export function previewCredentialRoute(compose: Compose, preview: Preview): Route {
  return readRoute({
    path: '/v1/credentials/preview',
    name: 'previewCredential',
    summary: 'What the document of a new credential would look like; nothing of it is kept',
    query: pdfQuery,
    body: newCredential,
    answer: PREVIEW_ANSWER,
    problems: ['CSRF_REFUSED', ...NOT_RIGHT],
    handle: async ({ caller: { actor }, body, query: { lang } }) =>
      toPreview(await compose({ actor, request: body }), preview, lang),
  });
}

/** The PDF of it. */
export async function toPreview(source: PreviewSource, { imprint, now }: Preview, chinese: Chinese): Promise<Answer> {
  const at = new Date(now()).toISOString();
  const bytes = await renderPdf(toPreviewContent(source, imprint, { at, chinese }));
  const headers = { 'Content-Disposition': 'inline; filename="draft.pdf"' };
  return { status: 200, mediaType: 'application/pdf', bytes, headers };
}
