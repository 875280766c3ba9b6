import { z } from 'zod';
import type { Actor } from '../auth/policy.ts';
import { type Imprint, toDocumentContent } from '../issuance/document-content.ts';
import type { DocumentSource } from '../issuance/use-cases.ts';
import { renderPdf } from '../render/pdf.ts';
import { type Answer, type Route, readRoute } from './route.ts';

export type GetSource = (input: { actor: Actor; id: string }) => Promise<DocumentSource>;

export function getPdfRoute(getSource: GetSource, imprint: Imprint): Route {
  return readRoute({
    path: '/v1/credentials/:id/pdf',
    name: 'getPdf',
    summary: 'The document to send to its holder',
    query: z.strictObject({}),
    answer: {
      status: 200,
      description: 'PDF/A-3b with the QR code and the attached proof',
      mediaType: 'application/pdf',
    },
    problems: ['CREDENTIAL_NOT_FOUND', 'CREDENTIAL_FAILED', 'CREDENTIAL_ERASED', 'NOT_FINAL'],
    async handle({ caller: { actor }, id }) {
      return toPdfAnswer(await getSource({ actor, id }), imprint);
    },
  });
}

export async function toPdfAnswer(source: DocumentSource, imprint: Imprint): Promise<Answer> {
  const bytes = await renderPdf(toDocumentContent(source, imprint));
  const headers = { 'Content-Disposition': `inline; filename="${source.view.reference}.pdf"` };
  return { status: 200, mediaType: 'application/pdf', bytes, headers };
}
