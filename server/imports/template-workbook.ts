import type { CatalogueType } from '../../catalogue/catalogue.ts';
import type { Label } from '../../proof/credential-type.ts';
import { toWorkbook } from '../xlsx.ts';
import { type ColumnMeaning, meaningOf } from './column-meanings.ts';
import { columnNames, columnsOf } from './columns.ts';

/** What stands above the columns' meanings: how rows get from a spreadsheet program into a file that is taken. */
const HOW_TO_SAVE: readonly string[] = [
  'Fill in the first sheet, a row for each document, and save it as “CSV UTF-8”: in Excel File > Save As > CSV UTF-8 (Comma delimited), in LibreOffice File > Save As > Text CSV with the character set Unicode (UTF-8). Send the .csv; an .xlsx is not taken.',
  '請填寫第一個工作表，每份文件一行，然後另存為「CSV UTF-8」：Excel 選「檔案」>「另存新檔」>「CSV UTF-8（逗號分隔）」；LibreOffice 選「檔案」>「另存新檔」>「文字 CSV」，字元集為 Unicode (UTF-8)。請傳送 .csv；不接受 .xlsx。',
  '请填写第一个工作表，每份文件一行，然后另存为“CSV UTF-8”：Excel 选“文件”>“另存为”>“CSV UTF-8（逗号分隔）”；LibreOffice 选“文件”>“另存为”>“文本 CSV”，字符集为 Unicode (UTF-8)。请发送 .csv；不接受 .xlsx。',
];
const HEADS = ['Column 欄 列', 'English', '繁體中文', '简体中文', 'Needed 必填', 'Codes 代碼 代码', 'Example 例子'];
const WIDTHS = [28, 48, 36, 36, 12, 48, 40];
const COLUMN_WIDTH = 24;

/** A template to fill in: the line of names, with every column as text, and a sheet that says what each of them is for. */
export function templateWorkbook(type: CatalogueType, language?: keyof Label): Uint8Array {
  const names = columnNames(type, language);
  const meanings = columnsOf(type).map((column, i) => toRecord(names[i] ?? '', meaningOf(column, type)));
  return toWorkbook([
    { name: type.code, records: [names], heads: 1, widths: names.map(() => COLUMN_WIDTH) },
    {
      ...{ name: 'Columns 欄位 字段', heads: 1, widths: WIDTHS },
      records: [HEADS, ...meanings, [], ...HOW_TO_SAVE.map((text) => ['', text])],
    },
  ]);
}

function toRecord(name: string, { text, isRequired, codes, example }: ColumnMeaning): string[] {
  const each = codes.map(({ code, label }) => (label ? `${code} = ${Object.values(label).join(' / ')}` : code));
  const needed = isRequired ? 'yes 是' : '';
  return [name, text.en, text['zh-Hant'], text['zh-Hans'], needed, each.join('\n'), example];
}
