import { strToU8, type Zippable, zipSync } from 'fflate';
import { toLetters } from './column-letters.ts';

/*
 * Workbooks for spreadsheet programs (ISO/IEC 29500, the part that Excel calls .xlsx). Every cell is text: none is a formula, and a spreadsheet program
 * makes neither a number of "0123" nor a date of "2026-03-01", also of what is typed into it later. They are written and never read here.
 */

export const XLSX_MEDIA_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export interface Sheet {
  name: string;
  records: readonly (readonly string[])[];
  /** How many of the records stay in sight above the others. */
  heads: number;
  /** Of each column, in characters. */
  widths: readonly number[];
}

export function toWorkbook(sheets: readonly Sheet[]): Uint8Array {
  const names = toSheetNames(sheets);
  const files: Zippable = {
    '[Content_Types].xml': part(contentTypes(sheets.length)),
    '_rels/.rels': part(relationships([['officeDocument', 'xl/workbook.xml']])),
    'xl/workbook.xml': part(workbook(names)),
    'xl/_rels/workbook.xml.rels': part(
      relationships([
        ...sheets.map((_, i) => ['worksheet', `worksheets/sheet${i + 1}.xml`] as const),
        ['styles', 'styles.xml'],
      ]),
    ),
    'xl/styles.xml': part(STYLES),
  };
  for (const [i, sheet] of sheets.entries()) files[`xl/worksheets/sheet${i + 1}.xml`] = part(worksheet(sheet, i === 0));
  return zipSync(files, { mtime: EARLIEST });
}

/** Of a ZIP: the same workbook is the same bytes at any time. */
const EARLIEST = new Date(1980, 0, 1);
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const SPREADSHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

function part(xml: string): Uint8Array {
  return strToU8(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${xml}`);
}

function contentTypes(sheets: number): string {
  const parts = [
    ['/xl/workbook.xml', 'sheet.main'],
    ['/xl/styles.xml', 'styles'],
    ...Array.from({ length: sheets }, (_, i) => [`/xl/worksheets/sheet${i + 1}.xml`, 'worksheet']),
  ];
  return [
    `<Types xmlns="${PACKAGE}/content-types">`,
    `<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`,
    `<Default Extension="xml" ContentType="application/xml"/>`,
    ...parts.map(([name, type]) => `<Override PartName="${name}" ContentType="${SPREADSHEET}.${type}+xml"/>`),
    '</Types>',
  ].join('');
}

function relationships(targets: readonly (readonly [type: string, target: string])[]): string {
  const each = targets.map(
    ([type, target], i) => `<Relationship Id="rId${i + 1}" Type="${OFFICE}/${type}" Target="${target}"/>`,
  );
  return `<Relationships xmlns="${PACKAGE}/relationships">${each.join('')}</Relationships>`;
}

function workbook(names: readonly string[]): string {
  const sheets = names.map((name, i) => `<sheet name="${escapeXml(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`);
  return `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${sheets.join('')}</sheets></workbook>`;
}

/** Formats of cells, by their place: none, text, and the bold text of heads. Number format 49 is "@", text as it was typed. */
const STYLES = [
  `<styleSheet xmlns="${MAIN}">`,
  '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>',
  '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>',
  '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>',
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>',
  '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
  ...[0, 1].map(
    (font) =>
      `<xf numFmtId="49" fontId="${font}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>`,
  ),
  '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
].join('');
const TEXT = 1;
const HEAD = 2;

function worksheet({ records, heads, widths }: Sheet, isFirst: boolean): string {
  const below = `A${heads + 1}`;
  const pane = `<pane ySplit="${heads}" topLeftCell="${below}" activePane="bottomLeft" state="frozen"/>`;
  const columns = widths.map(
    (width, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" style="${TEXT}" customWidth="1"/>`,
  );
  const rows = records.map((cells, i) => {
    const style = i < heads ? HEAD : TEXT;
    const each = cells.map((cell, j) => (cell === '' ? '' : toCell(cell, `${toLetters(j)}${i + 1}`, style)));
    return `<row r="${i + 1}">${each.join('')}</row>`;
  });
  return [
    `<worksheet xmlns="${MAIN}">`,
    `<sheetViews><sheetView workbookViewId="0"${isFirst ? ' tabSelected="1"' : ''}>${heads > 0 ? pane : ''}</sheetView></sheetViews>`,
    `<cols>${columns.join('')}</cols>`,
    `<sheetData>${rows.join('')}</sheetData>`,
    '</worksheet>',
  ].join('');
}

/** More would make Excel say that the workbook is damaged. */
const MOST_CELL_LENGTH = 32_767;
const MOST_NAME_LENGTH = 31;

function toCell(text: string, place: string, style: number): string {
  const cut = escapeXml(text.slice(0, MOST_CELL_LENGTH));
  return `<c r="${place}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${cut}</t></is></c>`;
}

/** Without what names of sheets may not have, and none of them twice. */
function toSheetNames(sheets: readonly Sheet[]): string[] {
  const names: string[] = [];
  for (const { name } of sheets) {
    const plain = name.replace(/[[\]:*?/\\']/g, ' ').slice(0, MOST_NAME_LENGTH);
    names.push(names.includes(plain) ? `${plain.slice(0, MOST_NAME_LENGTH - 2)} ${names.length + 1}` : plain);
  }
  return names;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML 1.0 cannot have become the sign for such: one of them would make the whole workbook unreadable. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
