import { sql } from 'kysely';

/**
 * Whether a credential came by an import that is refused as a whole if one row of it is bad, and is not released yet: nothing seals it,
 * shows it or changes it. `alias` is what the query calls the credentials. The imports that hold are few, and asked for once.
 */
export function isReleased(alias: string) {
  const column = sql.ref(`${alias}.import_seq`);
  return sql<boolean>`(${column} is null or ${column} not in (select seq from imports where holds))`;
}
