import type { OwnCompany } from '../client/api.ts';
import type { Client } from '../client/client.ts';
import { ApiProblem } from '../client/problem.ts';
import type { Shell } from '../ui/signed-in/shell.ts';
import { forgetSavedOf } from './saved.ts';

/*
 * Whose documents are on the page: one's own, or those of a company that one acts for. The address says so, so that two windows do not mix, and nothing else
 * does: `/my/…` is one's own, `/my/for/cmp_7/…` the company's.
 */

/** A company of somebody who acts for none of this id has no name. */
export type Company = Pick<OwnCompany, 'id' | 'name' | 'role'>;

export interface Whose {
  /** Null for oneself. */
  company: Company | null;
  /** The address of a place of theirs. */
  hrefOf(path: string): string;
  /** The address of a file of a document of theirs. */
  fileOf(id: string, part: string): string;
}

const BASE = '/my/';

export function createWhose(company: Company | null): Whose {
  const prefix = prefixOf(company?.id ?? null);
  return {
    company,
    hrefOf: (path) => `${BASE}${prefix}${path}`,
    fileOf(id, part) {
      const url = new URL(`/v1/holder/credentials/${encodeURIComponent(id)}/${part}`, location.origin);
      if (company) url.searchParams.set('company', company.id);
      return url.pathname + url.search;
    },
  };
}

function prefixOf(company: string | null): string {
  return company === null ? '' : `for/${company}/`;
}

/** What a path below the page says: whose, and which place of theirs. */
export function readPath(path: string): { company: string | null; place: string } {
  const [, company, place = ''] = /^for\/(cmp_\d+)\/(.*)$/.exec(path) ?? [];
  return company === undefined ? { company: null, place: path } : { company, place };
}

/** Whatever a screen of theirs asks for is theirs. Whoever acts for the company no longer keeps nothing of it on this device. */
export function shellOf(shell: Shell, { company }: Whose): Shell {
  if (company === null) return shell;
  const { id } = company;
  type Ask = (name: string, call?: { query?: object }) => Promise<unknown>;
  const ask =
    (of: Ask): Ask =>
    async (name, call) =>
      of(name, { ...call, query: { ...call?.query, company: id } }).catch(async (error: unknown) => {
        if (error instanceof ApiProblem && error.code === 'DELEGATION_ENDED') await forgetSavedOf(id);
        throw error;
      });
  const { call, open } = shell.client as unknown as { call: Ask; open: Ask };
  return {
    ...shell,
    client: { ...shell.client, call: ask(call), open: ask(open) } as unknown as Client,
    go: (path) => shell.go(prefixOf(id) + path),
    settle: (path) => shell.settle(prefixOf(id) + path),
  };
}
