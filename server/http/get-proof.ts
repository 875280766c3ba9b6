import { z } from 'zod';
import { verifiableCredentialOf } from '../issuance/document-content.ts';
import type { DocumentSource } from '../issuance/use-cases.ts';
import type { GetSource } from './get-pdf.ts';
import { type Answer, type Route, readRoute } from './route.ts';

export function getProofRoute(getSource: GetSource): Route {
  return readRoute({
    path: '/v1/credentials/:id/proof',
    name: 'getProof',
    reads: { act: 'credential.read', what: 'proof' },
    summary: 'The credential in full as a W3C Verifiable Credential, for its holder',
    query: z.strictObject({}),
    answer: { status: 200, description: 'A VC Data Model 2.0 credential', mediaType: 'application/vc' },
    problems: ['CREDENTIAL_NOT_FOUND', 'CREDENTIAL_FAILED', 'CREDENTIAL_ERASED', 'NOT_FINAL'],
    async handle({ caller: { actor }, id }) {
      return toProofAnswer(await getSource({ actor, id }));
    },
  });
}

export function toProofAnswer(source: DocumentSource): Answer {
  return { status: 200, mediaType: 'application/vc', body: verifiableCredentialOf(source) };
}
