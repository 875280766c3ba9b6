import { expect } from 'chai';
import { en } from '../../../holder-web/words/en.ts';
import { zhHans } from '../../../holder-web/words/zh-hans.ts';
import { zhHant } from '../../../holder-web/words/zh-hant.ts';
import {
  type AnswerFacts,
  type RequestFacts,
  writeAnswerLetter,
  writeRequestLetter,
} from '../../../server/mail/account-letter.ts';
import type { Language } from '../../../server/mail/letter.ts';

const COMMON = {
  department: { en: 'Food Department', 'zh-Hant': '食物環境署', 'zh-Hans': '食物环境署' },
  holderPage: 'https://eproof.example.hk/my',
  isTest: false,
};
const ANSWER: AnswerFacts = {
  ...COMMON,
  title: { en: 'General Restaurant Licence', 'zh-Hant': '普通食肆牌照', 'zh-Hans': '普通食肆牌照' },
  reference: 'K7QX-3MWA-P9RT',
};
const REQUEST: RequestFacts = { ...COMMON, answerBy: new Date('2027-11-30T18:45:00Z') };
const ALL: readonly Language[] = ['en', 'zh-Hant', 'zh-Hans'];
const PAGE = { en, 'zh-Hant': zhHant, 'zh-Hans': zhHans };

const answer = (languages: readonly Language[], change: Partial<AnswerFacts> = {}) =>
  writeAnswerLetter({ ...ANSWER, ...change }, languages);
const request = (languages: readonly Language[], change: Partial<RequestFacts> = {}) =>
  writeRequestLetter({ ...REQUEST, ...change }, languages);

describe('a letter of what waits at the page', () => {
  for (const language of ALL) {
    it(`says in ${language} which document was reported, who has answered and where the answer is`, () => {
      const { subject, text, html } = answer([language]);
      for (const said of [subject, text, html])
        for (const fact of [ANSWER.title[language], ANSWER.reference]) expect(said).to.include(fact);
      for (const said of [text, html])
        for (const fact of [COMMON.department[language], COMMON.holderPage, PAGE[language].report.heading])
          expect(said).to.include(fact);
    });

    it(`says in ${language} who asks, until when by the clocks of Hong Kong, and where to answer`, () => {
      const { subject, text, html } = request([language]);
      const times = language === 'en' ? ['1 December 2027', '02:45'] : ['2027年12月1日', '2:45'];
      for (const said of [subject, text, html])
        for (const fact of [COMMON.department[language], ...times]) expect(said).to.include(fact);
      for (const said of [text, html])
        for (const fact of [COMMON.holderPage, PAGE[language].requests.heading]) expect(said).to.include(fact);
    });
  }

  for (const [kind, letter] of [
    ['an answer', answer],
    ['a request', request],
  ] as const)
    describe(`that is ${kind}`, () => {
      it('says the same in the three languages', () => {
        const counts = ALL.map((language) => letter([language]).text.split('\n').length);
        expect(new Set(counts).size).to.equal(1);
      });

      it('has no link, no picture and no script, and says so', () => {
        const { text, html } = letter(ALL);
        expect(html).to.not.match(/<a\b|href|<img|src=|<script|<form|<style|url\(/i);
        for (const words of ['This mail has no link', '不含任何連結', '不含任何链接']) expect(text).to.include(words);
      });

      it('is in both official languages where nobody said which one is read', () => {
        const { subject, html } = letter(['zh-Hant', 'en']);
        expect(subject).to.include(' / ');
        expect(html.match(/<section lang="[^"]+">/g)).to.deep.equal([
          '<section lang="zh-Hant">',
          '<section lang="en">',
        ]);
      });

      it('says first of all that a test is one', () => {
        const tests = ALL.map((language) => letter([language], { isTest: true }));
        expect(tests.map(({ subject }) => subject.slice(0, 3))).to.deep.equal(['TES', '測試：', '测试：']);
        expect(tests.map(({ text }) => text.slice(0, 3))).to.deep.equal(['TES', '測試：', '测试：']);
      });

      it('keeps a name within its line, and its markup as text', () => {
        const department = { ...COMMON.department, en: '<b>Food</b>\r\nBcc: all@example.hk' };
        const { subject, text, html } = letter(['en'], { department });
        expect(subject).to.not.match(/[\r\n]/);
        expect(text).to.include('The <b>Food</b> Bcc: all@example.hk');
        expect(html).to.include('&#60;b&#62;Food');
      });
    });
});
