import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import PDFDocument from 'pdfkit';
import type { Browser } from 'playwright-core';
import { renderPdf } from '../../server/render/pdf.ts';
import { documentContent } from '../server/render/sample.ts';
import type { Issued } from './department.ts';

/** The PDF that the service makes of a credential. */
export async function toDocument({ qrText, json }: Issued, verifier: string): Promise<Buffer> {
  return Buffer.from(await renderPdf(documentContent({ verifierUrl: verifier, qrText: qrText(verifier), json })));
}

/** The file that a program makes of others, in a folder that is gone afterwards. */
function withFiles(given: Record<string, Uint8Array>, work: (at: (name: string) => string) => string): Buffer {
  const folder = mkdtempSync(path.join(tmpdir(), 'lost-'));
  try {
    const at = (name: string) => path.join(folder, name);
    for (const [name, bytes] of Object.entries(given)) writeFileSync(at(name), bytes);
    return readFileSync(work(at));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `IN` stands for the file. */
export const qpdf = (pdf: Uint8Array, options: readonly string[]): Buffer =>
  withFiles({ 'in.pdf': pdf }, (at) => {
    execFileSync('qpdf', [...options.map((option) => (option === 'IN' ? at('in.pdf') : option)), at('out.pdf')]);
    return at('out.pdf');
  });

/** Several into one, by poppler, which takes the pages and nothing else. */
export const unite = (...pdfs: Uint8Array[]): Buffer =>
  withFiles(Object.fromEntries(pdfs.map((pdf, i) => [`${i}.pdf`, pdf])), (at) => {
    // poppler remarks that the attached profiles differ
    execFileSync('pdfunite', [...pdfs.map((_, i) => at(`${i}.pdf`)), at('out.pdf')], { stdio: 'pipe' });
    return at('out.pdf');
  });

/** The first page as a picture, as a scanner makes one. */
export const scanPage = (pdf: Uint8Array, dotsPerInch: number, kind: 'jpeg' | 'png' = 'jpeg'): Buffer =>
  withFiles({ 'in.pdf': pdf }, (at) => {
    const options = kind === 'jpeg' ? ['-gray', '-jpeg', '-jpegopt', 'quality=60'] : ['-mono', '-png'];
    execFileSync('pdftoppm', [
      '-r',
      String(dotsPerInch),
      '-l',
      '1',
      '-singlefile',
      ...options,
      at('in.pdf'),
      at('page'),
    ]);
    return at(kind === 'jpeg' ? 'page.jpg' : 'page.png');
  });

/** Pictures as pages of A4, `turned` by degrees, as a sheet lies on the glass. */
export function toScan(pictures: readonly Buffer[], turned = 0): Promise<Buffer> {
  const pdf = new PDFDocument({ size: 'A4', autoFirstPage: false });
  for (const picture of pictures) {
    pdf.addPage({ size: 'A4', margin: 0 });
    pdf.rotate(turned, { origin: [298, 421] }).image(picture, 0, 0, { width: 595.28, height: 841.89 });
  }
  return collect(pdf);
}

/** Pages with a line of text each. */
export function toLetters(pages: number): Promise<Buffer> {
  const pdf = new PDFDocument({ size: 'A4', autoFirstPage: false });
  for (let page = 1; page <= pages; page++) pdf.addPage().text(`page ${page} of a letter`);
  return collect(pdf);
}

function collect(pdf: PDFKit.PDFDocument): Promise<Buffer> {
  const chunks: Buffer[] = [];
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.end();
  });
}

/** As a browser prints what it shows: shapes stay shapes, and everything else is gone. */
export async function printAgain(browser: Browser, document: Uint8Array): Promise<Buffer> {
  const svg = withFiles({ 'in.pdf': document }, (at) => {
    execFileSync('pdftocairo', ['-svg', '-l', '1', at('in.pdf'), at('page.svg')]);
    return at('page.svg');
  });
  const page = await browser.newPage();
  await page.setContent(`<body style="margin:0">${svg.toString().replace(/^<\?xml[^>]*>/, '')}`);
  const printed = await page.pdf({ format: 'A4', printBackground: true });
  await page.close();
  return printed;
}
