import type { SigningKeyTransaction } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { factsView } from '../ui/facts-view.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import type { Reader } from './reader.ts';
import type { Desk } from './screen.ts';
import { sendByWallet, type Wallet, WalletFault, type WalletFaultName, type WalletTransaction } from './wallet.ts';

export interface Sending {
  wallets: readonly Wallet[];
  fault: WalletFaultName | null;
  /** The wallet asks its owner. */
  isAsking: boolean;
  /** A wallet has taken it; the registry has not shown it yet. */
  isSent: boolean;
}

/** What the department's admin signs, and what somebody types who has the admin's keystore file; null where there is no such command. */
export type ToSend = WalletTransaction & {
  call: { name: string; arguments: Readonly<Record<string, string | number>> };
  command: string | null;
};

interface Drawing {
  reader: Reader;
  desk: Desk;
  ways: readonly Child[];
  /** Asked before a wallet is: whether it is still to be sent. Where it is not, the screen says so. */
  isCurrent?: () => Promise<boolean>;
}

/** The ways to the registry: a wallet in this browser, any other with what is to be copied, or the command line. */
export function sendingView(
  sending: Sending,
  transaction: ToSend,
  { reader, desk, ways, isCurrent }: Drawing,
): HTMLElement {
  const texts = reader.words.signingKeys.sending;
  const { from, to, chainId, data, call, command } = transaction;
  const code = (text: string) => element('span', { class: 'code' }, text);
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'sending', 'aria-busy': String(sending.isAsking) },
    element('h2', {}, texts.heading),
    element('p', {}, texts.text),
    factsView([
      [texts.from, code(from)],
      [texts.to, code(to)],
      [reader.words.signingKeys.chain, String(chainId)],
      [
        texts.call,
        code(
          `${call.name}(${Object.entries(call.arguments)
            .map(([name, value]) => `${name}: ${value}`)
            .join(', ')})`,
        ),
      ],
      [texts.data, element('span', { class: 'code', 'data-copy': 'data' }, data)],
      [texts.command, command && element('span', { class: 'code', 'data-copy': 'command' }, command)],
    ]),
    sending.fault !== null &&
      element(
        'p',
        { class: 'sheet tone-bad warning', role: 'alert', 'data-fault': sending.fault },
        icon('octagon'),
        ' ',
        texts.fault[sending.fault],
      ),
    element(
      'p',
      { role: 'status', 'data-waiting': String(sending.isSent) },
      sending.isSent ? texts.sent : texts.waiting,
    ),
    sending.wallets.length === 0 &&
      element('p', { class: 'hint' }, command === null ? texts.noWalletNorCommand : texts.noWallet),
    element(
      'div',
      { class: 'actions' },
      ...sending.wallets.map((wallet) => walletButton(wallet, sending, { transaction, reader, desk, isCurrent })),
      copyButton(data, reader),
      ...ways,
    ),
  );
}

function walletButton(
  wallet: Wallet,
  sending: Sending,
  {
    transaction,
    reader,
    desk,
    isCurrent,
  }: { transaction: WalletTransaction; reader: Reader; desk: Desk; isCurrent: Drawing['isCurrent'] },
): HTMLElement {
  const texts = reader.words.signingKeys.sending;
  const click = async () => {
    Object.assign(sending, { isAsking: true, fault: null });
    desk.redraw();
    const isCalledFor = isCurrent ? await isCurrent().catch(() => null) : true;
    if (isCalledFor === null) sending.fault = 'not-checked';
    try {
      if (isCalledFor) {
        await sendByWallet(wallet, transaction);
        sending.isSent = true;
      }
    } catch (error) {
      sending.fault = error instanceof WalletFault ? error.fault : 'unknown';
    }
    sending.isAsking = false;
    desk.redraw();
  };
  return element(
    'button',
    {
      type: 'button',
      class: 'button button-main',
      'data-action': 'send',
      disabled: sending.isAsking || sending.isSent,
      on: { click: () => void click() },
    },
    wallet.name === null ? texts.send : fill(texts.sendWith, { name: wallet.name }),
  );
}

function copyButton(text: string, { words }: Reader): HTMLElement {
  const texts = words.signingKeys.sending;
  const copy = async (event: Event) => {
    const button = event.currentTarget as HTMLButtonElement;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = texts.copied;
    } catch {
      button.textContent = texts.notCopied;
    }
  };
  return element(
    'button',
    { type: 'button', class: 'button', 'data-action': 'copy', on: { click: (event) => void copy(event) } },
    texts.copy,
  );
}

/** What somebody types who has the admin's keystore file. Times are as they were given, in UTC. */
export function commandOf({ act, address, call }: SigningKeyTransaction): string {
  const given = call.arguments;
  const time = (option: string, value: string | number | undefined) =>
    value ? ` ${option} ${new Date(Number(value) * 1000).toISOString().replace('.000Z', 'Z')}` : '';
  const rest = {
    add: ` --purpose ${given.purpose === 1 ? 'anchor' : 'status'}${time('--from', given.validFrom)}${time('--until', given.validUntil)}`,
    end: time('--at', given.validUntil),
    report: time('--since', given.since),
  }[act];
  return `eproof signing-key ${act} ${address}${rest} --admin-key FILE --password-file FILE --rpc URL`;
}
