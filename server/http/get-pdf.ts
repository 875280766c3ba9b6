import { z } from 'zod';
import type { Actor } from '../auth/policy.ts';
import { type Imprint, toDocumentContent } from '../issuance/document-content.ts';
import type { DocumentSource } from '../issuance/use-cases.ts';
import { CHINESE, type Chinese } from '../render/document.ts';
import { renderPdf } from '../render/pdf.ts';
import { type Answer, type Route, readRoute } from './route.ts';

/** English stands beside either. What is not said in a language is shown as it was issued: nothing is converted. */
export const pdfQuery = z.strictObject({
  lang: z
    .enum(CHINESE)
    .default('zh-Hant')
    .meta({ description: 'The Chinese beside the English; claims stay as they were issued' }),
});

export type GetSource = (input: { actor: Actor; id: string }) => Promise<DocumentSource>;

export function getPdfRoute(getSource: GetSource, imprint: Imprint): Route {
  return readRoute({
    path: '/v1/credentials/:id/pdf',
    name: 'getPdf',
    reads: { act: 'credential.read', what: 'pdf' },
    summary: 'The document to send to its holder',
    query: pdfQuery,
    answer: {
      status: 200,
      description: 'PDF/A-3b with the QR code and the attached proof',
      mediaType: 'application/pdf',
    },
    problems: ['CREDENTIAL_NOT_FOUND', 'CREDENTIAL_FAILED', 'CREDENTIAL_ERASED', 'NOT_FINAL'],
    async handle({ caller: { actor }, id, query: { lang } }) {
      return toPdfAnswer(await getSource({ actor, id }), imprint, lang);
    },
  });
}

export async function toPdfAnswer(source: DocumentSource, imprint: Imprint, chinese: Chinese): Promise<Answer> {
  const bytes = await renderPdf(toDocumentContent(source, imprint, chinese));
  const headers = { 'Content-Disposition': `inline; filename="${source.view.reference}.pdf"` };
  return { status: 200, mediaType: 'application/pdf', bytes, headers };
}
