import type { Route } from './route.ts';

/*
 * How the description of the API puts routes together: in the order of a newcomer's questions. A route belongs to the last group that
 * has its path, so that what is about a part of something comes after it.
 */

export interface Group {
  name: string;
  description: string;
  /** As Express writes them. */
  paths: readonly RegExp[];
}

export const GROUPS: readonly Group[] = [
  {
    name: 'Who is calling',
    description: 'The department of a key, the person of a session',
    paths: [/^\/v1\/(me|session)$/],
  },
  {
    name: 'Types',
    description: 'What a department issues: claims, validity, templates, and its own rules for each type',
    paths: [/^\/v1\/types\b/],
  },
  {
    name: 'Versions of types',
    description: 'A new version of a type: written, looked at, and published by its hash',
    paths: [/^\/v1\/type-versions\b/],
  },
  { name: 'Credentials', description: 'Issue, find, renew, replace, erase', paths: [/^\/v1\/credentials\b/] },
  {
    name: 'Documents',
    description: 'What a final credential is handed out as, and e-mailed to its holder',
    paths: [/^\/v1\/credentials\/:id\/(pdf|qr\.|proof|mail)/],
  },
  {
    name: 'Status',
    description: 'Revoke, suspend, reinstate, extend; one credential, many with a preview, or by notice all of a type',
    paths: [/^\/v1\/credentials\/:id\/(revoke|suspend|reinstate|extend)$/, /^\/v1\/(status-changes|notices)\b/],
  },
  {
    name: 'Imports',
    description: 'Files of up to a million credentials, checked row by row',
    paths: [/^\/v1\/imports\b/],
  },
  { name: 'Drafts', description: 'Prepared by one person, approved by others', paths: [/^\/v1\/drafts\b/] },
  {
    name: 'Look-ups',
    description: 'For verifiers: by a typed reference, by facts from the paper, and for officers',
    paths: [/^\/v1\/look-ups\b/],
  },
  { name: 'Holder', description: "A signed-in holder's own credentials", paths: [/^\/v1\/(holder|shares)\b/] },
  {
    name: 'Companies',
    description: 'Documents of companies: who acts for one, and what was done in its name',
    paths: [/^\/v1\/holder\/(companies|delegates|company-acts)\b/, /^\/v1\/company-administrators\b/],
  },
  {
    name: 'Requests',
    description: 'What departments ask of holders, and read with their consent',
    paths: [/^\/v1\/requests\b/, /^\/v1\/holder\/requests\b/],
  },
  {
    name: 'Reports',
    description: 'What holders told the department of their documents',
    paths: [/^\/v1\/reports\b/],
  },
  { name: 'Officers', description: "A department's people and their roles", paths: [/^\/v1\/(officers|people)\b/] },
  { name: 'Views', description: 'Filters of lists that officers keep', paths: [/^\/v1\/views\b/] },
  { name: 'API keys', description: 'For systems: scopes, expiry, rotation', paths: [/^\/v1\/api-keys\b/] },
  {
    name: 'Signing keys',
    description:
      "The department's keys in the registry: what a report or an end does to which credentials, and what its admin sends",
    paths: [/^\/v1\/signing-keys\b/],
  },
  {
    name: 'Webhooks',
    description: 'What happens is told to a system of the department',
    paths: [/^\/v1\/webhook/],
  },
  {
    name: 'Statistics',
    description: 'Numbers of a department, and of nothing single',
    paths: [/^\/v1\/statistics$/],
  },
  { name: 'Audit', description: 'Who did what, in a chain of hashes', paths: [/^\/v1\/audit\b/] },
  {
    name: 'Operation',
    description: 'Is it up, and what does it speak',
    paths: [/^\/(livez|readyz|openapi\.json)$/],
  },
];

/** @throws TypeError for a route without a group: a newcomer would find it nowhere */
export function groupOf({ path }: Route): Group {
  const group = GROUPS.findLast(({ paths }) => paths.some((begin) => begin.test(path)));
  if (!group) throw new TypeError(`no group of server/http/groups.ts has "${path}"`);
  return group;
}
