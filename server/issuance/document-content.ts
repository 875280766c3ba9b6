import type { JsonObject } from '../../proof/json.ts';
import { encodeProof } from '../../proof/proof.ts';
import { toQrText } from '../../proof/qr-text.ts';
import { toVerifiableCredential } from '../../proof/verifiable-credential.ts';
import type { DocumentContent } from '../render/document.ts';
import { type Images, toDocumentDates, toDocumentRows } from '../render/document-rows.ts';
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

export function toDocumentContent(source: DocumentSource, imprint: Imprint): DocumentContent {
  const { view, type, department, claims } = source;
  return {
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
  };
}

function imagesOf({ claims, images }: DocumentSource): Images {
  return new Map([...images].map(([claim, { bytes }]) => [(claims[claim] as { sha256: string }).sha256, bytes]));
}
