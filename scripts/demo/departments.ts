import type { Catalogue, CatalogueDepartment } from '../../catalogue/catalogue.ts';
import { createApiKey } from '../../server/auth/api-key.ts';
import { provisionIssuer } from '../../server/chain/provision.ts';
import type { Registry } from '../../server/chain/registry.ts';
import { registerDepartment } from '../../server/issuance/department.ts';
import type { Keystore } from '../../server/keys/keystore.ts';
import type { Db, IssuerRow } from '../../server/store/schema.ts';

/** A department that this service issues for, with the key of its system. */
export interface DemoDepartment {
  issuer: IssuerRow;
  name: string;
  apiKey: string;
}

/** The departments whose samples a newcomer meets first; the others follow by code. */
const FIRST = ['FEHD', 'TD', 'EMSD'];

export function departmentsOf(catalogue: Catalogue): CatalogueDepartment[] {
  const rank = ({ code }: CatalogueDepartment) => (FIRST.includes(code) ? FIRST.indexOf(code) : FIRST.length);
  return catalogue.departments.toSorted((a, b) => rank(a) - rank(b));
}

export interface Provisioning {
  db: Db;
  registry: Registry;
  keystore: Keystore;
  catalogue: Catalogue;
  /** Told before each department, because the first start has many. */
  onProgress(done: number, of: number): void;
}

/** Puts every department of the catalogue in the database and on the chain, with its types; what is there already is left alone. */
export async function provisionDepartments(provisioning: Provisioning): Promise<DemoDepartment[]> {
  const departments = departmentsOf(provisioning.catalogue);
  const provisioned: DemoDepartment[] = [];
  for (const [done, department] of departments.entries()) {
    provisioning.onProgress(done, departments.length);
    provisioned.push(await provisionDepartment(provisioning, department));
  }
  return provisioned;
}

async function provisionDepartment(
  provisioning: Provisioning,
  department: CatalogueDepartment,
): Promise<DemoDepartment> {
  const { db, keystore } = provisioning;
  const registered = await registerDepartment(db, department);
  const issuer = (await isProvisioned(provisioning, registered))
    ? registered
    : await provision(provisioning, registered);
  // the same key after every start: it is told to the owner of the data folder, who could read the database as well
  const secret = Buffer.from(await keystore.openSecret(`${department.code}-api-key`)).toString('base64url');
  const apiKey = await createApiKey(db, { issuer, name: 'demo', isTest: true, secret: `ep_test_${secret}` });
  return { issuer, name: department.profile.name.en, apiKey };
}

async function isProvisioned({ db, catalogue }: Provisioning, issuer: IssuerRow): Promise<boolean> {
  if (issuer.state === 'provisioning') return false;
  const rows = await db
    .selectFrom('credential_types')
    .select('definition')
    .where('issuer_id', '=', issuer.id)
    .execute();
  const opened = new Set(rows.map(({ definition }) => definition));
  return typesOf(catalogue, issuer.code).every(({ sha256 }) => opened.has(sha256));
}

async function provision({ db, registry, keystore, catalogue }: Provisioning, issuer: IssuerRow): Promise<IssuerRow> {
  const open = (purpose: string) => keystore.openKey(`${issuer.code}-${purpose}`);
  const [governance, admin, anchor, status] = await Promise.all([
    keystore.openKey('governance'),
    open('admin'),
    open('anchor'),
    open('status'),
  ]);
  return provisionIssuer({
    db,
    registry,
    issuer,
    governance,
    admin,
    anchorKey: anchor.address,
    statusKey: status.address,
    types: typesOf(catalogue, issuer.code),
  });
}

function typesOf({ types }: Catalogue, department: string): Catalogue['types'] {
  return types.filter(({ definition }) => definition.department === department);
}
