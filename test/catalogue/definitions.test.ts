import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import type { ClaimDefinition, CredentialType, Label } from '../../proof/credential-type.ts';

const LANGUAGES = ['en', 'zh-Hant', 'zh-Hans'] as const;
const NEVER_SHOWN_IN_PUBLIC = new Set([
  'bilingualList',
  'addressList',
  'quantityList',
  'endorsementList',
  'table',
  'image',
]);

const { types, departments } = loadCatalogue();
const textOf = (code: string) => readFileSync(`catalogue/types/${code}.json`, 'utf8');

/** Names that the strict shape of a definition file allows, by what they belong to. */
const NAMES = {
  definition: [
    'format',
    'code',
    'version',
    'department',
    'title',
    'holder',
    'disclosure',
    'validity',
    'dates',
    'claims',
    'drafts',
  ],
  claim: ['name', 'type', 'group', 'sensitive', 'required', 'always', 'role', 'label', 'options', 'maxLength'],
};

/** Every text that people read, by the path that `drafts` uses. */
function textsOf({ title, dates, claims }: CredentialType): Map<string, string> {
  const labels: [string, Label][] = [['title', title]];
  for (const [name, label] of Object.entries(dates)) labels.push([`dates.${name}`, label]);
  for (const claim of claims) {
    labels.push([`claims.${claim.name}.label`, claim.label]);
    for (const { code, label } of claim.options ?? [])
      labels.push([`claims.${claim.name}.options.${code}.label`, label]);
  }
  return new Map(labels.flatMap(([path, label]) => LANGUAGES.map((lang) => [`${path}.${lang}`, label[lang]] as const)));
}

function withRole(claims: readonly ClaimDefinition[], role: string): ClaimDefinition[] {
  return claims.filter((claim) => claim.role === role);
}

describe('definition files', () => {
  for (const { code, definition } of types) {
    const { claims, dates, disclosure, drafts, validity } = definition;
    const shown = claims.filter((claim) => claim.group === 'shown');

    describe(code, () => {
      it('is pretty-printed JSON in NFC that ends in one newline, so that its hash has one meaning', () => {
        const text = textOf(code);
        expect(text).to.equal(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
        expect(text).to.equal(text.normalize('NFC'));
      });

      it('has only the names that the format knows', () => {
        const json = JSON.parse(textOf(code));
        expect(Object.keys(json)).to.deep.equal(NAMES.definition);
        for (const claim of json.claims) expect(NAMES.claim).to.include.members(Object.keys(claim));
        expect(code).to.match(/^[A-Z]+(-[A-Z]+)+$/);
        expect(code.startsWith(`${definition.department}-`)).to.equal(true);
      });

      it('has every text in three languages, the Chinese ones in Chinese', () => {
        for (const [path, text] of textsOf(definition)) {
          expect(text, path).to.equal(text.trim());
          if (path.endsWith('.en')) expect(text, path).not.to.match(/\p{Script=Han}/u);
          else expect(text, path).to.match(/\p{Script=Han}/u);
        }
      });

      it('shows at least two claims first, and nothing sensitive or long where everybody may look', () => {
        expect(shown.length).to.be.at.least(2);
        expect(claims.slice(0, shown.length)).to.deep.equal(shown);
        if (disclosure !== 'public') return;
        expect(shown.filter((claim) => claim.sensitive)).to.deep.equal([]);
        expect(shown.filter((claim) => NEVER_SHOWN_IN_PUBLIC.has(claim.type))).to.deep.equal([]);
        expect(shown.map((claim) => claim.name)).not.to.include('signingOfficer');
      });

      it('always shows its number and its kind at most, and never what is sensitive', () => {
        const always = claims.filter((claim) => claim.always);
        for (const claim of always) expect([claim.required, claim.sensitive], claim.name).to.deep.equal([true, false]);
        const others = always.filter((claim) => claim.role !== 'number');
        expect(others.map(({ type, role }) => [type, role])).to.deep.equal(others.map(() => ['enum', undefined]));
        expect(others.length).to.be.at.most(disclosure === 'public' ? 1 : 0);
        if (disclosure === 'public') expect(withRole(always, 'number')).to.have.length(1);
      });

      it('gives each role once at most and names what the document is about', () => {
        for (const role of ['number', 'holder', 'subject', 'place', 'conditions']) {
          expect(withRole(claims, role).length, role).to.be.at.most(1);
        }
        const about = [...withRole(claims, 'holder'), ...withRole(claims, 'subject'), ...withRole(claims, 'place')];
        expect(about).not.to.have.length(0);
      });

      it('has options with distinct codes where a claim is an enum, and only there', () => {
        for (const { name, type, options } of claims) {
          expect(options !== undefined, name).to.equal(type === 'enum');
          const codes = (options ?? []).map((option) => option.code);
          expect(new Set(codes).size, name).to.equal(codes.length);
          for (const option of codes) expect(option).to.match(/^[a-z0-9]+(-[a-z0-9]+)*$/);
          if (type === 'enum') expect(codes.length, name).to.be.at.least(2);
          expect(name).to.match(/^[a-z][a-zA-Z]*$/);
        }
      });

      it('lists as drafts only what exists, once, and every invented option', () => {
        const texts = textsOf(definition);
        for (const path of drafts) expect(texts.has(path) || path === 'validity', path).to.equal(true);
        expect(new Set(drafts).size).to.equal(drafts.length);
        const options = [...texts.keys()].filter((path) => path.includes('.options.'));
        expect(drafts).to.include.members(options);
      });

      it('keeps dates of issue and validity out of the claims', () => {
        const names = claims.map((claim) => claim.name);
        expect(names).not.to.include.members(['issueDate']);
        expect(names).not.to.include.members(['validFrom']);
        expect(names).not.to.include.members(['validTo']);
        if (validity.kind === 'pointInTime') expect(dates).not.to.have.property('validUntil');
      });
    });
  }

  it('have a number in every type but the sick leave certificate, which has none', () => {
    const without = types.filter((type) => withRole(type.definition.claims, 'number').length === 0);
    expect(without.map((type) => type.code)).to.deep.equal(['HA-MC']);
  });

  it('never hash the same: each type is one identity', () => {
    expect(new Set(types.map((type) => type.sha256)).size).to.equal(types.length);
  });
});

describe('department profiles', () => {
  it('have three names, and a website of Hong Kong where they have one', () => {
    for (const { code, profile } of departments) {
      expect(code).to.match(/^[A-Z]+$/);
      for (const language of LANGUAGES) expect(profile.name[language]).to.have.length.above(1);
      if (profile.website !== undefined)
        expect(profile.website).to.match(/^https:\/\/www\.[a-z]+\.(gov|org|edu)\.hk\/$/);
    }
  });

  it('are pretty-printed JSON in NFC, each of a department that has a type', () => {
    const issuing = new Set(types.map((type) => type.definition.department));
    for (const name of readdirSync('catalogue/departments')) {
      const text = readFileSync(`catalogue/departments/${name}`, 'utf8');
      expect(text).to.equal(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
      expect(text).to.equal(text.normalize('NFC'));
      expect(issuing.has(name.replace('.json', ''))).to.equal(true);
    }
  });
});
