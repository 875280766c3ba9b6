import { createHash } from 'node:crypto';
import PDFDocument from 'pdfkit';
import type { DocumentContent, DocumentRow } from './document.ts';
import { DRAFT } from './draft.ts';
import { contentInChinese, inChinese, oneLineOf } from './language.ts';
import { layoutDocument } from './layout.ts';
import { type Colour, type Element, type Layout, type Mark, PAGE, type Page, type Size } from './page.ts';
import { WORDS } from './phrase.ts';
import { decodePicture, type Picture } from './picture.ts';
import type { Pixels } from './png.ts';
import { darkRuns, qrSymbol, transposed } from './qr.ts';

type Pdf = PDFKit.PDFDocument & PdfInternals;

/** What pdfkit has and its types leave out. */
interface PdfInternals {
  readonly _root: { readonly data: Record<string, unknown> };
  openImage(bytes: Buffer): PdfImage;
}

/** pdfkit takes such an object where it takes image bytes. */
interface PdfImage extends Size {
  /** How a camera was held, as EXIF counts it; above 4 width and height change places. */
  readonly orientation?: number;
}

/**
 * The document as PDF/A-3b: A4, English and one Chinese, tagged, with the QR symbol on the first page and the JSON attached.
 * The same content gives the same bytes.
 * @throws RenderError
 */
export async function renderPdf(given: DocumentContent): Promise<Uint8Array> {
  const content = contentInChinese(given);
  // People are told to type the address that is printed; a code that leads elsewhere would look like a forgery.
  if (!content.qrText.startsWith(`${content.verifierUrl}#`)) throw new TypeError('"qrText" must lead to "verifierUrl"');
  const symbol = qrSymbol(content.qrText);
  const pictures = await decodePictures(content.rows);
  const pdf = openPdf(content);
  const images = new Map([...pictures].map(([row, picture], i) => [row, openImage(pdf, picture, `P${i}`)]));
  const sizes = new Map([...images].map(([row, image]) => [row, shownSize(image)]));
  const logo = await openLogo(pdf, content);
  drawLayout(pdf, layoutDocument(content, { symbol, pictures: sizes, logo }), { rows: images, logo });
  if (!content.isDraft) attachJson(pdf, content);
  return endPdf(pdf);
}

function openPdf(content: DocumentContent): Pdf {
  const { title, department, reference, issuedAt } = content;
  const created = new Date(issuedAt);
  if (Number.isNaN(created.getTime())) throw new TypeError('"issuedAt" must be an instant in ISO 8601');
  const info = {
    Title: `${oneLineOf(title, ' ')} ${reference}`,
    Author: oneLineOf(department, ' '),
    Creator: 'e-Proof',
    CreationDate: created,
    ...subjectOf(content),
  };
  const pdf = new PDFDocument({
    pdfVersion: '1.7',
    subset: 'PDF/A-3b',
    tagged: true,
    lang: 'en-HK',
    displayTitle: true,
    autoFirstPage: false,
    // No default font: PDF/A wants every font embedded.
    font: '',
    info,
  }) as Pdf;
  escapeMetadata(pdf);
  return pdf;
}

function subjectOf({ chinese, isTest, isDraft }: DocumentContent): { Subject?: string } {
  if (isDraft) return { Subject: DRAFT };
  return isTest ? { Subject: oneLineOf(inChinese(WORDS.testDocument, chinese), ' ') } : {};
}

/** pdfkit copies the document's information into XMP as it is, so that a title with "&" would break the XML. */
function escapeMetadata(pdf: Pdf): void {
  const endMetadata = pdf.endMetadata.bind(pdf);
  pdf.endMetadata = () => {
    for (const [name, value] of Object.entries(pdf.info))
      if (typeof value === 'string') Object.assign(pdf.info, { [name]: escapeXml(value) });
    endMetadata();
  };
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

// ---- Images

async function decodePictures(rows: readonly DocumentRow[]): Promise<Map<DocumentRow, Picture>> {
  const pictures = new Map<DocumentRow, Picture>();
  for (const row of rows)
    if (row.value.kind === 'image') pictures.set(row, await decodePicture({ field: row.field, ...row.value }));
  return pictures;
}

async function openLogo(pdf: Pdf, { look: { logo } }: DocumentContent): Promise<PdfImage | null> {
  if (logo === null) return null;
  return openImage(pdf, await decodePicture({ field: 'logo', mediaType: 'image/png', bytes: logo }), 'L');
}

function openImage(pdf: Pdf, picture: Picture, label: string): PdfImage {
  return picture.kind === 'jpeg' ? pdf.openImage(Buffer.from(picture.bytes)) : toPdfImage(picture, label);
}

function toPdfImage({ width, height, rgb }: Pixels, label: string): PdfImage {
  const image = {
    width,
    height,
    label,
    obj: undefined as PDFKit.PDFKitReference | undefined,
    embed(pdf: Pdf): void {
      image.obj = pdf.ref({
        Type: 'XObject',
        Subtype: 'Image',
        Width: width,
        Height: height,
        ColorSpace: 'DeviceRGB',
        BitsPerComponent: 8,
      });
      image.obj.end(rgb);
    },
  };
  return image;
}

function shownSize({ width, height, orientation = 1 }: PdfImage): Size {
  return orientation > 4 ? { width: height, height: width } : { width, height };
}

// ---- Drawing

interface Images {
  readonly rows: ReadonlyMap<DocumentRow, PdfImage>;
  readonly logo: PdfImage | null;
}
type Structure = ReadonlyMap<Element, PDFKit.PDFStructureElement>;

function drawLayout(pdf: Pdf, { pages, structure }: Layout, images: Images): void {
  const elements = new Map<Element, PDFKit.PDFStructureElement>();
  pdf.addStructure(toStructure(pdf, structure, elements));
  for (const page of pages) drawPage(pdf, page, { elements, images });
}

function toStructure(
  pdf: Pdf,
  element: Element,
  known: Map<Element, PDFKit.PDFStructureElement>,
): PDFKit.PDFStructureElement {
  const { tag, lang, alt, children } = element;
  const made = pdf.struct(tag, { ...(lang === undefined ? {} : { lang }), ...(alt === undefined ? {} : { alt }) });
  known.set(element, made);
  for (const child of children) made.add(toStructure(pdf, child, known));
  return made;
}

function drawPage(pdf: Pdf, page: Page, { elements, images }: { elements: Structure; images: Images }): void {
  pdf.addPage({ size: [PAGE.width, PAGE.height], margin: 0 });
  for (const [element, marks] of marksByElement(page)) {
    if (element === null) pdf.markContent('Artifact', { type: 'Layout' });
    else elements.get(element)?.add(pdf.markStructureContent(element.tag));
    for (const mark of marks) drawMark(pdf, mark, images);
    pdf.endMarkedContent();
  }
}

/** One stretch of content for each element of a page; furniture first, so that text stands on it. */
function marksByElement(page: Page): Map<Element | null, Mark[]> {
  const marks = new Map<Element | null, Mark[]>([[null, []]]);
  for (const content of page) marks.set(content.element, [...(marks.get(content.element) ?? []), ...content.marks]);
  return marks;
}

function drawMark(pdf: Pdf, mark: Mark, images: Images): void {
  if (mark.kind === 'line') drawLine(pdf, mark);
  else if (mark.kind === 'symbol') drawSymbol(pdf, mark);
  else if (mark.kind === 'box') pdf.rect(mark.x, mark.y, mark.width, mark.height).fill(toColour(mark.colour));
  else drawImage(pdf, mark, mark.kind === 'logo' ? images.logo : images.rows.get(mark.row));
}

function drawImage(pdf: Pdf, { x, y, width, height }: { x: number; y: number } & Size, image?: PdfImage | null): void {
  pdf.image(image as unknown as Buffer, x, y, { width, height });
}

function drawLine(pdf: Pdf, { x, y, line, style }: Extract<Mark, { kind: 'line' }>): void {
  pdf.fillColor(toColour(style.grey));
  for (const piece of line.pieces) {
    const { name, pdfFont } = piece.typeface;
    pdf.registerFont(name, pdfFont as unknown as string).font(name, style.size);
    pdf.text(piece.text, x + piece.x, y, { lineBreak: false, baseline: 'alphabetic' });
  }
}

/** Of a module. Printers and programs colour every dot that a shape touches, also one that it only borders on. */
const INSET = 0.002;

/**
 * One path filled once: rectangles that are filled one by one show seams where they meet. A little inside their edges, so that no
 * module grows by a dot; stretches of rows and of columns together leave no gap between neighbours.
 */
function drawSymbol(pdf: Pdf, { x, y, module, symbol }: Extract<Mark, { kind: 'symbol' }>): void {
  pdf.save().translate(x, y).scale(module);
  for (const { row, column, length } of darkRuns(symbol)) {
    pdf.rect(column + INSET, row + INSET, length - 2 * INSET, 1 - 2 * INSET);
  }
  for (const { row: column, column: row, length } of darkRuns(transposed(symbol))) {
    if (length > 1) pdf.rect(column + INSET, row + INSET, 1 - 2 * INSET, length - 2 * INSET);
  }
  pdf.fill(toColour(0)).restore();
}

function toColour(colour: Colour): [number, number, number] | string {
  if (typeof colour === 'string') return colour;
  const level = Math.round(colour * 255);
  return [level, level, level];
}

// ---- Attachment and end

/** As pdfkit's `file` does, but with the checksum as 16 bytes (ISO 32000-2, 7.11.4.2), not as text in hexadecimal digits. */
function attachJson(pdf: Pdf, { json, reference, issuedAt }: DocumentContent): void {
  const bytes = Buffer.from(json, 'utf8');
  const instant = new Date(issuedAt);
  const file = pdf.ref({
    Type: 'EmbeddedFile',
    Subtype: 'application#2Fvc',
    Params: {
      Size: bytes.length,
      CheckSum: createHash('md5').update(bytes).digest(),
      CreationDate: instant,
      ModDate: instant,
    },
  });
  file.end(bytes);
  const name = Buffer.from(`${reference}.json`, 'latin1');
  const specification = pdf.ref({
    Type: 'Filespec',
    F: name,
    UF: name,
    EF: { F: file },
    AFRelationship: 'Source',
    Desc: Buffer.from('The credential as JSON, with its proof', 'latin1'),
  });
  specification.end(undefined);
  pdf.addNamedEmbeddedFile(`${reference}.json`, specification);
  pdf._root.data.AF = [specification];
}

async function endPdf(pdf: Pdf): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => pdf.once('end', resolve).once('error', reject));
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}
