import { createHash } from 'node:crypto';
import { type RequestHandler, Router } from 'express';
import { sql } from 'kysely';
import type { Catalogue } from '../../catalogue/catalogue.ts';
import { AUDIT_DEFINITION } from '../audit/definition.ts';
import { toCsv } from '../csv.ts';
import type { Db } from '../store/schema.ts';

/** Rows that anybody may read: about kinds, departments and numbers, never about a holder. */
interface Table {
  header: readonly string[];
  rows: readonly (readonly (string | number | null)[])[];
}

export interface OpenDataParts {
  db: Db;
  catalogue: Catalogue;
  now(): number;
}

/** Below it a number is not told: who knows one of few people would learn something of them. */
const LEAST_COUNT = 5;
const KEPT_MS = 3_600_000;

/** `/open-data/{types,issuers,counts}.{json,csv}`; made at most once an hour, because counting reads every credential. */
export function serveOpenData(parts: OpenDataParts): Router {
  const router = Router();
  const tables = { types: typesTable, issuers: issuersTable, counts: countsTable };
  for (const [name, make] of Object.entries(tables)) {
    const read = keep(() => make(parts), parts.now);
    router.get(
      `/open-data/${name}.json`,
      answer('application/json', async () => toJson(await read())),
    );
    router.get(
      `/open-data/${name}.csv`,
      answer('text/csv', async () => toText(await read())),
    );
  }
  return router;
}

function keep<T>(make: () => Promise<T>, now: () => number): () => Promise<T> {
  let kept: { at: number; value: Promise<T> } | undefined;
  return () => {
    if (kept && now() - kept.at < KEPT_MS) return kept.value;
    const value = make();
    kept = { at: now(), value };
    value.catch(() => {
      kept = undefined;
    });
    return value;
  };
}

function answer(mediaType: string, make: () => Promise<string>): RequestHandler {
  return async (request, response) => {
    response.locals.route = '/open-data';
    const text = await make();
    response.set({
      'Cache-Control': `public, max-age=${KEPT_MS / 1000}`,
      'Access-Control-Allow-Origin': '*',
      ETag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`,
    });
    if (request.fresh) return void response.status(304).end();
    response.type(mediaType).send(text);
  };
}

function toJson({ header, rows }: Table): string {
  const items = rows.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i] ?? null])));
  return `${JSON.stringify({ items })}\n`;
}

function toText({ header, rows }: Table): string {
  return toCsv([header, ...rows]);
}

async function typesTable({ catalogue }: OpenDataParts): Promise<Table> {
  return {
    header: ['code', 'version', 'department', 'title_en', 'title_zh_hant', 'title_zh_hans', 'definition'],
    rows: catalogue.types.map(({ code, version, sha256, definition: { department, title } }) => [
      ...[code, version, department],
      ...[title.en, title['zh-Hant'] ?? null, title['zh-Hans'] ?? null, sha256],
    ]),
  };
}

async function issuersTable({ db, catalogue }: OpenDataParts): Promise<Table> {
  const issuers = await db
    .selectFrom('issuers')
    .select(['code', 'number', 'profile'])
    .where('number', 'is not', null)
    .orderBy('number')
    .execute();
  const rows = issuers.map(({ code, number, profile }) => {
    const { name, website = null } = catalogue.departments.find((one) => one.code === code)?.profile ?? { name: null };
    return [number, code, name?.en ?? null, name?.['zh-Hant'] ?? null, name?.['zh-Hans'] ?? null, website, profile];
  });
  return { header: ['number', 'code', 'name_en', 'name_zh_hant', 'name_zh_hans', 'website', 'profile'], rows };
}

interface MonthRow {
  month: string;
  code: string;
  issued: number;
  revoked: number;
}

/** By the month in Hong Kong and the kind: what became final, and whose revocation did. */
async function countsTable({ db }: OpenDataParts): Promise<Table> {
  const { rows } = await sql<MonthRow>`
    select month, code, sum(issued)::int as issued, sum(revoked)::int as revoked from (
      select to_char(c.final_at at time zone 'Asia/Hong_Kong', 'YYYY-MM') as month, c.code, 1 as issued, 0 as revoked
        from credentials c where c.state = 'final' and c.definition <> ${AUDIT_DEFINITION}
      union all
      select to_char(s.final_at at time zone 'Asia/Hong_Kong', 'YYYY-MM'), c.code, 0, 1
        from status_changes s join credentials c on c.seq = s.credential_seq where s.state = 'final' and s.act = 'revoke'
    ) as facts group by month, code order by month, code`.execute(db);
  return {
    header: ['month', 'type', 'issued', 'revoked'],
    rows: rows.map(({ month, code, issued, revoked }) => [month, code, tell(issued), tell(revoked)]),
  };
}

/** None is told as it is; few are "<5", in words, so that nobody takes them for none. */
function tell(count: number): number | string {
  return count > 0 && count < LEAST_COUNT ? `<${LEAST_COUNT}` : count;
}
