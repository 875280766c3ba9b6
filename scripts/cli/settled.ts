import { setTimeout } from 'node:timers/promises';
import type { Credential } from '../../client/api.ts';
import type { Client } from '../../client/client.ts';
import { EXIT } from './api-access.ts';

const LOOK_EVERY_MS = 500;

export interface Settled {
  credential: Credential;
  exitCode: number;
}

/** Asks until nothing of the credential is on its way to the chain any more, or the time is over; 0 seconds ask nothing. */
export async function awaitSettled(client: Client, known: Credential, waitSeconds: number): Promise<Settled> {
  const giveUpAt = Date.now() + waitSeconds * 1_000;
  let credential = known;
  while (credential.pending && Date.now() < giveUpAt) {
    await setTimeout(LOOK_EVERY_MS);
    credential = await client.call('getCredential', { id: known.id });
  }
  if (credential.state === 'failed') return { credential, exitCode: EXIT.refused };
  return { credential, exitCode: credential.pending && waitSeconds > 0 ? EXIT.notYet : EXIT.done };
}
