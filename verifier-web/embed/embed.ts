import { CONNECT, type FromFrame, type ToFrame } from './protocol.ts';

/*
 * <eproof-verifier>: the verifier in somebody else's page. This script does no more than put a frame of the verifier's own origin there and hand it what
 * the site gives; what the reader sees, and every check, happens in the frame, where the site's code cannot reach.
 *
 *   proof="…"      the text of a QR code, or the JSON of a document
 *   src="…"        where the site has such a text (fetched by the site's page, under its own rules)
 *   text inside    the same, in the element itself: <script type="application/json">…</script>
 *   locale="…"     en, zh-Hant or zh-Hans; else the language of the page around it
 *   theme="…"      light or dark; else what the reader's device prefers
 *   auto-verify    check at once; else when the reader presses a button
 *
 * Without a proof the reader chooses one. Events, which bubble: `eproof-verdict` (detail: EmbeddedVerdict), `eproof-refusal` (detail: { code }).
 */

const script = document.currentScript as HTMLScriptElement;
const verifier = new URL('.', script.src);

const STYLE = ':host{display:block}iframe{display:block;width:100%;min-height:20rem;border:0}';
const MOST_HEIGHT_PX = 20_000;
const MOST_CHARACTERS = 1_048_576;

class EproofVerifier extends HTMLElement {
  static readonly observedAttributes = ['proof', 'src', 'locale', 'theme'];

  #port: MessagePort | null = null;
  #frame: HTMLIFrameElement | null = null;
  /** Counts what was given: what was fetched for something older is dropped. */
  #turn = 0;

  connectedCallback(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const frame = document.createElement('iframe');
    frame.title = 'e-Proof';
    // the verifier has no business with where it is shown; the frame is told the site, and no path
    frame.referrerPolicy = 'no-referrer';
    frame.addEventListener('load', () => this.#connect(frame));
    frame.src = new URL('embed.html', verifier).href;
    this.#frame = frame;
    root.replaceChildren(frame);
  }

  disconnectedCallback(): void {
    this.#port?.close();
    this.#port = null;
    this.#turn++;
  }

  attributeChangedCallback(name: string): void {
    if (!this.#port) return;
    if (name === 'locale' || name === 'theme') this.#look();
    else void this.#give(this.hasAttribute('auto-verify'));
  }

  /** Checks now what the site gives. */
  verify(): void {
    void this.#give(true);
  }

  #connect(frame: HTMLIFrameElement): void {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', ({ data }: MessageEvent<FromFrame>) => this.#hear(data));
    port1.start();
    this.#port = port1;
    // only a page of the verifier can take it, whatever else is in the frame by now
    frame.contentWindow?.postMessage(CONNECT, verifier.origin, [port2]);
    this.#look();
    void this.#give(this.hasAttribute('auto-verify'));
  }

  #say(message: ToFrame): void {
    this.#port?.postMessage(message);
  }

  #look(): void {
    const locale = this.getAttribute('locale') ?? this.closest('[lang]')?.getAttribute('lang') ?? '';
    this.#say({ kind: 'look', locale, theme: this.getAttribute('theme') ?? '' });
  }

  async #give(isAtOnce: boolean): Promise<void> {
    const mine = ++this.#turn;
    try {
      const text = await this.#source();
      if (mine === this.#turn && text !== null) this.#say({ kind: 'check', text, isAtOnce });
    } catch {
      if (mine === this.#turn) this.#say({ kind: 'lost' });
    }
  }

  async #source(): Promise<string | null> {
    const given = this.getAttribute('proof');
    if (given !== null) return given;
    const address = this.getAttribute('src');
    if (address === null) return this.textContent?.trim() || null;
    const response = await fetch(new URL(address, document.baseURI));
    const text = await response.text();
    if (!response.ok || text.length > MOST_CHARACTERS) throw new Error(`"${address}" answered ${response.status}`);
    return text;
  }

  #hear(message: FromFrame): void {
    if (message.kind === 'size' && this.#frame)
      this.#frame.style.height = `${Math.min(message.heightPx, MOST_HEIGHT_PX)}px`;
    if (message.kind === 'verdict') this.#tell('eproof-verdict', message.verdict);
    if (message.kind === 'refusal') this.#tell('eproof-refusal', { code: message.code });
  }

  #tell(name: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

if (!customElements.get('eproof-verifier')) customElements.define('eproof-verifier', EproofVerifier);
