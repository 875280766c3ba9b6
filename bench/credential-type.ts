import { licenceClaims } from './licence.ts';

const label = (text: string) => ({ en: text, 'zh-Hant': text, 'zh-Hans': text });

/** The files that the measured licence is issued under: fifteen texts, the first eight of them shown. */
export const definitionFile: Uint8Array = encode({
  format: 'eproof-credential-type/1',
  code: 'BENCH-LICENCE',
  version: 1,
  department: 'BENCH',
  title: label('Licence'),
  holder: 'premises',
  disclosure: 'public',
  validity: { kind: 'openEnded' },
  dates: {},
  claims: Object.keys(licenceClaims(0)).map((name, i) => ({
    name,
    type: 'text',
    group: i < 8 ? 'shown' : 'rest',
    sensitive: false,
    required: true,
    label: label(name),
  })),
  drafts: [],
});

export const profileFile: Uint8Array = encode({ format: 'eproof-issuer/1', code: 'BENCH', name: label('Department') });

function encode(file: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(file));
}
