import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { COMPARED } from '../../proof/compared.ts';
import { CHECK_CODES, PRESENTATION_CHECK_NAMES } from '../../proof/verdict.ts';
import { LANGUAGES, type Language, preferredLanguage } from '../../ui/language.ts';
import { REASONS } from '../../ui/words/dictionary.ts';
import { ANSWER_NAMES } from '../../verifier-web/answers.ts';
import { EMBED_WORDS } from '../../verifier-web/embed/words.ts';
import { FACTS_WORDS } from '../../verifier-web/facts/words.ts';
import { KEEPING_WORDS } from '../../verifier-web/offline/words.ts';
import { PDF_WORDS } from '../../verifier-web/pdf/words.ts';
import { PDF_REFUSAL_CODES, REFUSAL_CODES } from '../../verifier-web/refusal.ts';
import type { Dictionary } from '../../verifier-web/words/dictionary.ts';
import { en } from '../../verifier-web/words/en.ts';
import { zhHans } from '../../verifier-web/words/zh-hans.ts';
import { zhHant } from '../../verifier-web/words/zh-hant.ts';
import { itSpeaksThreeLanguages } from '../ui/languages.ts';

function proofErrorCodes(): string[] {
  const source = readFileSync(new URL('../../proof/errors.ts', import.meta.url), 'utf8');
  const union = source.slice(source.indexOf('ProofErrorCode ='), source.indexOf(';'));
  return [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code as string);
}

describe('the words of the page', () => {
  const dictionaries: Record<Language, Dictionary> = { en, 'zh-Hant': zhHant, 'zh-Hans': zhHans };

  for (const language of LANGUAGES) {
    it(`name every check, code, refusal and reason in ${language}`, () => {
      const words = dictionaries[language];
      expect(proofErrorCodes()).to.have.length.above(20);
      expect(words.check).to.have.all.keys(PRESENTATION_CHECK_NAMES);
      expect(words.code).to.have.all.keys(Object.keys(CHECK_CODES));
      expect(words.compared).to.have.all.keys(Object.keys(COMPARED));
      expect(words.proofError).to.have.all.keys(proofErrorCodes());
      expect(words.refusal).to.have.all.keys(REFUSAL_CODES);
      expect(PDF_WORDS[language]).to.have.all.keys(PDF_REFUSAL_CODES);
      expect(words.answers).to.include.all.keys(ANSWER_NAMES);
      expect(Object.keys(words.reason)).to.deep.equal(REASONS.map(String));
    });
  }

  itSpeaksThreeLanguages(async (language) => dictionaries[language]);

  for (const [part, words] of [
    ['facts of a paper', FACTS_WORDS],
    ['what a device keeps', KEEPING_WORDS],
    ['the frame in other sites', EMBED_WORDS],
    ['PDFs without their attachment', PDF_WORDS],
  ] as const)
    describe(`on ${part}`, () => itSpeaksThreeLanguages(async (language) => words[language]));

  it('follow the reader: what was chosen here, else what the browser prefers, else English', () => {
    expect(preferredLanguage('zh-Hans', ['en-GB'])).to.equal('zh-Hans');
    expect(preferredLanguage('<b>', ['yue-HK'])).to.equal('zh-Hant');
    expect(preferredLanguage(null, ['fr', 'zh-SG', 'en'])).to.equal('zh-Hans');
    expect(preferredLanguage(null, ['zh'])).to.equal('zh-Hant');
    expect(preferredLanguage(null, ['zh-Hans-HK'])).to.equal('zh-Hans');
    expect(preferredLanguage(null, [])).to.equal('en');
  });
});
