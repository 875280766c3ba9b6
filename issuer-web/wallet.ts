/** EIP-1193: what a wallet in the browser answers. */
interface Provider {
  request(asked: { method: string; params?: readonly unknown[] }): Promise<unknown>;
}

/** Who sends what to whom, on which chain. */
export interface WalletTransaction {
  chainId: number;
  from: string;
  to: string;
  data: string;
}

export interface Wallet {
  /** As it calls itself; null for the one that has no name. */
  name: string | null;
  provider: Provider;
}

/** Why nothing was sent. `unknown` is the wallet's own failure; `not-checked`: the service did not say whether it is still to be sent. */
export const WALLET_FAULTS = ['other-chain', 'other-account', 'refused', 'unknown', 'not-checked'] as const;
export type WalletFaultName = (typeof WALLET_FAULTS)[number];

export class WalletFault extends Error {
  readonly fault: WalletFaultName;

  constructor(fault: WalletFaultName, cause?: unknown) {
    super(fault, { cause });
    this.name = 'WalletFault';
    this.fault = fault;
  }
}

const LONGEST_NAME = 40;
/** EIP-1193: the person said no. */
const REFUSED = 4001;

/** Tells of each wallet that announces itself (EIP-6963), and of the one at `window.ethereum` where none does, until the signal ends. */
export function watchWallets(onWallets: (wallets: readonly Wallet[]) => void, signal: AbortSignal): void {
  const lone = (window as { ethereum?: Provider }).ethereum;
  const announced = new Map<Provider, Wallet>();
  const tell = () =>
    onWallets(announced.size > 0 ? [...announced.values()] : lone ? [{ name: null, provider: lone }] : []);
  const hear = (event: Event) => {
    const { info, provider } = (event as CustomEvent<{ info?: { name?: unknown }; provider?: Provider }>).detail ?? {};
    if (typeof provider?.request !== 'function') return;
    const name = typeof info?.name === 'string' ? info.name.slice(0, LONGEST_NAME) : null;
    announced.set(provider, { name, provider });
    tell();
  };
  window.addEventListener('eip6963:announceProvider', hear, { signal });
  tell();
  window.dispatchEvent(new Event('eip6963:requestProvider'));
}

/** Has the wallet sign and send it, under the admin's account on the registry's chain and under no other. @throws WalletFault */
export async function sendByWallet({ provider }: Wallet, transaction: WalletTransaction): Promise<void> {
  const { chainId, from, to, data } = transaction;
  try {
    const accounts = (await provider.request({ method: 'eth_requestAccounts' })) as readonly unknown[];
    if (Number(await provider.request({ method: 'eth_chainId' })) !== chainId) throw new WalletFault('other-chain');
    if (!accounts.some((account) => String(account).toLowerCase() === from)) throw new WalletFault('other-account');
    await provider.request({ method: 'eth_sendTransaction', params: [{ from, to, data }] });
  } catch (error) {
    if (error instanceof WalletFault) throw error;
    const isRefused = (error as { code?: unknown } | null)?.code === REFUSED;
    throw new WalletFault(isRefused ? 'refused' : 'unknown', error);
  }
}
