// The pages of a PDF as pictures, apart from the page of the verifier: what a file does to its reader is over when this worker is ended.
import type { Ask, Told } from './protocol.ts';

type Pdfjs = typeof import('pdfjs-dist');
type Opened = Awaited<ReturnType<Pdfjs['getDocument']>['promise']>;

/** Of a picture inside the file: A4 at 600 dots per inch. A larger one is left out, and its page stays empty there. */
const MOST_IMAGE_PIXELS = 36_000_000;
const MOST_ATTACHMENT_BYTES = 1024 * 1024;
const POINTS_PER_INCH = 72;

// pdfjs draws into canvases of the page and loads what it lacks from addresses; here are none of either.
class Canvases {
  create(width: number, height: number): Drawing {
    const canvas = new OffscreenCanvas(width, height);
    return { canvas, context: canvas.getContext('2d', { willReadFrequently: true }) };
  }
  reset({ canvas }: Drawing, width: number, height: number): void {
    if (canvas) Object.assign(canvas, { width, height });
  }
  destroy(drawing: Drawing): void {
    this.reset(drawing, 0, 0);
    Object.assign(drawing, { canvas: null, context: null });
  }
  getNoAlphaContext(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D | null {
    return canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  }
}

interface Drawing {
  canvas: OffscreenCanvas | null;
  context: OffscreenCanvasRenderingContext2D | null;
}

// Colours of a few odd masks come out plain: no code is drawn with them.
class Filters {
  addFilter = none;
  addHCMFilter = none;
  addAlphaFilter = none;
  addLuminosityFilter = none;
  addKnockoutFilter = none;
  addHighlightHCMFilter = none;
  addSelectionHCMFilter = none;
  addSelectionFilter = none;
  createSelectionStyle = () => null;
  destroy(): void {}
}

function none(): string {
  return 'none';
}

const WASM = new Map(Object.entries(JSON.parse(__PDF_WASM__) as Record<string, { name: string; integrity: string }>));

// Of all that pdfjs can ask for, decoders of pictures alone are there: letters need neither fonts nor tables to be drawn badly, and no code is made of them.
class Files {
  async fetch({ filename }: { filename: string }): Promise<Uint8Array> {
    const file = WASM.get(filename);
    if (!file) throw new Error(`"${filename}" is not kept here`);
    const response = await fetch(new URL(file.name, location.href), { integrity: file.integrity });
    if (!response.ok) throw new Error(`${file.name} was answered with ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }
}

async function load(): Promise<Pdfjs> {
  await import(new URL(__PDF_CORE__, location.href).href);
  return import(new URL(__PDF_DISPLAY__, location.href).href);
}

async function open(bytes: Uint8Array): Promise<Told> {
  const pdfjs = await load().catch(() => null);
  if (!pdfjs) return { kind: 'failed', why: 'unavailable' };
  try {
    opened = await pdfjs.getDocument({
      data: bytes,
      CanvasFactory: Canvases,
      FilterFactory: Filters,
      BinaryDataFactory: Files,
      useWorkerFetch: false,
      disableFontFace: true,
      useSystemFonts: false,
      isImageDecoderSupported: false,
      maxImageSize: MOST_IMAGE_PIXELS,
      verbosity: pdfjs.VerbosityLevel.ERRORS,
    }).promise;
    return { kind: 'opened', pages: opened.numPages, attachments: await attachmentsOf(opened) };
  } catch (error) {
    return { kind: 'failed', why: (error as Error).name === 'PasswordException' ? 'encrypted' : 'broken' };
  }
}

let opened: Opened;

/** Of a file whose bytes did not show them: one that is encrypted and asks for no password. */
async function attachmentsOf(file: Opened): Promise<Uint8Array[]> {
  const names: string[] = [...((await file.getAttachments()) ?? new Map<string, unknown>()).keys()].slice(0, 16);
  const contents = await Promise.all(names.map((name) => file.getAttachmentContent(name)));
  return contents.filter((content): content is Uint8Array => !!content && content.length <= MOST_ATTACHMENT_BYTES);
}

async function draw({ page: number, dotsPerInch, mostPixels }: Ask & { kind: 'draw' }): Promise<Told> {
  try {
    const page = await opened.getPage(number);
    const { width, height } = page.getViewport({ scale: 1 });
    const scale = Math.min(dotsPerInch / POINTS_PER_INCH, Math.sqrt(mostPixels / (width * height)));
    const viewport = page.getViewport({ scale });
    const canvas = new OffscreenCanvas(Math.ceil(viewport.width), Math.ceil(viewport.height));
    const canvasContext = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    // for a print nothing waits for the frames of a screen, of which a worker has none
    await page.render({ canvas: null, canvasContext: canvasContext as never, viewport, intent: 'print' }).promise;
    page.cleanup();
    return { kind: 'drawn', image: canvas.transferToImageBitmap() };
  } catch {
    return { kind: 'failed', why: 'broken' };
  }
}

self.addEventListener('message', async ({ data }: MessageEvent<Ask>) => {
  // pdfjs listens, too, and to itself alone
  if (data.kind !== 'open' && data.kind !== 'draw') return;
  const told = data.kind === 'open' ? await open(data.bytes) : await draw(data);
  self.postMessage(told, { transfer: told.kind === 'drawn' ? [told.image] : [] });
});
