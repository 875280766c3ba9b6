import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { device } from '../../../catalogue/picture.ts';
import { QR_BOTTOM_MM, QR_RIGHT_MM } from '../../../server/render/check-panel.ts';
import type { DocumentContent, DocumentValue } from '../../../server/render/document.ts';
import { renderPdf } from '../../../server/render/pdf.ts';
import { decodePng } from '../../../server/render/png.ts';
import { qrSymbol } from '../../../server/render/qr.ts';
import { RenderError } from '../../../server/render/render-error.ts';
import { readQr } from './barcode.ts';
import { createPdfFile, type PdfFile, type Raster, toImageData } from './pdf-file.ts';
import { conditions, documentContent, qrTextOf, row, textRow, VERIFIER } from './sample.ts';

const A4_MM = { width: 210, height: 297 };

const withoutSpaces = (text: string): string => text.replace(/\s/gu, '');
const count = (text: string, part: string): number => text.split(part).length - 1;

describe('renderPdf', () => {
  const files: PdfFile[] = [];
  const render = async (changes: Partial<DocumentContent> = {}): Promise<PdfFile> => {
    const file = createPdfFile(await renderPdf(documentContent(changes)));
    files.push(file);
    return file;
  };
  const failure = async (changes: Partial<DocumentContent>): Promise<RenderError> => {
    const thrown = await renderPdf(documentContent(changes)).catch((error: unknown) => error);
    if (!(thrown instanceof RenderError)) throw new Error('expected a RenderError', { cause: thrown });
    return thrown;
  };
  after(() => {
    for (const file of files) file.remove();
  });

  describe('the file', () => {
    it('has no fault that qpdf finds', async () => {
      const file = await render({ rows: [row('conditions', { kind: 'list', items: conditions(20) })] });
      expect(file.check()).to.include('No syntax or stream encoding errors found');
    });

    it('says that it is PDF/A-3b, tagged, of A4 and in English and Chinese', async () => {
      const file = await render();
      const objects = file.objects();
      expect(objects)
        .to.include('<pdfaid:part>3</pdfaid:part>')
        .and.include('<pdfaid:conformance>B</pdfaid:conformance>');
      expect(objects).to.include('/GTS_PDFA1').and.include('/Lang (en-HK)').and.include('/Lang (zh-Hant-HK)');
      expect(file.info())
        .to.match(/Tagged:\s+yes/)
        .and.match(/Page size:\s+595.28 x 841.89 pts \(A4\)/)
        .and.match(/PDF version:\s+1.7/);
    });

    it('embeds a part of each font that it uses, with the characters that glyphs stand for', async () => {
      const file = await render({ rows: [textRow('name', '简体字')] });
      const fonts = file.fonts();
      expect(fonts.map((line) => line.split(/\s+/)[0]?.replace(/^[A-Z]{6}\+/, '')).sort()).to.deep.equal([
        'NotoSansHK-Bold',
        'NotoSansHK-Regular',
        'NotoSansSC-Regular',
      ]);
      for (const font of fonts) expect(font).to.match(/Identity-H\s+yes yes yes/);
    });

    it('is small, fonts of 7 MB notwithstanding', async () => {
      expect((await renderPdf(documentContent())).length).to.be.below(100_000);
    });

    it('names document, department and day, also where XML would need escapes', async () => {
      const file = await render({ title: { en: 'Food & <Drink>', 'zh-Hant': '飲食', 'zh-Hans': '饮食' } });
      expect(file.info()).to.match(/Title:\s+Food & <Drink> 飲食 K7QX-3MWA-P9RT\n/);
      expect(file.info())
        .to.include('食物環境衞生署')
        .and.match(/CreationDate:.* Jun {2}1 02:03:04 2026/);
      expect(Buffer.from(file.objects(), 'latin1').toString()).to.include(
        'Food &amp; &lt;Drink&gt; 飲食 K7QX-3MWA-P9RT</rdf:li>',
      );
    });

    it('is the same for the same content, whatever was drawn in between', async () => {
      const content = documentContent({ rows: [textRow('name', '一二三 乛')] });
      const first = await renderPdf(content);
      await renderPdf(documentContent({ rows: [textRow('name', '⼀\u00a0⺂⺃⼆')] }));
      expect(Buffer.from(await renderPdf(content)).equals(first)).to.equal(true);
    });

    it('refuses an instant that is none', async () => {
      const thrown = await renderPdf(documentContent({ issuedAt: 'yesterday' })).catch((error: unknown) => error);
      expect(thrown).to.be.instanceOf(TypeError);
    });
  });

  describe('the text', () => {
    it('holds department, reference, title, dates and rows in both languages', async () => {
      const text = withoutSpaces((await render()).text());
      for (const part of [
        'Food and Environmental Hygiene Department',
        '食物環境衞生署',
        'K7QX-3MWA-P9RT',
        'General Restaurant Licence',
        '普通食肆牌照',
        '1 June 2026',
        '2026年6月1日',
        '31 May 2027',
        '2027年5月31日',
        '2126801234',
        '金豐餐飲有限公司',
        '68 Hoi Yuen Road',
        '觀塘廣場地下12–14號舖',
        'Page 1 of 1',
        '第 1 頁，共 1 頁',
      ]) {
        expect(text).to.include(withoutSpaces(part));
      }
    });

    it('tells people to open the address themselves, in both languages', async () => {
      const text = withoutSpaces((await render()).text());
      expect(text)
        .to.include(withoutSpaces('Open the address yourself, then scan.'))
        .and.include('請自行開啟網址，然後掃描。');
      expect(text).to.include('https://verify.example.hk');
    });

    it('keeps rare characters: of Hong Kong, beyond the first plane, and simplified ones that the Hong Kong font lacks', async () => {
      const rare = '𠝹𨋢咗喺嘅衞㗎啲測试简应执龘';
      const text = (
        await render({ rows: [{ ...textRow('name', rare), prominent: true }, textRow('name', rare)] })
      ).text();
      expect(count(text, rare)).to.equal(2);
    });

    it('keeps characters apart that share a glyph', async () => {
      const shared = '一⼀人⼈乚⺃·•‧・①➀';
      expect((await render({ rows: [textRow('name', shared)] })).text()).to.include(shared);
      expect((await render({ rows: [textRow('name', 'a\u2011b a-b')] })).text()).to.include('a\u2011b a-b');
    });

    it('has letters that ligatures would join', async () => {
      expect((await render({ rows: [textRow('name', 'office waffle fjord')] })).text()).to.include(
        'office waffle fjord',
      );
    });

    it('refuses a character that no font has, and names it with its field', async () => {
      const error = await failure({ rows: [textRow('shopSign', { en: 'Fine', 'zh-Hant': '好\u{1f980}' })] });
      expect(error.code).to.equal('CHARACTER_NOT_AVAILABLE');
      expect(error.message).to.equal('"shopSign.zh-Hant" has the character U+1F980 "🦀", which no font here can draw');
    });

    it('is read in the order of the document: label before value, English before Chinese', async () => {
      const structure = withoutSpaces((await render()).info('-struct-text'));
      const parts = [
        'Document',
        '食物環境衞生署',
        'H1',
        'General Restaurant Licence',
        '普通食肆牌照',
        'Valid from',
        '生效日期',
        '1 June 2026',
        'Valid until',
        '持牌人姓名',
        '2126801234',
        '金豐餐飲有限公司',
        'How to check',
      ];
      const places = parts.map((part) => structure.indexOf(withoutSpaces(part)));
      expect(places)
        .to.deep.equal([...places].sort((a, b) => a - b))
        .and.not.include(-1);
    });

    it('says where a date is not stated', async () => {
      const dates = [{ label: { en: 'Valid until', 'zh-Hant': '有效期至', 'zh-Hans': '有效期至' }, date: null }];
      expect(withoutSpaces((await render({ dates })).text()))
        .to.include('Notstated')
        .and.include('沒有註明');
    });

    it('is in Simplified Chinese where that is asked for, and leaves claims as they were issued', async () => {
      const three = (en: string, hant: string, hans: string) => ({ en, 'zh-Hant': hant, 'zh-Hans': hans });
      const items = conditions(12);
      const file = await render({
        chinese: 'zh-Hans',
        isTest: true,
        title: three('General Restaurant Licence', '普通食肆牌照', '普通食肆牌照（简）'),
        department: three('Department', '食物環境衞生署', '食物环境卫生署'),
        dates: [{ label: three('Valid until', '有效期屆滿日期', '有效期届满日期'), date: null }],
        rows: [
          {
            ...textRow('name', { en: 'Golden', 'zh-Hant': '金豐餐飲' }),
            label: three('Name', '持牌人姓名', '持牌人姓名 简'),
          },
          row('kind', { kind: 'texts', texts: [three('Full', '正式執照', '正式执照')] }),
          row('uses', { kind: 'list', items: [three('Shop', '商舖用途', '商铺用途')] }),
          row('classes', {
            kind: 'table',
            head: [three('Class', '車輛類別', '车辆类别')],
            rows: [[three('None', '並無註明', '并无注明')]],
          }),
          { ...row('conditions', { kind: 'list', items }), label: three('Conditions', '條件', '条件') },
        ],
      });
      const text = withoutSpaces(file.text());
      for (const part of [
        '普通食肆牌照（简）',
        '正式执照',
        '商铺用途',
        '车辆类别',
        '并无注明',
        '食物环境卫生署',
        '有效期届满日期',
        '没有注明',
        '持牌人姓名简',
        '参考编号',
        '测试文件',
        '请自行打开网址',
        '条件（续）',
        '第2页，共',
      ])
        expect(text).to.include(part);
      for (const part of [
        '正式執照',
        '商舖用途',
        '車輛類別',
        '並無註明',
        '食物環境衞生署',
        '有效期屆滿日期',
        '沒有註明',
        '參考編號',
        '測試文件',
        '請自行',
        '（續）',
        '頁',
      ])
        expect(text).to.not.include(part);
      expect(text).to.include('金豐餐飲').and.include('條件1：');
      expect(file.objects()).to.include('/Lang (zh-Hans-HK)').and.include('/Lang (zh-Hant-HK)');
      expect(file.check()).to.include('No syntax or stream encoding errors found');
    });

    it('marks each page of a test document, and no other', async () => {
      const rows = [row('conditions', { kind: 'list', items: conditions(12) })];
      const test = await render({ rows, isTest: true });
      for (const page of [1, 2]) expect(test.text(page)).to.include('TEST DOCUMENT').and.include('測試文件');
      expect((await render({ rows })).text())
        .to.not.include('TEST')
        .and.not.include('測試文件');
    });
  });

  describe("what is a department's own", () => {
    const ACCENT = '#004b87';
    const logo = Buffer.from(device(50).data, 'base64');
    const leftOf = (file: PdfFile, word: string) => file.words(1).find(({ text }) => text === word)?.left ?? Number.NaN;

    it('is its logo beside its name, which moves aside', async () => {
      const [plain, own] = [await render(), await render({ look: { logo, accent: null } })];
      expect(own.objects()).to.match(/\/Height 80[^>]*\/Width 120/);
      expect(plain.objects()).to.not.match(/\/Subtype \/Image/);
      expect(leftOf(own, 'Food') - leftOf(plain, 'Food')).to.be.above(30);
      expect(leftOf(own, 'General')).to.equal(leftOf(plain, 'General'));
      const { grey } = own;
      expect(darkest(grey(1, 100), { left: 80, top: 72, right: 80 + 60, bottom: 72 + 50 })).to.be.below(100);
      expect(own.check()).to.include('No syntax or stream encoding errors found');
    });

    it('is the colour of one rule, which is dark in black and white too', async () => {
      const file = await render({ look: { logo: null, accent: ACCENT } });
      const isAccent = (colours: Uint8Array) => Buffer.from(colours).includes(Buffer.from('004b87'.repeat(20), 'hex'));
      expect(isAccent(file.colours(1, 100))).to.equal(true);
      expect(isAccent((await render()).colours(1, 100))).to.equal(false);
      const raster = file.grey(1, 300);
      const rule = { left: 400, top: 200, right: 401, bottom: 225 };
      expect(darkest(raster, rule)).to.be.below(96);
    });

    it('is refused where it is no picture', async () => {
      const error = await failure({ look: { logo: Buffer.from('no picture'), accent: null } });
      expect([error.code, error.message]).to.deep.equal(['IMAGE_NOT_SUPPORTED', '"logo" must be a PNG file']);
    });
  });

  describe('the QR code', () => {
    for (const [digits, version] of [
      [380, 10],
      [1_060, 17],
      [2_000, 24],
    ] as const) {
      it(`of version ${version} reads back from the pixels at 150 and 300 dpi`, async () => {
        const qrText = qrTextOf(digits);
        const file = await render({ qrText });
        expect(qrSymbol(qrText).version).to.equal(version);
        for (const dpi of [150, 300]) expect((await readQr(toImageData(file.grey(1, dpi)))).text).to.equal(qrText);
      });

      it(`of version ${version} has modules of 0.4 mm and more, four white ones around, and its corner in its place`, async () => {
        const qrText = qrTextOf(digits);
        const raster = (await render({ qrText })).grey(1, 300);
        const { left, top, right, bottom, module } = await measureSymbol(raster, qrSymbol(qrText).size);
        const millimetres = (pixels: number): number => (pixels / raster.dpi) * 25.4;
        expect(millimetres(module)).to.be.at.least(0.4);
        expect(millimetres(right - left)).to.be.within(40, 50);
        // not closeTo: Hardhat's matchers, once loaded by another test, take it for whole numbers
        expect(Math.abs(A4_MM.width - millimetres(right) - QR_RIGHT_MM)).to.be.at.most(0.1);
        expect(Math.abs(A4_MM.height - millimetres(bottom) - QR_BOTTOM_MM)).to.be.at.most(0.1);
        const quiet = 4 * module - 1;
        expect(darkest(raster, { left: left - quiet, top: top - quiet, right: left, bottom: bottom + quiet })).to.equal(
          255,
        );
        expect(
          darkest(raster, { left: right, top: top - quiet, right: right + quiet, bottom: bottom + quiet }),
        ).to.equal(255);
        expect(darkest(raster, { left: left - quiet, top: top - quiet, right: right + quiet, bottom: top })).to.equal(
          255,
        );
        expect(
          darkest(raster, { left: left - quiet, top: bottom, right: right + quiet, bottom: bottom + quiet }),
        ).to.equal(255);
      });
    }

    it('is pure black on pure white, each module a whole number of dots of a 300 dpi printer', async () => {
      const qrText = qrTextOf(1_000);
      const raster = (await render({ qrText })).grey(1, 300);
      const { left, top, module } = await measureSymbol(raster, qrSymbol(qrText).size);
      const { size, modules } = qrSymbol(qrText);
      expect(module).to.equal(Math.round(module));
      for (let i = 0; i < size * size; i++) {
        const [x, y] = [left + (i % size) * module, top + Math.floor(i / size) * module];
        const expected = modules[i] === 1 ? 0 : 255;
        const corners = [
          [0, 0],
          [module - 1, 0],
          [0, module - 1],
          [module - 1, module - 1],
        ].map(([dx = 0, dy = 0]) => raster.pixels[(y + dy) * raster.width + x + dx]);
        expect(corners).to.deep.equal([expected, expected, expected, expected]);
      }
    });

    it('has no seams between modules, at any size', async () => {
      const qrText = qrTextOf(1_060);
      const file = await render({ qrText });
      const { left, top, module } = await measureSymbol(file.grey(1, 300), qrSymbol(qrText).size);
      for (const dpi of [150, 203, 300]) {
        const { width, height, rgb } = await decodePng(file.shaded(1, dpi));
        const pixels = Uint8Array.from({ length: width * height }, (_, i) => rgb[3 * i]!);
        // The dark square in the middle of a finder pattern, without the pixels of its edges.
        const at = (start: number, modules: number): number => ((start + modules * module) * dpi) / 300;
        const inside = { left: at(left, 2) + 1, top: at(top, 2) + 1, right: at(left, 5) - 1, bottom: at(top, 5) - 1 };
        expect(lightest({ width, height, dpi, pixels }, inside)).to.equal(0);
      }
    });

    it('grows at the least module where a text is longer than the format aims at, and stays readable', async () => {
      const qrText = qrTextOf(3_400);
      expect(qrSymbol(qrText).version).to.be.above(30);
      const raster = (await render({ qrText })).grey(1, 300);
      expect((await readQr(toImageData(raster))).text).to.equal(qrText);
      expect((await measureSymbol(raster, qrSymbol(qrText).size)).module).to.equal(5);
    });

    it('never leads elsewhere than the address that is printed', async () => {
      const content = documentContent({ verifierUrl: 'https://other.example.hk/' });
      const thrown = await renderPdf(content).catch((error: unknown) => error);
      expect(thrown).to.be.instanceOf(TypeError).with.property('message', '"qrText" must lead to "verifierUrl"');
    });

    it('stands free of any word', async () => {
      const verifierUrl = `${VERIFIER}a-rather-long-path/that-needs/more-than-one-line/`;
      const qrText = qrTextOf(1_900).replace(VERIFIER, verifierUrl);
      const file = await render({
        qrText,
        verifierUrl,
        rows: [row('conditions', { kind: 'list', items: conditions(20) })],
      });
      const raster = file.grey(1, 300);
      const { left, top, right, bottom } = await measureSymbol(raster, qrSymbol(qrText).size);
      const points = (pixels: number): number => (pixels / raster.dpi) * 72;
      const over = file
        .words(1)
        .filter(
          (word) =>
            word.right > points(left) &&
            word.left < points(right) &&
            word.bottom > points(top) &&
            word.top < points(bottom),
        );
      expect(over).to.deep.equal([]);
    });
  });

  describe('the pages', () => {
    it('take a long list over to further pages, each item once, with page numbers and the heading again', async () => {
      const file = await render({
        rows: [
          textRow('name', 'Golden Harvest'),
          row('conditions', { kind: 'list', items: conditions(24) }),
          textRow('officer', 'CHAN Tai-man'),
        ],
      });
      const text = withoutSpaces(file.text());
      expect(file.info()).to.match(/Pages:\s+3/);
      for (const page of [1, 2, 3])
        expect(withoutSpaces(file.text(page)))
          .to.include(`Page${page}of3/第${page}頁，共3頁`)
          .and.include('K7QX-3MWA-P9RT');
      for (let i = 1; i <= 24; i++) {
        expect(count(text, `Condition${i}:`)).to.equal(1);
        expect(count(text, `條件${i}：`)).to.equal(1);
      }
      expect(count(text, '違者可被檢控。')).to.equal(24);
      expect(count(text, 'Rowofconditions(continued)')).to.equal(2);
      for (const page of [2, 3])
        expect(file.text(page)).to.include('General Restaurant Licence').and.include('食物環境衞生署');
    });

    it('are set more densely where that saves one', async () => {
      const rows = (count: number) =>
        Array.from({ length: count }, (_, i) => textRow(`row${i}`, { en: 'English', 'zh-Hant': '中文' }));
      const pages = async (count: number) =>
        Number(/Pages:\s+(\d+)/.exec((await render({ rows: rows(count) })).info())?.[1]);
      const gap = async (count: number) => {
        const [first, second] = (await render({ rows: rows(count) }))
          .words(1)
          .filter((word) => word.text === 'English');
        return (second?.top ?? 0) - (first?.top ?? 0);
      };
      expect([await pages(7), await pages(9), await pages(12)]).to.deep.equal([1, 1, 2]);
      expect([await gap(7), await gap(9), await gap(12)].map((points) => Math.round(points))).to.deep.equal([
        40, 32, 40,
      ]);
    });

    it('repeat the head of a table', async () => {
      const rows = Array.from({ length: 60 }, (_, i) => [
        `Determinand ${i}`,
        `${i} mg/L`,
        { en: 'Once a month', 'zh-Hant': '每月一次' },
      ]);
      const file = await render({
        rows: [row('quality', { kind: 'table', head: ['Determinand', 'Limit', 'Frequency 頻率'], rows })],
      });
      const pages = Number(/Pages:\s+(\d+)/.exec(file.info())?.[1]);
      expect(pages).to.be.above(2);
      for (let page = 1; page <= pages; page++) expect(file.text(page)).to.include('Frequency 頻率');
      const text = withoutSpaces(file.text());
      for (let i = 0; i < 60; i++) expect(count(text, `Determinand${i}${i}mg/L`)).to.equal(1);
    });

    it('hold every word between the margins, however wide the words and however long the texts', async () => {
      const wide = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'.repeat(6);
      const long = '未經署長書面准許不得更改'.repeat(80);
      const file = await render({
        title: {
          en: 'A licence with a very long title '.repeat(5).trim(),
          'zh-Hant': '題目甚長的牌照'.repeat(12),
          'zh-Hans': '',
        },
        rows: [
          textRow('name', wide, { en: wide, 'zh-Hant': long }),
          row('list', { kind: 'list', items: [wide, long] }),
          row('table', { kind: 'table', head: [wide, 'b', 'c', long], rows: [['1', wide, long, '4'], ['only one']] }),
        ],
      });
      const pages = Number(/Pages:\s+(\d+)/.exec(file.info())?.[1]);
      for (let page = 1; page <= pages; page++) {
        for (const word of file.words(page)) {
          expect(word.left, word.text).to.be.at.least(56);
          expect(word.right, word.text).to.be.at.most(595.28 - 56);
          expect(word.bottom, word.text).to.be.at.most(841.89 - 25);
        }
      }
      expect(count(withoutSpaces(file.text()), '未經署長書面准許不得更改')).to.be.above(80);
    });

    it('refuse a table with more columns than a page has room for', async () => {
      const error = await failure({
        rows: [row('quality', { kind: 'table', rows: [Array.from({ length: 13 }, String)] })],
      });
      expect(error.code).to.equal('TABLE_TOO_WIDE');
      expect(error.message).to.equal('"quality" has 13 columns, a page has room for 12');
    });

    it('need no colour', async () => {
      const colours = (await render({ isTest: true })).colours(1, 60);
      const isGrey = (_: number, i: number): boolean => colours[i] === colours[i - (i % 3)];
      expect(colours.every(isGrey)).to.equal(true);
    });
  });

  describe('the attachment', () => {
    it('is the JSON, byte for byte', async () => {
      const json = JSON.stringify({ name: '金豐餐飲有限公司 ', list: conditions(40) });
      const { list, bytes } = (await render({ json })).attachments();
      expect(bytes.toString('utf8')).to.equal(json);
      expect(list).to.include('1 embedded files').and.include('K7QX-3MWA-P9RT.json');
    });

    it('is a credential, the source of the document, with its day and its checksum', async () => {
      const objects = (await render()).objects();
      expect(objects)
        .to.match(/\/AFRelationship \/Source/)
        .and.match(/\/Subtype \/application#2fvc/i)
        .and.match(/\/AF \[/);
      expect(objects).to.include('/ModDate (D:20260601020304Z)');
      const content = documentContent();
      const checksum = createHash('md5').update(content.json).digest('hex');
      expect(Buffer.from(await renderPdf(content)).includes(`/CheckSum <${checksum}>`)).to.equal(true);
    });
  });

  describe('pictures', () => {
    const image = (mediaType: 'image/png' | 'image/jpeg', bytes: Uint8Array): DocumentValue => ({
      kind: 'image',
      mediaType,
      bytes,
    });

    it('stand beside the first rows, with their label', async () => {
      const jpeg = (await render()).jpeg(1, 20);
      const file = await render({
        rows: [textRow('name', 'WONG Siu-ming'), row('photo', image('image/jpeg', jpeg)), textRow('category', 'A')],
      });
      expect(file.objects()).to.include('/DCTDecode');
      const [name, label] = ['WONG', 'photo'].map((text) => file.words(1).find((word) => word.text === text));
      expect(label?.left).to.be.above(name?.right ?? Number.POSITIVE_INFINITY);
      expect(file.check()).to.include('No syntax or stream encoding errors found');
    });

    it('are turned as the camera was held', async () => {
      const jpeg = (await render({ isTest: true })).jpeg(1, 20);
      const turned = Buffer.concat([jpeg.subarray(0, 2), exifOf(6), jpeg.subarray(2)]);
      // The band of a test document is black from side to side, on top; turned, from top to bottom.
      const bandOf = async (bytes: Uint8Array) => {
        const raster = (await render({ rows: [row('photo', image('image/jpeg', bytes))] })).grey(1, 72);
        const beside = { left: 420, right: 538, top: 263, bottom: 400 };
        return { across: longestRun(raster, beside), down: longestRun(flipped(raster), flippedEdges(beside)) };
      };
      const [upright, aside] = [await bandOf(jpeg), await bandOf(turned)];
      expect(upright.across).to.be.above(80);
      expect(upright.down).to.be.below(20);
      expect(aside.across).to.be.below(20);
      expect(aside.down).to.be.above(60);
    });

    it('may be several', async () => {
      const jpeg = (await render()).jpeg(1, 20);
      const file = await render({
        rows: [row('photo', image('image/jpeg', jpeg)), row('plan', image('image/jpeg', jpeg))],
      });
      expect(count(file.objects(), '/DCTDecode')).to.equal(2);
      expect(file.text()).to.include('Row of photo').and.include('Row of plan');
    });

    it('that are no pictures are refused with the field', async () => {
      const error = await failure({ rows: [row('photo', image('image/jpeg', new Uint8Array(100)))] });
      expect(error.code).to.equal('IMAGE_NOT_SUPPORTED');
      expect(error.message).to.equal('"photo" must be a JPEG file');
    });
  });
});

interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The symbol's edges (right and bottom beyond the last dark pixel) and its module, measured from its upper left finder pattern. */
async function measureSymbol(raster: Raster, size: number): Promise<Edges & { module: number }> {
  const { topLeft } = (await readQr(toImageData(raster))).position;
  const isDark = (x: number, y: number): boolean => raster.pixels[y * raster.width + x]! < 128;
  const [x, y] = [Math.round(topLeft.x) + 4, Math.round(topLeft.y) + 4];
  let [left, top, finderRight] = [x, y, x];
  while (isDark(left - 1, y)) left--;
  while (isDark(x, top - 1)) top--;
  while (isDark(finderRight, y)) finderRight++;
  const module = (finderRight - left) / 7;
  return { left, top, module, right: left + Math.round(size * module), bottom: top + Math.round(size * module) };
}

/** An EXIF segment that says nothing but how the camera was held (EXIF 2.32, tag 0x0112). */
function exifOf(orientation: number): Buffer {
  const tiff = Buffer.from('4d4d002a00000008000101120003000000010000000000000000', 'hex');
  tiff.writeUInt16BE(orientation, 18);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(2 + 6 + tiff.length);
  return Buffer.concat([Buffer.of(0xff, 0xe1), length, Buffer.from('Exif\0\0', 'latin1'), tiff]);
}

/** The longest stretch of dark pixels in a row. */
function longestRun({ width, pixels }: Raster, { left, top, right, bottom }: Edges): number {
  let longest = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left, run = 0; x < right; x++) {
      run = pixels[y * width + x]! < 100 ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
  }
  return longest;
}

/** Rows for columns. */
function flipped({ width, height, dpi, pixels }: Raster): Raster {
  const turned = pixels.map((_, i) => pixels[(i % height) * width + Math.floor(i / height)]!);
  return { width: height, height: width, dpi, pixels: turned };
}

const flippedEdges = ({ left, top, right, bottom }: Edges): Edges => ({
  left: top,
  top: left,
  right: bottom,
  bottom: right,
});

const darkest = (raster: Raster, edges: Edges): number => Math.min(...levels(raster, edges));
const lightest = (raster: Raster, edges: Edges): number => Math.max(...levels(raster, edges));

/** The levels that pixels wholly inside have. */
function levels({ width, pixels }: Raster, { left, top, right, bottom }: Edges): Set<number> {
  const found = new Set<number>();
  for (let y = Math.ceil(top); y < Math.floor(bottom); y++) {
    for (let x = Math.ceil(left); x < Math.floor(right); x++) found.add(pixels[y * width + x]!);
  }
  return found;
}
