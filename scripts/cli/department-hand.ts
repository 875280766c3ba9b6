import { AppError } from '../../server/app-error.ts';
import { type Actor, createServiceActor } from '../../server/auth/policy.ts';
import type { Db, Tx } from '../../server/store/schema.ts';
import { openStore } from '../../server/store/store.ts';
import { openDatabase } from './database-source.ts';

/** What a command does for a department, in one transaction with its record in the audit log. */
export type Work<T> = (tx: Tx, actor: Actor) => Promise<T>;

/** Refused, with what is wrong line by line. */
export interface Refusal {
  refusal: string;
}

/** Acts for a department as its operator: "service:operator" in the audit log, which the department reads. */
export async function actForDepartment<T>(department: string, work: Work<T>): Promise<T | Refusal> {
  const database = await openDatabase({ alone: false });
  try {
    const store = await openStore(database.url, { maxConnections: 1 });
    try {
      const actor = await findActor(store.db, department);
      return 'refusal' in actor ? actor : await store.db.transaction().execute((tx) => work(tx, actor));
    } catch (error) {
      if (error instanceof AppError) return { refusal: toLines(error) };
      throw error;
    } finally {
      await store.close();
    }
  } finally {
    await database.close();
  }
}

async function findActor(db: Db, department: string): Promise<Actor | Refusal> {
  const issuers = await db.selectFrom('issuers').selectAll().orderBy('code').execute();
  const issuer = issuers.find(({ code }) => code === department);
  if (issuer) return createServiceActor(issuer, 'operator');
  const codes = issuers.map(({ code }) => code).join(', ') || 'none yet';
  return { refusal: `"--department" must be the code of a department here: ${codes}` };
}

function toLines({ message, problems }: AppError): string {
  return [message, ...problems.map((problem) => problem.message)]
    .filter((line, i, all) => all.indexOf(line) === i)
    .join('\n');
}
