import { toDate } from '../../proof/day.ts';
import type { JsonObject } from '../../proof/json.ts';
import { encodeProof } from '../../proof/proof.ts';
import { toQrText } from '../../proof/qr-text.ts';
import { toVerifiableCredential } from '../../proof/verifiable-credential.ts';
import type { Chinese, DocumentContent, DocumentRow } from '../render/document.ts';
import { type Images, toDocumentDates, toDocumentRows, toMovedEnd } from '../render/document-rows.ts';
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
export function verifiableCredentialOf({
  fullProof,
  type,
  registry,
}: Pick<DocumentSource, 'fullProof' | 'type' | 'registry'>): JsonObject {
  const definition = new Uint8Array(Buffer.from(type.sha256, 'hex'));
  return toVerifiableCredential({ proof: fullProof, type: type.definition, definition, registry });
}

export function toDocumentContent(source: DocumentSource, imprint: Imprint, chinese: Chinese): DocumentContent {
  const { view, type } = source;
  const said = whatIsSaid(source, imprint, chinese);
  return {
    ...said,
    reference: view.reference,
    dates: toDocumentDates(type.definition, view),
    rows: [...toMovedEnd(view), ...said.rows],
    qrText: qrTextOf(source, imprint),
    json: JSON.stringify(verifiableCredentialOf(source)),
    issuedAt: view.createdAt,
    isDraft: false,
  };
}

/** Bits of a decimal digit. */
const DIGIT_BITS = Math.log2(10);

/** In the place of the code's digits stand as many that mean nothing, so that no code could be drawn that verifies. */
export function toPreviewContent(
  source: PreviewSource,
  imprint: Imprint,
  { at, chinese }: { at: string; chinese: Chinese },
): DocumentContent {
  const { type, header, proofBytes } = source;
  const days = { issued: header.issued, validFrom: header.validFrom, validUntil: header.validUntil };
  const dates = Object.fromEntries(
    Object.entries(days).map(([name, day]) => [name, day === null ? null : toDate(day)]),
  );
  return {
    ...whatIsSaid(source, imprint, chinese),
    reference: '----  ----  ----',
    dates: toDocumentDates(type.definition, dates as Record<keyof typeof days, string | null>),
    qrText: `${imprint.verifierUrl}#${'9'.repeat(Math.ceil((proofBytes * 8) / DIGIT_BITS))}`,
    json: '',
    issuedAt: at,
    isDraft: true,
  };
}

type Said = Pick<DocumentSource, 'type' | 'department' | 'claims' | 'images'>;

/** What a document and its preview have in common. */
function whatIsSaid(said: Said, { verifierUrl, isTest }: Imprint, chinese: Chinese) {
  const { type, department, claims } = said;
  const rows = toDocumentRows(type.definition, claims, imagesOf(said));
  return {
    chinese,
    title: type.definition.title,
    department: department.profile.name,
    look: department.look,
    rows: inOrder(rows, type.order),
    verifierUrl,
    isTest,
  };
}

/** What the department prints first, then the rest as the type has it. */
function inOrder(rows: readonly DocumentRow[], order: readonly string[]): DocumentRow[] {
  const first = order.flatMap((name) => rows.filter(({ field }) => field === name));
  return [...first, ...rows.filter((row) => !first.includes(row))];
}

function imagesOf({ claims, images }: Pick<DocumentSource, 'claims' | 'images'>): Images {
  return new Map([...images].map(([claim, { bytes }]) => [(claims[claim] as { sha256: string }).sha256, bytes]));
}
