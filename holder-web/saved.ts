import { clear, createStore, del, get, set, values } from 'idb-keyval';
import type { HolderCredentialDetail } from '../client/api.ts';
import type { Client } from '../client/client.ts';
import { type CredentialType, decodeCredentialType } from '../proof/credential-type.ts';
import { loadTypeFile } from './type.ts';

/** What a holder keeps of a document on a device of theirs: enough to show it, and its code, without a network. */
export interface SavedDocument {
  credential: HolderCredentialDetail;
  /** The definition file of its kind. */
  typeFile: Uint8Array;
  /** An SVG. */
  code: Blob;
  pdf: Blob;
  /** When the service said so, in milliseconds. */
  savedAt: number;
}

const store = createStore('eproof-my-documents', 'documents');

/** Raised when something is forgotten: what was on its way by then is not kept after it. */
let forgettings = 0;

/** @throws ApiProblem, NoAnswer; DOMException where the browser keeps nothing */
export async function saveDocument(client: Client, id: string, signal: AbortSignal): Promise<void> {
  const begun = forgettings;
  const [credential, code, pdf] = await Promise.all([
    client.call('getHolderCredential', { id, signal }),
    client.open('getHolderQrSvg', { id, signal }).then((response) => response.blob()),
    client.open('getHolderPdf', { id, signal }).then((response) => response.blob()),
  ]);
  const typeFile = await loadTypeFile(credential.definition, signal);
  if (begun !== forgettings) return;
  await set(id, { credential, typeFile, code, pdf, savedAt: Date.now() } satisfies SavedDocument, store);
  await keepPage();
}

/** A browser that keeps nothing has nothing. */
export async function findSaved(id: string): Promise<SavedDocument | null> {
  return (await get<SavedDocument>(id, store).catch(() => undefined)) ?? null;
}

/** Newest first. */
export async function listSaved(): Promise<SavedDocument[]> {
  const all = await values<SavedDocument>(store).catch((): SavedDocument[] => []);
  return all.toSorted((a, b) => b.credential.createdAt.localeCompare(a.credential.createdAt));
}

export function forgetSaved(id: string): Promise<void> {
  forgettings++;
  return del(id, store);
}

/** All of it, and the page with it. */
export async function forgetAll(): Promise<void> {
  forgettings++;
  await clear(store).catch(() => {});
  for (const registration of (await navigator.serviceWorker?.getRegistrations().catch(() => [])) ?? [])
    if (new URL(registration.scope).pathname === SCOPE) await registration.unregister();
}

export function typeOf({ typeFile }: SavedDocument): CredentialType {
  return decodeCredentialType(typeFile);
}

const SCOPE = '/my/';

/** The page's own files, which open without a network from then on. */
async function keepPage(): Promise<void> {
  await navigator.serviceWorker?.register(workerAddress(), { scope: SCOPE });
}

// Under `require-trusted-types-for 'script'` a worker's address is a sink: this policy is the page's only one and makes only this address.
function workerAddress(): string {
  const url = `${SCOPE}worker.js`;
  if (typeof trustedTypes === 'undefined') return url;
  policy ??= trustedTypes.createPolicy('eproof', { createScriptURL: () => url });
  return policy.createScriptURL(url);
}

let policy: ReturnType<NonNullable<typeof trustedTypes>['createPolicy']> | undefined;
