import type { Language } from '../../ui/language.ts';
import type { Group } from './row.ts';

/** What the list says beyond what the page says. `{name}` stands for a value. */
export interface ListWords {
  heading: string;
  lead: string;
  files: string;
  folder: string;
  drop: string;
  listHeading: string;
  list: string;
  /** Says before anything is asked who is asked, and how long it takes. */
  ask: string;
  askButton: string;
  gathering: string;
  empty: string;
  tooMany: string;
  progress: string;
  done: string;
  stopped: string;
  filter: string;
  all: string;
  group: Record<Group, string>;
  /** Under the list, where there are such rows. */
  openHint: string;
  noneHint: string;
  waiting: string;
  noMatch: string;
  noReference: string;
  /** Behind the name of a file that holds several. */
  page: string;
  column: { file: string; verdict: string; document: string; details: string };
  details: string;
  stop: string;
  resume: string;
  again: string;
  export: string;
  fileName: string;
  csv: Record<CsvColumn, string>;
}

/** What the exported file has of each row, in this order. */
export const CSV_COLUMNS = [
  'name',
  'group',
  'code',
  'answer',
  'why',
  'title',
  'issuer',
  'number',
  'holder',
  'reference',
  'checkedAt',
  'block',
  'blockHash',
  'registry',
  'version',
] as const;
export type CsvColumn = (typeof CSV_COLUMNS)[number];

const en: ListWords = {
  heading: 'Check many at once',
  lead: 'Choose several files, a folder or a ZIP file: PDF, photos, screenshots and JSON, up to 2,000 documents. They are checked on this device, and none of them leaves it.',
  files: 'Choose files or a ZIP',
  folder: 'Choose a folder',
  drop: 'Files and folders can also be dropped anywhere on this page.',
  listHeading: 'A list of references',
  list: 'A CSV file with one reference a line can be chosen, too. Before anything is looked up, this page says how many there are and asks you.',
  ask: '{count} references are waiting. To check them, this page asks the departments’ service, which learns these references: one a second, about {minutes} min. Files are checked without it.',
  askButton: 'Look up the references',
  gathering: 'Looking through what was chosen …',
  empty: 'There was nothing to check in what was chosen.',
  tooMany: '{count} more are not in the list: it holds 2,000. Check them in a second go.',
  progress: '{done} of {all} checked',
  done: 'All {all} are checked.',
  stopped: 'Stopped: {done} of {all} checked.',
  filter: 'Show only',
  all: 'All',
  group: {
    good: 'Genuine — in force',
    care: 'Genuine — suspended, not yet or partly in force',
    over: 'Genuine — withdrawn, replaced or expired',
    bad: 'Not genuine',
    open: 'Could not be checked in full',
    none: 'No e-Proof found',
  },
  openHint: 'What could not be checked may be genuine or not: nothing is known about it. Check it again later.',
  noneHint:
    'Where no e-Proof was found there was nothing to judge. That says nothing about the paper: scan its QR code.',
  waiting: 'Not checked yet',
  noMatch: 'Nothing is shown for this reference alone',
  noReference: 'Not a reference: a character is wrong or missing',
  page: ', page {page}',
  column: { file: 'File', verdict: 'Answer', document: 'Document', details: 'More' },
  details: 'Details',
  stop: 'Stop',
  resume: 'Continue',
  again: 'Check these again',
  export: 'Save the table as CSV',
  fileName: 'e-proof-checks',
  csv: {
    name: 'File or reference',
    group: 'Group',
    code: 'Code',
    answer: 'Answer',
    why: 'Why',
    title: 'Kind of document',
    issuer: 'Issued by',
    number: 'Number',
    holder: 'Holder',
    reference: 'Reference',
    checkedAt: 'Checked at',
    block: 'Block',
    blockHash: 'Hash of the block',
    registry: 'Register',
    version: 'Page version',
  },
};

const zhHant: ListWords = {
  heading: '一次核實多份文件',
  lead: '選擇多個檔案、一個資料夾或一個 ZIP 檔案：PDF、相片、螢幕截圖及 JSON 均可，最多 2,000 份。所有檔案均在這部裝置上核實，不會離開這部裝置。',
  files: '選擇檔案或 ZIP',
  folder: '選擇資料夾',
  drop: '亦可將檔案及資料夾拖放到本頁任何位置。',
  listHeading: '參考編號清單',
  list: '亦可選擇每行載有一個參考編號的 CSV 檔案。查詢之前，本網頁會先說明共有多少個，並徵求您同意。',
  ask: '有 {count} 個參考編號等候查詢。核實時本網頁會向各部門的服務查詢，該服務會得知這些參考編號：每秒一個，約需 {minutes} 分鐘。檔案則無須經過該服務。',
  askButton: '查詢參考編號',
  gathering: '正在檢視所選項目……',
  empty: '所選項目之中沒有可供核實的檔案。',
  tooMany: '清單只可容納 2,000 項，另有 {count} 項未列出。請分次核實。',
  progress: '已核實 {done} / {all}',
  done: '全部 {all} 項已核實。',
  stopped: '已停止：已核實 {done} / {all}。',
  filter: '只顯示',
  all: '全部',
  group: {
    good: '真確——現正有效',
    care: '真確——暫停、未生效或部分屆滿',
    over: '真確——已撤銷、被取代或屆滿',
    bad: '並非真確',
    open: '未能完成核實',
    none: '找不到 e-Proof',
  },
  openHint: '未能核實的文件可能是真，也可能是假：現時一無所知。請稍後再核實。',
  noneHint: '找不到 e-Proof 的檔案沒有可供判斷的內容，這與文件真偽無關。請掃描文件上的二維碼。',
  waiting: '尚未核實',
  noMatch: '單憑這個參考編號未能顯示內容',
  noReference: '不是參考編號：有字元錯誤或遺漏',
  page: '，第 {page} 頁',
  column: { file: '檔案', verdict: '答案', document: '文件', details: '更多' },
  details: '詳情',
  stop: '停止',
  resume: '繼續',
  again: '再次核實這些項目',
  export: '將表格儲存為 CSV',
  fileName: 'e-proof-核實結果',
  csv: {
    name: '檔案或參考編號',
    group: '類別',
    code: '代碼',
    answer: '答案',
    why: '原因',
    title: '文件種類',
    issuer: '簽發部門',
    number: '號碼',
    holder: '持有人',
    reference: '參考編號',
    checkedAt: '核實時間',
    block: '區塊',
    blockHash: '區塊雜湊值',
    registry: '登記冊',
    version: '網頁版本',
  },
};

const zhHans: ListWords = {
  heading: '一次核验多份文件',
  lead: '选择多个文件、一个文件夹或一个 ZIP 文件：PDF、照片、截图和 JSON 都可以，最多 2,000 份。所有文件都在这台设备上核验，不会离开这台设备。',
  files: '选择文件或 ZIP',
  folder: '选择文件夹',
  drop: '也可以把文件和文件夹拖放到本页任何位置。',
  listHeading: '参考编号清单',
  list: '也可以选择每行有一个参考编号的 CSV 文件。查询之前，本网页会先说明一共有多少个，并征求您的同意。',
  ask: '有 {count} 个参考编号等待查询。核验时本网页会向各部门的服务查询，该服务会得知这些参考编号：每秒一个，约需 {minutes} 分钟。文件则无须经过该服务。',
  askButton: '查询参考编号',
  gathering: '正在查看所选内容……',
  empty: '所选内容里没有可以核验的文件。',
  tooMany: '清单只能容纳 2,000 项，另有 {count} 项没有列出。请分次核验。',
  progress: '已核验 {done} / {all}',
  done: '全部 {all} 项已核验。',
  stopped: '已停止：已核验 {done} / {all}。',
  filter: '只显示',
  all: '全部',
  group: {
    good: '真实——现正有效',
    care: '真实——暂停、未生效或部分到期',
    over: '真实——已撤销、被取代或到期',
    bad: '不真实',
    open: '未能完成核验',
    none: '找不到 e-Proof',
  },
  openHint: '未能核验的文件可能是真的，也可能是假的：现在一无所知。请稍后再核验。',
  noneHint: '找不到 e-Proof 的文件里没有可以判断的内容，这与文件真伪无关。请扫描文件上的二维码。',
  waiting: '尚未核验',
  noMatch: '单凭这个参考编号不能显示内容',
  noReference: '不是参考编号：有字符错误或遗漏',
  page: '，第 {page} 页',
  column: { file: '文件', verdict: '答案', document: '证件', details: '更多' },
  details: '详情',
  stop: '停止',
  resume: '继续',
  again: '再次核验这些项目',
  export: '把表格保存为 CSV',
  fileName: 'e-proof-核验结果',
  csv: {
    name: '文件或参考编号',
    group: '类别',
    code: '代码',
    answer: '答案',
    why: '原因',
    title: '文件种类',
    issuer: '签发部门',
    number: '号码',
    holder: '持有人',
    reference: '参考编号',
    checkedAt: '核验时间',
    block: '区块',
    blockHash: '区块哈希值',
    registry: '登记册',
    version: '网页版本',
  },
};

export const LIST_WORDS: Record<Language, ListWords> = { en, 'zh-Hant': zhHant, 'zh-Hans': zhHans };
