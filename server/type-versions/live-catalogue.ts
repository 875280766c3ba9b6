import {
  type Catalogue,
  type CatalogueDepartment,
  type CatalogueType,
  inOrder,
  openVersion,
} from '../../catalogue/catalogue.ts';
import type { Db } from '../store/schema.ts';

/** The catalogue as an instance has it now: that of its files, and what departments have published since. */
export interface LiveCatalogue extends Catalogue {
  /** The newest version of a type that is in use. */
  findType(code: string): CatalogueType | undefined;
  /** Also of what is prepared: an instance knows it before another one issues by it. */
  findDefinition(sha256: string): CatalogueType | undefined;
  findDepartment(code: string): CatalogueDepartment | undefined;
  /** Looks for what is new; whether there was anything. */
  load(): Promise<boolean>;
}

export function createLiveCatalogue(files: Catalogue, db: Db): LiveCatalogue {
  let types: readonly CatalogueType[] = files.types;
  const known = new Map(files.types.map((type) => [type.sha256, type]));
  const departments = new Map(files.departments.map((department) => [department.code, department]));
  return {
    departments: files.departments,
    get types() {
      return types;
    },
    findType: (code) => types.findLast((type) => type.code === code),
    findDefinition: (sha256) => known.get(sha256),
    findDepartment: (code) => departments.get(code),
    async load() {
      const rows = await db
        .selectFrom('type_versions')
        .select(['sha256', 'state'])
        .where('state', 'in', ['prepared', 'published'])
        .execute();
      const unknown = rows.flatMap(({ sha256 }) => (sha256 !== null && !known.has(sha256) ? [sha256] : []));
      for (const bytes of await readBytes(db, unknown)) {
        const type = openVersion(files, bytes);
        known.set(type.sha256, type);
      }
      const published = new Set(rows.filter(({ state }) => state === 'published').map(({ sha256 }) => sha256));
      for (const { sha256 } of types) published.delete(sha256);
      if (published.size === 0) return false;
      types = inOrder([...types, ...[...published].flatMap((sha256) => known.get(sha256 ?? '') ?? [])]);
      return true;
    },
  };
}

async function readBytes(db: Db, hashes: readonly string[]): Promise<Uint8Array[]> {
  if (hashes.length === 0) return [];
  const rows = await db.selectFrom('type_versions').select('bytes').where('sha256', 'in', hashes).execute();
  // a plain Uint8Array, as those of the files
  return rows.flatMap(({ bytes }) => (bytes ? [new Uint8Array(bytes)] : []));
}
