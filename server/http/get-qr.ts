import { z } from 'zod';
import { type Imprint, qrTextOf } from '../issuance/document-content.ts';
import type { DocumentSource } from '../issuance/use-cases.ts';
import { renderQr } from '../render/qr.ts';
import type { GetSource } from './get-pdf.ts';
import { type Answer, type Route, readRoute } from './route.ts';

export const QR_FORMATS = {
  png: { mediaType: 'image/png', description: 'The QR code in pixels, 8 to a module' },
  svg: {
    mediaType: 'image/svg+xml',
    description: 'The QR code to print at any size; a module of at least 0.4 mm scans best',
  },
  txt: { mediaType: 'text/plain; charset=utf-8', description: 'The text that the QR code holds' },
} as const;

export type QrFormat = keyof typeof QR_FORMATS;

const MODULE_PX = 8;

export function getQrRoute(format: QrFormat, getSource: GetSource, imprint: Imprint): Route {
  const { mediaType, description } = QR_FORMATS[format];
  return readRoute({
    path: `/v1/credentials/:id/qr.${format}`,
    name: `getQr${format.charAt(0).toUpperCase()}${format.slice(1)}`,
    reads: { act: 'credential.read', what: 'qr' },
    summary: `The credential's QR code as ${format.toUpperCase()}`,
    query: z.strictObject({}),
    answer: { status: 200, description, mediaType },
    problems: ['CREDENTIAL_NOT_FOUND', 'CREDENTIAL_FAILED', 'CREDENTIAL_ERASED', 'NOT_FINAL'],
    async handle({ caller: { actor }, id }) {
      return toQrAnswer(format, await getSource({ actor, id }), imprint);
    },
  });
}

export async function toQrAnswer(format: QrFormat, source: DocumentSource, imprint: Imprint): Promise<Answer> {
  const { mediaType } = QR_FORMATS[format];
  const qrText = qrTextOf(source, imprint);
  if (format === 'txt') return { status: 200, mediaType, bytes: new TextEncoder().encode(qrText) };
  const { bytes } = await renderQr({ qrText, format, modulePx: MODULE_PX });
  return { status: 200, mediaType, bytes };
}
