import { OPERATIONS, type Operations } from './api.ts';
import type { WireRequest } from './attempt.ts';
import { createTokenKeeper } from './csrf.ts';
import { persist } from './patience.ts';
import { NoAnswer } from './problem.ts';

export type OperationName = keyof Operations;
type OfKind<Kind> = {
  [Name in OperationName]: (typeof OPERATIONS)[Name]['kind'] extends Kind ? Name : never;
}[OperationName];
export type JsonName = OfKind<'json'>;
/** What answers with a document, and not with JSON that the client reads. */
export type FileName = OfKind<'file'>;
/** What takes a file, in one part or in several. */
export type UploadName = OfKind<'upload'>;
type PageOf<Item> = { items: readonly Item[]; next: string | null };
/** What answers with a page and how to come to the next. */
export type PageName = {
  [Name in JsonName]: Operations[Name]['answer'] extends PageOf<unknown> ? Name : never;
}[JsonName];
export type ItemOf<Name extends PageName> = Operations[Name]['answer'] extends PageOf<infer Item> ? Item : never;

/** A system shows its key, a verifier nothing. A person's browser has the session in a cookie, and the client fetches the token that goes with what it changes. */
export type Credentials = { apiKey: string } | 'session' | 'none';

export interface ClientSettings {
  /** Where the service is, with the path below which it answers, if any. */
  url: string;
  credentials: Credentials;
  fetch?: typeof fetch;
  /** How long one attempt may take before the answer is there, or with a document its beginning. */
  attemptMs?: number;
  /** How long to try again what failed by no fault of the request; 0 for one attempt. */
  patienceMs?: number;
}

export interface CallOptions {
  /** Of a write: the same for the same thing to be done. One of its own where it is left out. */
  idempotencyKey?: string | undefined;
  signal?: AbortSignal | undefined;
  patienceMs?: number | undefined;
}

export type Call<Name extends OperationName> = Operations[Name]['call'] & CallOptions;
type CallArguments<Name extends OperationName> =
  Record<never, never> extends Operations[Name]['call'] ? [call?: Call<Name>] : [call: Call<Name>];

/** Of a file that the service is sent; a page has it from its user, Node from `openAsBlob`. It is read while it is sent. */
export interface FilePart {
  bytes: Blob;
  /** Where in the file it starts. */
  offset: number;
  /** Whether the file ends where it does. */
  isLast: boolean;
}

export interface Answer<Body> {
  body: Body;
  /** As it stands in the service's log. */
  requestId: string;
  /** Whether the service had done this before, under the same Idempotency-Key. */
  replayed: boolean;
}

export interface Client {
  /** @throws ApiProblem, NoAnswer, and what the caller aborted with; as do all the others */
  call<Name extends JsonName>(name: Name, ...call: CallArguments<Name>): Promise<Operations[Name]['answer']>;
  /** As `call`, with what the answer says beside its body. */
  send<Name extends JsonName>(name: Name, ...call: CallArguments<Name>): Promise<Answer<Operations[Name]['answer']>>;
  /** All of a list, a page at a time, from the page that the query names. */
  list<Name extends PageName>(name: Name, ...call: CallArguments<Name>): AsyncGenerator<ItemOf<Name>>;
  /** A document, of which the bytes are still to come. */
  open<Name extends FileName>(name: Name, ...call: CallArguments<Name>): Promise<Response>;
  /** A part of a file. `importFile` sends whole ones. */
  upload<Name extends UploadName>(
    name: Name,
    call: Call<Name> & { part: FilePart },
  ): Promise<Answer<Operations[Name]['answer']>>;
}

const ATTEMPT_MS = 30_000;
const PATIENCE_MS = 60_000;

/** What a call says, whatever it calls: the types of each are in `Operations`. */
interface AnyCall extends CallOptions {
  id?: string;
  query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  body?: object;
  mediaType?: string;
  part?: FilePart;
}

export function createClient(settings: ClientSettings): Client {
  const sender = createSender(settings);
  const send = async (name: JsonName | UploadName, call: AnyCall = {}) => sender(name, call, readAnswer);
  return {
    send: send as Client['send'],
    call: (async (name: JsonName, call: AnyCall) => (await send(name, call)).body) as Client['call'],
    list: ((name: PageName, call: AnyCall) =>
      eachItem((query) => send(name, { ...call, query }), call?.query)) as Client['list'],
    open: ((name: FileName, call: AnyCall = {}) => sender(name, call, async (response) => response)) as Client['open'],
    upload: send as Client['upload'],
  };
}

async function* eachItem(
  load: (query: AnyCall['query']) => Promise<Answer<unknown>>,
  query: AnyCall['query'],
): AsyncGenerator<unknown> {
  for (let next: string | undefined = query?.starting_after as string | undefined; ; ) {
    const { body } = await load({ ...query, starting_after: next });
    const page = body as PageOf<unknown>;
    yield* page.items;
    if (page.next === null) return;
    next = page.next;
  }
}

async function readAnswer(response: Response): Promise<Answer<unknown>> {
  const requestId = response.headers.get('x-request-id') ?? '';
  const replayed = response.headers.get('idempotency-replayed') === 'true';
  const text = await response.text();
  try {
    return { body: JSON.parse(text), requestId, replayed };
  } catch (cause) {
    const { origin } = new URL(response.url);
    throw new NoAnswer('NOT_THE_SERVICE', `${origin} answered with what is not JSON`, { requestId, cause });
  }
}

type Send = <T>(name: OperationName, call: AnyCall, read: (response: Response) => Promise<T>) => Promise<T>;

function createSender(settings: ClientSettings): Send {
  const { credentials, fetch = globalThis.fetch, attemptMs = ATTEMPT_MS, patienceMs = PATIENCE_MS } = settings;
  const send: Send = async (name, call, read) => {
    const { signal } = call;
    const request = toRequest(name, call, settings);
    const one = { fetch, request, read, attemptMs, patienceMs: call.patienceMs ?? patienceMs, signal };
    if (credentials !== 'session' || OPERATIONS[name].method === 'GET') return persist(one);
    return withToken((csrfToken) => persist({ ...one, request: withHeader(request, 'x-csrf-token', csrfToken) }));
  };
  const withToken = createTokenKeeper(async () => {
    const { body } = await send('getSession', {}, readAnswer);
    return (body as Operations['getSession']['answer']).csrfToken;
  });
  return send;
}

function toRequest(name: OperationName, call: AnyCall, { url, credentials }: ClientSettings): WireRequest {
  const { method } = OPERATIONS[name];
  const requestId = randomName();
  const headers: Record<string, string> = { 'x-request-id': requestId };
  if (typeof credentials === 'object') headers.authorization = `Bearer ${credentials.apiKey}`;
  const content = method === 'POST' ? toContent(call) : null;
  if (content) Object.assign(headers, { 'idempotency-key': call.idempotencyKey ?? randomName(), ...content.headers });
  const init: RequestInit = {
    method,
    headers,
    credentials: credentials === 'session' ? 'same-origin' : 'omit',
    // a key is for this address, and not for where somebody sends it on
    redirect: 'manual',
    ...(content ? { body: content.body } : {}),
  };
  return { url: toUrl(OPERATIONS[name].path, call, url), init, requestId };
}

function toContent({ body = {}, mediaType, part }: AnyCall): { headers: Record<string, string>; body: string | Blob } {
  if (!part) return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const headers = {
    'content-type': mediaType ?? '',
    'upload-offset': String(part.offset),
    'upload-complete': part.isLast ? '?1' : '?0',
  };
  return { headers, body: part.bytes };
}

function toUrl(path: string, { id, query = {} }: AnyCall, base: string): URL {
  // a dot segment would lead to another route
  if (path.includes('{id}') && (id === undefined || /^\.{0,2}$/.test(id)))
    throw new TypeError('"id" must name something');
  const relative = path.slice(1).replace('{id}', encodeURIComponent(id ?? ''));
  const url = new URL(relative, base.endsWith('/') ? base : `${base}/`);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}

function withHeader({ init, ...request }: WireRequest, name: string, value: string): WireRequest {
  return { ...request, init: { ...init, headers: { ...(init.headers as Record<string, string>), [name]: value } } };
}

/** For whoever tries again by hand: 128 random bits. `randomUUID` is only there where a page came by https. */
export function randomName(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
