import { type CredentialType, decodeCredentialType } from '../proof/credential-type.ts';

/**
 * A kind of document, by the SHA-256 of its definition: an immutable file of the service's own origin.
 * @throws Error where it cannot be had
 */
export async function loadType(definition: string, signal: AbortSignal): Promise<CredentialType> {
  return decodeCredentialType(await loadTypeFile(definition, signal));
}

export async function loadTypeFile(definition: string, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(`/types/${definition}.json`, { credentials: 'omit', signal });
  if (!response.ok) throw new Error(`/types/${definition}.json was answered with ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
