import type { ClaimDefinition, CredentialType, Label } from '../../proof/credential-type.ts';

export const CHANGES = [
  'title',
  'disclosure',
  'validity',
  'date-label',
  'claim-added',
  'claim-removed',
  'claim-moved',
  'claim-label',
  'claim-type',
  'claim-required',
  'claim-optional',
  'claim-shown',
  'claim-hidden',
  'claim-always',
  'claim-sensitive',
  'claim-role',
  'claim-length',
  'option-added',
  'option-removed',
  'option-label',
] as const;
export type ChangeKind = (typeof CHANGES)[number];

export const CONCERNED = ['officers', 'systems', 'holders', 'verifiers'] as const;
export type Concerned = (typeof CONCERNED)[number];

/** One thing that is another than in the version before. */
export interface DefinitionChange {
  what: ChangeKind;
  /** The name of the claim that it is about, or of the date; null where it is about the type. */
  name: string | null;
  before: string | null;
  after: string | null;
  /** Who meets it: officers by their form, systems by the API and files, holders by the document, verifiers by what they are shown. */
  concerns: readonly Concerned[];
}

const READ: readonly Concerned[] = ['officers', 'holders', 'verifiers'];
const TYPED: readonly Concerned[] = ['officers', 'systems'];
const ALL = CONCERNED;
const SEEN: readonly Concerned[] = ['holders', 'verifiers'];

const CONCERNS: Readonly<Record<ChangeKind, readonly Concerned[]>> = {
  title: READ,
  disclosure: SEEN,
  validity: ALL,
  'date-label': READ,
  'claim-added': ALL,
  'claim-removed': ALL,
  'claim-moved': READ,
  'claim-label': READ,
  'claim-type': ALL,
  'claim-required': TYPED,
  'claim-optional': TYPED,
  'claim-shown': SEEN,
  'claim-hidden': SEEN,
  'claim-always': SEEN,
  'claim-sensitive': SEEN,
  'claim-role': ALL,
  'claim-length': TYPED,
  'option-added': ALL,
  'option-removed': ALL,
  'option-label': READ,
};

/** In the order in which a person reads a definition. */
export function changesBetween(before: CredentialType, after: CredentialType): DefinitionChange[] {
  const found: Found[] = [
    ...differing('title', null, textOf(before.title), textOf(after.title)),
    ...differing('disclosure', null, before.disclosure, after.disclosure),
    ...differing('validity', null, JSON.stringify(before.validity), JSON.stringify(after.validity)),
  ];
  for (const name of ['issued', 'validFrom', 'validUntil'] as const)
    found.push(...differing('date-label', name, textOf(before.dates[name]), textOf(after.dates[name])));
  const known = new Map(before.claims.map((claim) => [claim.name, claim]));
  const kept = new Set(after.claims.map(({ name }) => name));
  for (const claim of before.claims)
    if (!kept.has(claim.name))
      found.push({ what: 'claim-removed', name: claim.name, before: textOf(claim.label), after: null });
  for (const claim of after.claims) {
    const was = known.get(claim.name);
    if (was) found.push(...claimChanges(was, claim));
    else found.push({ what: 'claim-added', name: claim.name, before: null, after: textOf(claim.label) });
  }
  found.push(...moves(before, after));
  return found.map((change) => ({ ...change, concerns: CONCERNS[change.what] }));
}

type Found = Omit<DefinitionChange, 'concerns'>;

function claimChanges(was: ClaimDefinition, is: ClaimDefinition): Found[] {
  const { name } = is;
  const turned = (what: ChangeKind): Found => ({ what, name, before: null, after: null });
  const found: Found[] = [
    ...differing('claim-label', name, textOf(was.label), textOf(is.label)),
    ...differing('claim-type', name, was.type, is.type),
    ...differing('claim-role', name, was.role ?? null, is.role ?? null),
    ...differing('claim-length', name, toText(was.maxLength), toText(is.maxLength)),
    ...differing('claim-sensitive', name, String(was.sensitive), String(is.sensitive)),
    ...differing('claim-always', name, String(was.always), String(is.always)),
  ];
  if (was.required !== is.required) found.push(turned(is.required ? 'claim-required' : 'claim-optional'));
  if (was.group !== is.group) found.push(turned(is.group === 'shown' ? 'claim-shown' : 'claim-hidden'));
  return [...found, ...optionChanges(was, is)];
}

function optionChanges({ options: was = [] }: ClaimDefinition, { name, options: is = [] }: ClaimDefinition): Found[] {
  const known = new Map(was.map(({ code, label }) => [code, label]));
  const kept = new Set(is.map(({ code }) => code));
  return [
    ...was
      .filter(({ code }) => !kept.has(code))
      .map(({ label }): Found => ({ what: 'option-removed', name, before: textOf(label), after: null })),
    ...is.flatMap(({ code, label }): Found[] => {
      const before = known.get(code);
      if (before) return differing('option-label', name, textOf(before), textOf(label));
      return [{ what: 'option-added', name, before: null, after: textOf(label) }];
    }),
  ];
}

/** Claims of both versions that stand in another order; those that only made room are not told. */
function moves(before: CredentialType, after: CredentialType): Found[] {
  return (['shown', 'rest'] as const).flatMap((group) => {
    const inBoth = (type: CredentialType, other: CredentialType) =>
      type.claims
        .filter((claim) => claim.group === group)
        .filter(({ name }) => other.claims.some((one) => one.name === name && one.group === group))
        .map(({ name }) => name);
    const was = inBoth(before, after);
    const is = inBoth(after, before);
    const stay = longestKept(was, is);
    return is
      .filter((name) => !stay.has(name))
      .map(
        (name): Found => ({
          what: 'claim-moved',
          name,
          before: toText(was.indexOf(name) + 1),
          after: toText(is.indexOf(name) + 1),
        }),
      );
  });
}

/** The most names that stand in the same order in both. */
function longestKept(was: readonly string[], is: readonly string[]): ReadonlySet<string> {
  const best: string[][] = [];
  is.forEach((name, i) => {
    const at = was.indexOf(name);
    const before = best.filter((_, j) => was.indexOf(is[j] as string) < at);
    const longest = before.reduce<string[]>((a, b) => (b.length > a.length ? b : a), []);
    best[i] = [...longest, name];
  });
  return new Set(best.reduce<string[]>((a, b) => (b.length > a.length ? b : a), []));
}

function differing(what: ChangeKind, name: string | null, before: string | null, after: string | null): Found[] {
  return before === after ? [] : [{ what, name, before, after }];
}

/** All three languages, because any of them may be what changed. */
function textOf(label: Label | undefined): string | null {
  return label === undefined ? null : `${label.en} · ${label['zh-Hant']} · ${label['zh-Hans']}`;
}

function toText(value: number | undefined): string | null {
  return value === undefined ? null : String(value);
}
