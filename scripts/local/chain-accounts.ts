import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readIfPresent, writeDurably } from './durable-file.ts';

/** Private keys of the accounts that the chain funds when it begins. Gas costs nothing on it, so that every other account can send too. */
export interface ChainAccounts {
  governance: string;
  relayer: string;
}

/** Reads the chain's accounts, or draws them the first time: an Ethereum private key is any 32 random bytes but a few of 2^256. */
export function readAccounts(folder: string): ChainAccounts {
  const path = join(folder, 'accounts.json');
  const text = readIfPresent(path);
  if (text !== undefined) return JSON.parse(text);
  const accounts: ChainAccounts = { governance: drawKey(), relayer: drawKey() };
  writeDurably(path, `${JSON.stringify(accounts, null, 2)}\n`);
  return accounts;
}

function drawKey(): string {
  return `0x${randomBytes(32).toString('hex')}`;
}
