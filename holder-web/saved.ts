import { clear, createStore, del, entries, get, set } from 'idb-keyval';
import type { HolderCredentialDetail } from '../client/api.ts';
import type { Client } from '../client/client.ts';
import { type CredentialType, decodeCredentialType } from '../proof/credential-type.ts';
import { forgetAllOwnCopies, forgetOwnCopiesOf } from './device-copies.ts';
import { loadTypeFile } from './type.ts';
import type { Company } from './whose.ts';

/** What a holder keeps of a document on a device of theirs: enough to show it, and its code, without a network. */
export interface SavedDocument {
  /** Whose it is; left out for one's own. */
  company?: Company;
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

/** The same document may be one's own and a company's: each is kept for itself. */
function keyOf(company: Pick<Company, 'id'> | null, id: string): string {
  return company === null ? id : `${company.id} ${id}`;
}

/** Raised when something is forgotten: what was on its way by then is not kept after it. */
let forgettings = 0;

/** @throws ApiProblem, NoAnswer; DOMException where the browser keeps nothing */
export async function saveDocument(
  client: Client,
  { company, id }: { company: Company | null; id: string },
  signal: AbortSignal,
): Promise<void> {
  const begun = forgettings;
  const [credential, code, pdf] = await Promise.all([
    client.call('getHolderCredential', { id, signal }),
    client.open('getHolderQrSvg', { id, signal }).then((response) => response.blob()),
    client.open('getHolderPdf', { id, signal }).then((response) => response.blob()),
  ]);
  const typeFile = await loadTypeFile(credential.definition, signal);
  if (begun !== forgettings) return;
  const document = { ...(company ? { company } : {}), credential, typeFile, code, pdf, savedAt: Date.now() };
  await set(keyOf(company, id), document satisfies SavedDocument, store);
  await keepPage();
}

/** A browser that keeps nothing has nothing. */
export async function findSaved(company: Pick<Company, 'id'> | null, id: string): Promise<SavedDocument | null> {
  return (await get<SavedDocument>(keyOf(company, id), store).catch(() => undefined)) ?? null;
}

/** Of oneself, or of one company; newest first. */
export async function listSaved(company: Pick<Company, 'id'> | null): Promise<SavedDocument[]> {
  const all = (await listAll()).map(([, document]) => document);
  return all
    .filter((document) => document.company?.id === company?.id)
    .toSorted((a, b) => b.credential.createdAt.localeCompare(a.credential.createdAt));
}

async function listAll(): Promise<[string, SavedDocument][]> {
  return entries<string, SavedDocument>(store).catch(() => []);
}

export function forgetSaved(company: Pick<Company, 'id'> | null, id: string): Promise<void> {
  forgettings++;
  return del(keyOf(company, id), store);
}

/** What is kept of a company, when one acts for it no longer; keys too. */
export function forgetSavedOf(company: string): Promise<void> {
  return forgetWhere((id) => id === company);
}

/** What is kept of all other companies goes: the service says for which one acts. */
export function keepSavedOf(companies: readonly string[]): Promise<void> {
  return forgetWhere((id) => !companies.includes(id));
}

async function forgetWhere(isOver: (company: string) => boolean): Promise<void> {
  await forgetOwnCopiesOf(isOver);
  const over = (await listAll()).filter(([, { company }]) => company && isOver(company.id));
  if (over.length === 0) return;
  forgettings++;
  await Promise.all(over.map(([key]) => del(key, store)));
}

/** All of it, and the page with it. */
export async function forgetAll(): Promise<void> {
  forgettings++;
  await Promise.all([clear(store).catch(() => {}), forgetAllOwnCopies()]);
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
