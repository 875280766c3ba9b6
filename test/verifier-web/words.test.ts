import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { CHECK_CODES, PRESENTATION_CHECK_NAMES } from '../../proof/verdict.ts';
import { ANSWER_NAMES } from '../../verifier-web/answers.ts';
import { LANGUAGES, type Language, loadDictionary, preferredLanguage } from '../../verifier-web/language.ts';
import { REFUSAL_CODES } from '../../verifier-web/refusal.ts';
import { type Dictionary, REASONS } from '../../verifier-web/words/dictionary.ts';

function flatten(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value as object).flatMap(([name, member]) => flatten(member, `${path}/${name}`));
}

function proofErrorCodes(): string[] {
  const source = readFileSync(new URL('../../proof/errors.ts', import.meta.url), 'utf8');
  const union = source.slice(source.indexOf('ProofErrorCode ='), source.indexOf(';'));
  return [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code as string);
}

const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();

describe('the words of the page', () => {
  const dictionaries = new Map<Language, Dictionary>();

  before(async () => {
    for (const language of LANGUAGES) dictionaries.set(language, await loadDictionary(language));
  });

  const texts = (language: Language) => flatten(dictionaries.get(language));

  for (const language of LANGUAGES) {
    it(`name every check, code, refusal and reason in ${language}`, () => {
      const words = dictionaries.get(language) as Dictionary;
      expect(proofErrorCodes()).to.have.length.above(20);
      expect(words.check).to.have.all.keys(PRESENTATION_CHECK_NAMES);
      expect(words.code).to.have.all.keys(Object.keys(CHECK_CODES));
      expect(words.proofError).to.have.all.keys(proofErrorCodes());
      expect(words.refusal).to.have.all.keys(REFUSAL_CODES);
      expect(words.answers).to.include.all.keys(ANSWER_NAMES);
      expect(Object.keys(words.reason)).to.deep.equal(REASONS.map(String));
    });

    it(`are complete in ${language}, with the same values to fill in`, () => {
      const english = new Map(texts('en'));
      const own = texts(language);
      expect(own.map(([path]) => path)).to.have.members([...english.keys()]);
      for (const [path, text] of own) {
        expect(text.trim(), path).to.equal(text).and.not.equal('');
        expect(placeholders(text), path).to.deep.equal(placeholders(english.get(path) ?? ''));
      }
    });
  }

  it('keep the two ways of writing Chinese apart', () => {
    const simplified = /[国这证码说时间认为发开关还过进会对应书门问题现无见规设计变读页网查维护签]/u;
    const traditional = /[國這證碼說時間認為發開關還過進會對應書門問題現無見規設計變讀頁網維護簽]/u;
    const common = /[查]/gu;
    for (const [path, text] of texts('zh-Hant')) expect(text.replace(common, ''), path).not.to.match(simplified);
    for (const [path, text] of texts('zh-Hans')) expect(text.replace(common, ''), path).not.to.match(traditional);
  });

  it('leave no English sentence untranslated', () => {
    const english = new Map(texts('en'));
    for (const language of ['zh-Hant', 'zh-Hans'] as const)
      for (const [path, text] of texts(language)) {
        expect(text, path).not.to.equal(english.get(path));
        expect(text, path).to.match(/\p{Script=Han}|[：]/u);
      }
  });

  it('follow the reader: what was chosen here, else what the browser prefers, else English', () => {
    expect(preferredLanguage('zh-Hans', ['en-GB'])).to.equal('zh-Hans');
    expect(preferredLanguage('<b>', ['yue-HK'])).to.equal('zh-Hant');
    expect(preferredLanguage(null, ['fr', 'zh-SG', 'en'])).to.equal('zh-Hans');
    expect(preferredLanguage(null, ['zh'])).to.equal('zh-Hant');
    expect(preferredLanguage(null, ['zh-Hans-HK'])).to.equal('zh-Hans');
    expect(preferredLanguage(null, [])).to.equal('en');
  });
});
