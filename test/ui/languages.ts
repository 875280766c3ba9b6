import { expect } from 'chai';
import { LANGUAGES, type Language } from '../../ui/language.ts';

/** Every text of a dictionary by its path. */
export function flatten(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value as object).flatMap(([name, member]) => flatten(member, `${path}/${name}`));
}

const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();

/** What holds for the dictionaries of every page: registers the tests. */
export function itSpeaksThreeLanguages(load: (language: Language) => Promise<object>): void {
  const texts = async (language: Language) => flatten(await load(language));

  for (const language of LANGUAGES)
    it(`are complete in ${language}, with the same values to fill in`, async () => {
      const english = new Map(await texts('en'));
      const own = await texts(language);
      expect(own.map(([path]) => path)).to.have.members([...english.keys()]);
      for (const [path, text] of own) {
        expect(text.trim(), path).to.equal(text).and.not.equal('');
        expect(placeholders(text), path).to.deep.equal(placeholders(english.get(path) ?? ''));
      }
    });

  it('keep the two ways of writing Chinese apart', async () => {
    const simplified = /[国这证码说时间认为发开关还过进会对应书门问题现无见规设计变读页网查维护签]/u;
    const traditional = /[國這證碼說時間認為發開關還過進會對應書門問題現無見規設計變讀頁網維護簽]/u;
    const common = /[查]/gu;
    for (const [path, text] of await texts('zh-Hant')) expect(text.replace(common, ''), path).not.to.match(simplified);
    for (const [path, text] of await texts('zh-Hans')) expect(text.replace(common, ''), path).not.to.match(traditional);
  });

  it('leave no English sentence untranslated', async () => {
    const english = new Map(await texts('en'));
    for (const language of ['zh-Hant', 'zh-Hans'] as const)
      for (const [path, text] of await texts(language)) {
        expect(text, path).not.to.equal(english.get(path));
        expect(text, path).to.match(/\p{Script=Han}|[：]/u);
      }
  });
}
