import { expect } from 'chai';
import {
  type DocumentFacts,
  type Language,
  writeDocumentLetter,
  writeReminderLetter,
} from '../../../server/mail/letter.ts';

const FACTS: DocumentFacts = {
  title: { en: 'General Restaurant Licence', 'zh-Hant': '普通食肆牌照', 'zh-Hans': '普通食肆牌照' },
  department: { en: 'Food Department', 'zh-Hant': '食物署', 'zh-Hans': '食物署' },
  reference: 'K7QX-3MWA-P9RT',
  dates: [
    {
      label: { en: 'Valid until', 'zh-Hant': '有效期至', 'zh-Hans': '有效期至' },
      date: '2027-11-30',
    },
  ],
  verifierUrl: 'https://verify.example.hk/',
  isTest: false,
};
const ALL: readonly Language[] = ['en', 'zh-Hant', 'zh-Hans'];
const letter = (languages: readonly Language[], change: Partial<DocumentFacts> = {}) =>
  writeDocumentLetter({ ...FACTS, ...change }, languages);

describe('a letter', () => {
  for (const language of ALL)
    it(`says in ${language} what came, from whom, how to know it again and how to check it`, () => {
      const { subject, text, html } = letter([language]);
      for (const said of [subject, text, html])
        for (const fact of [FACTS.title[language], FACTS.department[language], FACTS.reference])
          expect(said).to.include(fact);
      for (const said of [text, html]) {
        expect(said).to.include('https://verify.example.hk');
        expect(said).to.include(language === 'en' ? 'Valid until: 30 November 2027' : '有效期至：2027年11月30日');
      }
      expect(html).to.include(`<html lang="${language}">`);
    });

  it('is in both official languages where nobody said which one is read', () => {
    const { subject, text, html } = letter(['zh-Hant', 'en']);
    expect(subject).to.equal(
      '普通食肆牌照 K7QX-3MWA-P9RT，食物署 / General Restaurant Licence K7QX-3MWA-P9RT, Food Department',
    );
    expect(text.indexOf('參考編號')).to.be.within(0, text.indexOf('Reference: '));
    expect(html.match(/<section lang="[^"]+">/g)).to.deep.equal(['<section lang="zh-Hant">', '<section lang="en">']);
  });

  it('says the same in the three languages', () => {
    const counts = ALL.map((language) => letter([language]).text.split('\n').length);
    expect(new Set(counts).size).to.equal(1);
  });

  it('has no link, no picture and no script: there is nothing to click on, here or in a forged one', () => {
    expect(letter(ALL).html).to.not.match(/<a\b|href|<img|src=|<script|<form|<style|url\(/i);
  });

  it('shows markup in a name as text', () => {
    const title = { en: '<a href="x">&amp; "Bar"</a>', 'zh-Hant': "<b>'", 'zh-Hans': '<i>' };
    const { html, text } = letter(['en'], { title });
    expect(html).to.include('&#60;a href=&#34;x&#34;&#62;&#38;amp; &#34;Bar&#34;&#60;/a&#62;');
    expect(html).to.not.include('<a href');
    expect(text).to.include(title.en);
  });

  it('keeps a name within its line, so that it makes no header of its own', () => {
    const department = { ...FACTS.department, en: 'Food\r\nBcc: all@example.hk\n\nDepartment' };
    const { subject, text } = letter(['en'], { department });
    expect(subject).to.not.match(/[\r\n]/);
    expect(text).to.include('The Food Bcc: all@example.hk Department has');
  });

  it('says first of all that a test is one', () => {
    expect(ALL.map((language) => letter([language], { isTest: true }).subject.slice(0, 3))).to.deep.equal([
      'TES',
      '測試：',
      '测试：',
    ]);
    expect(letter(['en'], { isTest: true }).text).to.match(/^TEST: /);
    expect(letter(['en']).text).to.not.include('TEST');
  });

  describe('before the end', () => {
    const { dates: _, ...facts } = FACTS;
    const renewal = { opens: '2027-08-31', closes: '2027-11-30' };
    const reminder = (language: Language, change = {}) =>
      writeReminderLetter({ ...facts, validUntil: '2027-11-30', renewal, ...change }, [language]);

    for (const language of ALL)
      it(`says in ${language} what ends when, and when a renewal can be applied for`, () => {
        const { subject, text, html } = reminder(language);
        const [end, opens] =
          language === 'en' ? ['30 November 2027', '31 August 2027'] : ['2027年11月30日', '2027年8月31日'];
        for (const said of [subject, text, html])
          for (const fact of [FACTS.title[language], FACTS.reference, end]) expect(said).to.include(fact);
        for (const said of [text, html]) expect(said).to.include(opens).and.to.include(FACTS.department[language]);
        expect(html).to.not.match(/<a\b|href|<img/);
      });

    it('says nothing of a renewal of what is not renewed, and that a test is one', () => {
      expect(reminder('en', { renewal: null }).text)
        .to.not.include('renewal')
        .and.to.not.include('undefined');
      expect(reminder('en', { isTest: true }).subject).to.match(/^TEST: /);
    });
  });
});
