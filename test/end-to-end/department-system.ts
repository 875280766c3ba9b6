import { randomUUID } from 'node:crypto';
import { sampleClaims } from '../../catalogue/samples.ts';
import { toDate, toHongKongDay } from '../../proof/day.ts';
import type { Json } from '../../proof/json.ts';
import { type Demo, eventually } from './running.ts';

/** A credential as the service shows it, as far as these tests look. */
export interface View {
  id: string;
  reference: string;
  type: string;
  state: string;
  status: string;
  pendingChange: object | null;
  batch: { id: string; number: number | null; index: number; size: number; block: number | null } | null;
  links: { pdf: string; qrPng: string; qrText: string; proof: string };
}

export interface NewCredential {
  type: string;
  claims: Record<string, Json>;
  validity: object;
}

/** What a department's own system does with the service: nothing but HTTP and its key. */
export interface DepartmentSystem {
  name: string;
  /** Its number in the registry. */
  issuerNumber(): Promise<number>;
  issue(request: NewCredential, key?: string): Promise<View>;
  view(id: string): Promise<View>;
  revoke(id: string, reason: string): Promise<void>;
  /** Waits until the credential and the last change of its status are final. */
  untilFinal(id: string): Promise<View>;
  fetch(path: string): Promise<Buffer>;
  /** All of the department's credentials, page after page. */
  list(query?: string): Promise<View[]>;
}

export function departmentSystem({ service, departments }: Demo, code: string): DepartmentSystem {
  const department = departments.find(({ id }) => id === code);
  if (!department) throw new Error(`demo.json has no department ${code}`);
  const authorization = `Bearer ${department.apiKey}`;

  async function ask(path: string): Promise<Response> {
    return succeeded(await fetch(service + path, { headers: { authorization } }));
  }
  async function send(path: string, body: object, key: string): Promise<Response> {
    const headers = { authorization, 'content-type': 'application/json', 'idempotency-key': key };
    return succeeded(await fetch(service + path, { method: 'POST', headers, body: JSON.stringify(body) }));
  }
  const view = async (id: string): Promise<View> => (await (await ask(`/v1/credentials/${id}`)).json()) as View;

  return {
    name: department.name,
    view,
    issuerNumber: async () => ((await (await ask('/v1/me')).json()) as { issuer: number }).issuer,
    issue: async (request, key = randomUUID()) => (await (await send('/v1/credentials', request, key)).json()) as View,
    async revoke(id, reason) {
      await send(`/v1/credentials/${id}/revoke`, { reason }, randomUUID());
    },
    untilFinal: (id) =>
      eventually(`${id} is final`, async () => {
        const seen = await view(id);
        return seen.state === 'final' && seen.pendingChange === null && seen;
      }),
    fetch: async (path) => Buffer.from(await (await ask(path)).arrayBuffer()),
    async list(query = '') {
      const all: View[] = [];
      for (let next: string | null = ''; next !== null; ) {
        const from = next === '' ? '' : `&starting_after=${encodeURIComponent(next)}`;
        const answer = await ask(`/v1/credentials?limit=200${query}${from}`);
        const page = (await answer.json()) as { items: View[]; next: string | null };
        all.push(...page.items);
        next = page.next;
      }
      return all;
    },
  };
}

async function succeeded(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
}

/** An invented credential of the type that is in force from today. */
export function sampleRequest(type: string, seed = 0): NewCredential {
  return { type, ...sampleClaims(type, toDate(toHongKongDay(Date.now() / 1000)), seed) };
}
