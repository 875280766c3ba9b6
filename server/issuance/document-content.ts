import { toDate } from '../../proof/day.ts';
import type { JsonObject } from '../../proof/json.ts';
import { encodeProof } from '../../proof/proof.ts';
import { toQrText } from '../../proof/qr-text.ts';
import { toVerifiableCredential } from '../../proof/verifiable-credential.ts';
import type { Chinese, DocumentContent } from '../render/document.ts';
import { type Images, toDocumentDates, toDocumentRows } from '../render/document-rows.ts';
import type { PreviewSource } from './preview.ts';
import type { DocumentSource } from './use-cases.ts';

/** What every document of a credential says beside the credential. */
export interface Imprint {
  /** The address that QR codes lead to; ends in "/". */
  verifierUrl: string;
  isTest: boolean;
}

/** The text of the credential's QR code: what the type lets everybody see. */
export function qrTextOf({ qrProof }: DocumentSource, { verifierUrl }: Imprint): string {
  return toQrText(verifierUrl, encodeProof(qrProof));
}

/** The credential in full as a W3C Verifiable Credential: for its holder. */
export function verifiableCredentialOf({ fullProof, type, registry }: DocumentSource): JsonObject {
  const definition = new Uint8Array(Buffer.from(type.sha256, 'hex'));
  return toVerifiableCredential({ proof: fullProof, type: type.definition, definition, registry });
}

export function toDocumentContent(source: DocumentSource, imprint: Imprint, chinese: Chinese): DocumentContent {
  const { view, type, department, claims } = source;
  return {
    chinese,
    title: type.definition.title,
    department: department.profile.name,
    reference: view.reference,
    dates: toDocumentDates(type.definition, view),
    rows: toDocumentRows(type.definition, claims, imagesOf(source)),
    qrText: qrTextOf(source, imprint),
    verifierUrl: imprint.verifierUrl,
    json: JSON.stringify(verifiableCredentialOf(source)),
    issuedAt: view.createdAt,
    isTest: imprint.isTest,
    isDraft: false,
  };
}

/** Bits of a decimal digit. */
const DIGIT_BITS = Math.log2(10);

/** In the place of the code's digits stand as many that mean nothing, so that no code could be drawn that verifies. */
export function toPreviewContent(
  source: PreviewSource,
  { verifierUrl, isTest }: Imprint,
  { at, chinese }: { at: string; chinese: Chinese },
): DocumentContent {
  const { type, department, header, claims, proofBytes } = source;
  const days = { issued: header.issued, validFrom: header.validFrom, validUntil: header.validUntil };
  const dates = Object.fromEntries(
    Object.entries(days).map(([name, day]) => [name, day === null ? null : toDate(day)]),
  );
  return {
    chinese,
    title: type.definition.title,
    department: department.profile.name,
    reference: '----  ----  ----',
    dates: toDocumentDates(type.definition, dates as Record<keyof typeof days, string | null>),
    rows: toDocumentRows(type.definition, claims, imagesOf(source)),
    qrText: `${verifierUrl}#${'9'.repeat(Math.ceil((proofBytes * 8) / DIGIT_BITS))}`,
    verifierUrl,
    json: '',
    issuedAt: at,
    isTest,
    isDraft: true,
  };
}

function imagesOf({ claims, images }: Pick<DocumentSource, 'claims' | 'images'>): Images {
  return new Map([...images].map(([claim, { bytes }]) => [(claims[claim] as { sha256: string }).sha256, bytes]));
}
