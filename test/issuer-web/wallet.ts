import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Rpc } from '../../server/chain/rpc.ts';
import {
  countTransactions,
  estimateGas,
  findReceipt,
  readFees,
  sendRaw,
  signTransaction,
} from '../../server/chain/transaction.ts';
import type { SigningKey } from '../../server/keys/signing-key.ts';
import { eventually } from '../end-to-end/running.ts';

export interface TestWallet {
  /** What it says it is. */
  chainId: number;
  account: string;
  /** Signs and sends; its hash, when it is mined. */
  send(call: { to: string; data: string }): Promise<string>;
}

interface Asked {
  method: string;
  params?: [{ from: string; to: string; data: string }];
}

/** A wallet in the page's browser that has a department's admin key, here alone: it signs what it is asked and hands it to the real chain. */
export async function addWallet(page: Page, rpc: Rpc, admin: SigningKey): Promise<TestWallet> {
  const chainId = Number(await rpc.call('eth_chainId', []));
  const wallet: TestWallet = {
    chainId,
    account: admin.address,
    async send({ to, data }) {
      const nonce = await countTransactions(rpc, admin.address, 'pending');
      const gasLimit = await estimateGas(rpc, { from: admin.address, to, data });
      const signed = signTransaction(admin, { chainId, nonce, to, data, gasLimit, fees: await readFees(rpc) });
      expect(await sendRaw(rpc, signed.raw)).to.include({ outcome: 'accepted' });
      await eventually('it is mined', () => findReceipt(rpc, signed.hash));
      return signed.hash;
    },
  };
  await page.exposeBinding('askWallet', (_source, { method, params }: Asked) => {
    if (method === 'eth_requestAccounts') return [wallet.account];
    if (method === 'eth_chainId') return `0x${wallet.chainId.toString(16)}`;
    expect(method).to.equal('eth_sendTransaction');
    return wallet.send((params as NonNullable<Asked['params']>)[0]);
  });
  await page.addInitScript(() => {
    const ask = (window as unknown as { askWallet(asked: unknown): Promise<unknown> }).askWallet;
    (window as { ethereum?: unknown }).ethereum = { request: (asked: unknown) => ask(asked) };
  });
  return wallet;
}
