import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { type CatalogueType, loadCatalogue } from '../../../catalogue/catalogue.ts';
import { sampleClaims } from '../../../catalogue/samples.ts';
import {
  CHINESE,
  type Chinese,
  type DocumentContent,
  type DocumentRow,
  type Phrase,
} from '../../../server/render/document.ts';
import { toDocumentDates, toDocumentRows } from '../../../server/render/document-rows.ts';
import { renderPdf } from '../../../server/render/pdf.ts';
import { todays } from '../../extent.ts';
import { createPdfFile } from './pdf-file.ts';
import { documentContent } from './sample.ts';

const TODAY = '2026-11-22';

const withoutSpaces = (text: string): string => text.replace(/\s/gu, '');

function contentOf({ code, definition }: CatalogueType): DocumentContent {
  const { claims, validity } = sampleClaims(code, TODAY);
  const images = new Map<string, Uint8Array>();
  const committed = Object.entries(claims).map(([name, json]) => {
    if (definition.claims.find((claim) => claim.name === name)?.type !== 'image') return [name, json] as const;
    const { mediaType, data } = json as { mediaType: string; data: string };
    const bytes = Buffer.from(data, 'base64');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    images.set(sha256, bytes);
    return [name, { mediaType, sha256 }] as const;
  });
  return documentContent({
    title: definition.title,
    dates: toDocumentDates(definition, validity),
    rows: toDocumentRows(definition, Object.fromEntries(committed), images),
  });
}

function phrasesOf({ value }: DocumentRow): readonly Phrase[] {
  switch (value.kind) {
    case 'texts':
      return value.texts;
    case 'list':
      return value.items;
    case 'table':
      return [...(value.head ?? []), ...value.rows.flat()];
    case 'image':
      return [];
  }
}

/** A claim that is given in Traditional Chinese alone is shown in it. */
function textsOf(phrase: Phrase, chinese: Chinese): string[] {
  return typeof phrase === 'string' ? [phrase] : [phrase.en ?? '', phrase[chinese] ?? phrase['zh-Hant'] ?? ''];
}

describe('the document of', () => {
  const documents = loadCatalogue().types.flatMap((type) => CHINESE.map((chinese) => ({ type, chinese })));
  for (const { type, chinese } of todays(documents, 4)) {
    it(`${type.code} shows every label and every claim, in English and ${chinese}`, async () => {
      const content = { ...contentOf(type), chinese };
      const file = createPdfFile(await renderPdf(content));
      try {
        const text = withoutSpaces(file.rawText());
        const shown = content.rows
          .flatMap((row) => [row.label, ...phrasesOf(row)])
          .flatMap((phrase) => textsOf(phrase, chinese));
        expect(shown.filter((part) => !text.includes(withoutSpaces(part)))).to.deep.equal([]);
        expect(file.check()).to.include('No syntax or stream encoding errors found');
      } finally {
        file.remove();
      }
    });
  }
});
