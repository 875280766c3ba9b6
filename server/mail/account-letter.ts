import type { Label } from '../../proof/credential-type.ts';
import { type Language, type Letter, oneLine, WORDS, write } from './letter.ts';

/*
 * Letters of what waits for a holder where they sign in. A mail is read by others: it says that something is there, and never what. The page's address is a text to
 * type, as in every letter (letter.ts).
 */

interface Facts {
  /** Who answers, or asks. */
  department: Label;
  /** Where holders sign in. */
  holderPage: string;
  isTest: boolean;
}

export interface AnswerFacts extends Facts {
  title: Label;
  reference: string;
}

export interface RequestFacts extends Facts {
  answerBy: Date;
}

/** That the department has answered a report about a document. */
export function writeAnswerLetter(facts: AnswerFacts, languages: readonly Language[]): Letter {
  return write(
    languages.map((language) => {
      const { answer } = ACCOUNT_WORDS[language];
      const { reference } = facts;
      const said = { ...inLanguage(facts, language), title: oneLine(facts.title[language]), reference };
      const paragraphs = [
        [answer.came(said)],
        [WORDS[language].reference(said)],
        [answer.apart, ...answer.steps(said)],
        [WORDS[language].warning],
        [WORDS[language].ending(said)],
      ];
      return { language, subject: answer.subject(said), paragraphs };
    }),
  );
}

/** That a department asks for something of another one's document, and until when it can be answered. */
export function writeRequestLetter(facts: RequestFacts, languages: readonly Language[]): Letter {
  return write(
    languages.map((language) => {
      const { request } = ACCOUNT_WORDS[language];
      const said = { ...inLanguage(facts, language), until: momentInWords(facts.answerBy, language) };
      const paragraphs = [
        [request.came(said)],
        [request.free],
        [request.apart, ...request.steps(said)],
        [WORDS[language].warning],
        [WORDS[language].ending(said)],
      ];
      return { language, subject: request.subject(said), paragraphs };
    }),
  );
}

interface Said {
  department: string;
  /** Of the page. */
  address: string;
  test: string;
}
type SaidOfAnswer = Said & { title: string; reference: string };
type SaidOfRequest = Said & { until: string };

function inLanguage({ department, holderPage, isTest }: Facts, language: Language): Said {
  return {
    department: oneLine(department[language]),
    address: holderPage,
    test: isTest ? WORDS[language].test : '',
  };
}

/** As clocks in Hong Kong show it. */
function momentInWords(moment: Date, language: Language): string {
  const style = { dateStyle: 'long', timeStyle: 'short', timeZone: 'Asia/Hong_Kong' } as const;
  return new Intl.DateTimeFormat(WORDS[language].locale, style).format(moment);
}

interface AccountWords {
  answer: {
    subject(said: SaidOfAnswer): string;
    came(said: SaidOfAnswer): string;
    apart: string;
    steps(said: Said): readonly string[];
  };
  request: {
    subject(said: SaidOfRequest): string;
    came(said: SaidOfRequest): string;
    free: string;
    apart: string;
    steps(said: Said): readonly string[];
  };
}

/** What is quoted is called so on the page (holder-web/words/). */
const ACCOUNT_WORDS: Record<Language, AccountWords> = {
  en: {
    answer: {
      subject: ({ test, title, reference }) => `${test}${title} ${reference}: your report was answered`,
      came: ({ test, title, department }) =>
        `${test}The ${department} has answered your report about this document: ${title}.`,
      apart: 'The answer is not in this mail, because others may read mails. How to read it:',
      steps: ({ address }) => [
        `1. Type this address into a browser yourself: ${address}`,
        '2. Sign in there, and open the document. The answer is below “Something is wrong?”.',
      ],
    },
    request: {
      subject: ({ test, department, until }) => `${test}${department}: a request that you can answer until ${until}`,
      came: ({ test, department, until }) =>
        `${test}The ${department} asks you to show it something of a document that another department issued. You can answer until ${until}, Hong Kong time.`,
      free: 'It sees nothing before you consent, and you can refuse.',
      apart:
        'What it asks for, and for what purpose, is not in this mail, because others may read mails. How to read it:',
      steps: ({ address }) => [
        `1. Type this address into a browser yourself: ${address}`,
        '2. Sign in there, and choose “Requests”.',
      ],
    },
  },
  'zh-Hant': {
    answer: {
      subject: ({ test, title, reference }) => `${test}${title} ${reference}：你的報告已獲答覆`,
      came: ({ test, title, department }) => `${test}${department}已答覆你就以下文件提出的報告：${title}。`,
      apart: '電郵可能會被他人閱讀，因此本電郵不載有答覆內容。閱讀方法如下：',
      steps: ({ address }) => [
        `1. 請自行在瀏覽器輸入此網址：${address}`,
        '2. 在該網頁登入，並開啟該文件。答覆載於「內容有問題？」之下。',
      ],
    },
    request: {
      subject: ({ test, department, until }) => `${test}${department}：查閱請求，可於${until}前答覆`,
      came: ({ test, department, until }) =>
        `${test}${department}請求查閱其他部門所簽發文件的資料。你可於香港時間${until}前答覆。`,
      free: '你同意之前，該部門看不到任何內容。你亦可以拒絕。',
      apart: '電郵可能會被他人閱讀，因此本電郵不載有請求查閱的資料及其用途。閱讀方法如下：',
      steps: ({ address }) => [`1. 請自行在瀏覽器輸入此網址：${address}`, '2. 在該網頁登入，並選擇「查閱請求」。'],
    },
  },
  'zh-Hans': {
    answer: {
      subject: ({ test, title, reference }) => `${test}${title} ${reference}：你的报告已获答复`,
      came: ({ test, title, department }) => `${test}${department}已答复你就以下文件提出的报告：${title}。`,
      apart: '电邮可能会被他人阅读，因此本电邮不载有答复内容。阅读方法如下：',
      steps: ({ address }) => [
        `1. 请自行在浏览器输入此网址：${address}`,
        '2. 在该网页登录，并打开该文件。答复载于“内容有问题？”之下。',
      ],
    },
    request: {
      subject: ({ test, department, until }) => `${test}${department}：查阅请求，可于${until}前答复`,
      came: ({ test, department, until }) =>
        `${test}${department}请求查阅其他部门所签发文件的资料。你可于香港时间${until}前答复。`,
      free: '你同意之前，该部门看不到任何内容。你也可以拒绝。',
      apart: '电邮可能会被他人阅读，因此本电邮不载有请求查阅的资料及其用途。阅读方法如下：',
      steps: ({ address }) => [`1. 请自行在浏览器输入此网址：${address}`, '2. 在该网页登录，并选择“查阅请求”。'],
    },
  },
};
