import { publicPart } from '../proof/disclosure.ts';
import type { Presented } from '../proof/presented.ts';
import { encodeProof } from '../proof/proof.ts';
import { toQrText } from '../proof/qr-text.ts';
import { isAsReceipt } from '../proof/receipt.ts';
import type { Verdict } from '../proof/verdict.ts';
import { type Child, element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import type { Reader } from './reader.ts';

/** The script that draws QR codes. */
export type LoadDrawing = () => Promise<typeof import('../ui/qr-drawing.ts')>;

/** When, where and against what it was checked, and a code that checks it again: what stands on the paper that is kept for the file. */
export function receiptSheet(
  { verdict, presented }: { verdict: Verdict; presented: Presented },
  reader: Reader,
  loadDrawing: LoadDrawing,
): HTMLElement {
  const { words, calendar } = reader;
  const code = verdict.credential && codeFigure(verdict.credential, reader, loadDrawing);
  return element(
    'details',
    { class: 'sheet fold receipt', on: { toggle: () => code?.unfold() } },
    element(
      'summary',
      {},
      icon('paper'),
      element(
        'div',
        {},
        element('h2', {}, words.receipt.heading),
        element('p', { class: 'hint' }, calendar.time(verdict.time)),
      ),
    ),
    element(
      'div',
      { class: 'receipt-body' },
      element('dl', { class: 'facts facts-small' }, ...rows(verdict, presented, reader)),
      code?.figure,
    ),
  );
}

function rows(
  verdict: Verdict,
  { receipt }: Presented,
  { words: { receipt: texts }, calendar }: Reader,
): HTMLElement[] {
  const { checked, credential } = verdict;
  return [
    row(texts.checkedAt, calendar.time(verdict.time)),
    ...(receipt ? [row(texts.earlier, earlierText(verdict, receipt))] : []),
    code(texts.address, new URL('.', document.baseURI).href),
    ...(checked
      ? [
          row(texts.block, String(checked.block.number)),
          row(texts.blockTime, calendar.time(checked.block.time)),
          code(texts.blockHash, checked.block.hash),
          row(texts.chain, String(checked.chainId)),
          code(texts.registry, checked.registry),
          row(texts.nodes, checked.isSnapshot ? texts.snapshot : String(checked.agreed)),
        ]
      : [row(texts.registry, texts.notRead)]),
    ...(credential?.batch ? [code(texts.batch, credential.batch)] : []),
    code(texts.version, __VERSION__),
  ];

  // What a receipt says counts for nothing by itself; it is compared with what was found now.
  function earlierText(now: Verdict, earlier: NonNullable<Presented['receipt']>): string {
    const isSame = isAsReceipt(now, earlier);
    const text = isSame === null ? texts.earlierUnknown : isSame ? texts.earlierSame : texts.earlierOther;
    return fill(text, { time: calendar.time(Date.parse(earlier.checkedAt) / 1000) });
  }
}

function row(name: string, value: Child): HTMLElement {
  return element('div', {}, element('dt', {}, name), element('dd', {}, value));
}

function code(name: string, value: string): HTMLElement {
  return row(name, element('span', { class: 'code' }, value));
}

/** Drawn when it is unfolded, as paper is: drawing takes longer than judging. Without the script that draws, the receipt says the same. */
function codeFigure(
  { proof, type }: NonNullable<Verdict['credential']>,
  { words }: Reader,
  loadDrawing: LoadDrawing,
): { figure: HTMLElement; unfold(): void } {
  const figure = element('figure', { class: 'receipt-code', hidden: true });
  const text = toQrText(new URL('.', document.baseURI).href, encodeProof(publicPart(proof, type)));
  let drawing: Awaited<ReturnType<LoadDrawing>> | undefined;
  const unfold = () => {
    if (!drawing || !figure.hidden || !figure.closest('[open]')) return;
    figure.replaceChildren(drawing.drawQr(text, words.receipt.code), element('figcaption', {}, words.receipt.code));
    figure.hidden = false;
  };
  void loadDrawing().then(
    (loaded) => {
      drawing = loaded;
      unfold();
    },
    () => {},
  );
  return { figure, unfold };
}
