import type { DeviceCopy, HolderCredentialDetail } from '../client/api.ts';
import type { Client } from '../client/client.ts';
import { ApiProblem } from '../client/problem.ts';
import { toDate, toHongKongDay } from '../proof/day.ts';
import type { Shell } from '../ui/signed-in/shell.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { forgetOwnCopy, keepOwnCopy, kindOfDevice, listOwnCopies, type OwnCopy } from './device-copies.ts';
import { saveDocument } from './saved.ts';
import { loadTypeFile } from './type.ts';
import type { Company } from './whose.ts';

/** What this device shows of a document by a key of its own, and which other devices do. */
export interface Showing {
  /** Null where this device has none. */
  copy: OwnCopy | null;
  /** Of all devices, without those that are over. */
  copies: readonly DeviceCopy[];
  /** Whether the document's own code is on the page though this device has one. */
  isOrdinary: boolean;
  task: Task;
  /** Makes a key and has a copy made for it. */
  begin(): Promise<boolean>;
  /** One of any device: what it shows is revoked. */
  end(id: string): Promise<boolean>;
  /** What is over, or will be in a few days, is made anew; what is on its way is waited for. */
  settle(): Promise<void>;
}

/** Before a copy has run out: a device may be without a network for some days. */
const RENEWED_DAYS_BEFORE = 7;
const ASKED_EVERY_MS = 1_000;

interface Of {
  credential: HolderCredentialDetail;
  company: Company | null;
  copy: OwnCopy | null;
  copies: readonly DeviceCopy[];
}

export function createShowing(
  { credential, company, ...found }: Of,
  { client, redraw }: Shell,
  signal: AbortSignal,
): Showing {
  const { id } = credential;
  const task = createTask(redraw);
  const showing: Showing = {
    copy: found.copy,
    copies: found.copies.filter(isShown),
    isOrdinary: false,
    task,
    begin: () =>
      task.run(async () => {
        showing.copy = await enrol(client, { id, company, names: showing.copy?.names ?? null }, signal);
        await list();
        redraw();
        // shown without a network too
        await saveDocument(client, { company, id }, signal).catch(() => {});
        await receive(showing.copy);
      }),
    end: (copy) =>
      task.run(async () => {
        await client.call('endCopy', { id: copy, body: {}, signal });
        if (showing.copy?.id === copy) {
          await forgetOwnCopy(company, id);
          showing.copy = null;
        }
        await list();
      }),
    async settle() {
      const { copy } = showing;
      if (copy === null) return;
      const soon = toDate(toHongKongDay(Date.now() / 1000) + RENEWED_DAYS_BEFORE);
      const isKnown = showing.copies.some((one) => one.id === copy.id);
      const isEnding = copy.validUntil < soon && (credential.endsOn === null || copy.validUntil < credential.endsOn);
      if (!isKnown || isEnding) {
        // what is over for the service is none of this device's any more, whether it gets another or not
        if (!isKnown) [showing.copy] = [null, await forgetOwnCopy(company, id)];
        await showing.begin();
      } else if (copy.proof === null) await task.run(() => receive(copy));
    },
  };

  async function list(): Promise<void> {
    showing.copies = (await client.call('listCopies', { id, signal })).items.filter(isShown);
  }

  async function receive(copy: OwnCopy): Promise<void> {
    showing.copy = await receiveProof(client, copy, signal);
    await list();
  }

  return showing;
}

function isShown({ state }: DeviceCopy): boolean {
  return state !== 'over';
}

async function enrol(
  client: Client,
  { id, company, names }: { id: string; company: Company | null; names: OwnCopy['names'] },
  signal: AbortSignal,
): Promise<OwnCopy> {
  const { newKey } = await import('./presenting.ts');
  const { holderKey, ...keys } = await newKey();
  const [code, { definition }] = await Promise.all([
    client.open('getHolderQrTxt', { id, signal }).then((response) => response.text()),
    client.call('getHolderCredential', { id, signal }),
  ]);
  const typeFile = await loadTypeFile(definition, signal);
  const body = { holderKey, device: kindOfDevice(navigator.userAgent) };
  const made = await client.call('createCopy', { id, body, signal });
  const copy: OwnCopy = {
    ...(company ? { company: company.id } : {}),
    ...{ credential: id, id: made.id, validUntil: made.validUntil, ...keys },
    ...{ proof: null, typeFile, names, clockAheadMs: 0, verifier: code.slice(0, code.indexOf('#')) },
  };
  await keepOwnCopy(copy);
  return copy;
}

/** Asked for until it is there, which takes seconds. */
async function receiveProof(client: Client, copy: OwnCopy, signal: AbortSignal): Promise<OwnCopy> {
  for (;;) {
    const response = await client.open('getCopyProof', { id: copy.id, signal }).catch((error: unknown) => {
      if (error instanceof ApiProblem && error.code === 'NOT_FINAL') return null;
      throw error;
    });
    if (response !== null) return keepProof(copy, response);
    await pause(ASKED_EVERY_MS, signal);
  }
}

async function keepProof(copy: OwnCopy, response: Response): Promise<OwnCopy> {
  const { proofBytes } = await import('./presenting.ts');
  const said = Date.parse(response.headers.get('date') ?? '');
  const clockAheadMs = Number.isNaN(said) ? 0 : said - Date.now();
  const whole = { ...copy, proof: proofBytes(await response.text()), clockAheadMs };
  await keepOwnCopy(whole);
  return whole;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

/** What this device shows ends with the session: whoever has the device next has nothing of it. What cannot be ended now has lost its key all the same. */
export async function endOwnCopies(client: Client): Promise<void> {
  const copies = await listOwnCopies();
  await Promise.all(
    copies.map(({ id, company }) =>
      client
        .call('endCopy', { id, body: {}, query: company === undefined ? {} : { company }, patienceMs: 0 })
        .catch(() => {}),
    ),
  );
}
