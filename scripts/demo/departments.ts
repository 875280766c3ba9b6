import type { Catalogue, CatalogueDepartment } from '../../catalogue/catalogue.ts';
import { AUDIT_TYPE, PLATFORM_TYPE } from '../../server/audit/definition.ts';
import { createApiKey } from '../../server/auth/api-key.ts';
import { type NewIssuer, provisionIssuers } from '../../server/chain/provision.ts';
import type { Registry } from '../../server/chain/registry.ts';
import { findIssuer, registerDepartment } from '../../server/issuance/department.ts';
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
  /** Told once, where there is something to put on the chain. */
  onFirst(count: number): void;
}

/** Puts every department of the catalogue in the database and on the chain, with its types; what is there already is left alone. */
export async function provisionDepartments(provisioning: Provisioning): Promise<DemoDepartment[]> {
  const { db, catalogue } = provisioning;
  const departments = departmentsOf(catalogue);
  const missing: IssuerRow[] = [];
  for (const department of departments) {
    const issuer = await registerDepartment(db, department);
    if (!(await isProvisioned(provisioning, issuer))) missing.push(issuer);
  }
  if (missing.length > 0) await provision(provisioning, missing);
  return Promise.all(departments.map((department) => openDepartment(provisioning, department)));
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

async function provision(provisioning: Provisioning, issuers: readonly IssuerRow[]): Promise<void> {
  const { db, registry, keystore, catalogue, onFirst } = provisioning;
  onFirst(issuers.length);
  const governance = await keystore.openKey('governance');
  const newIssuers = issuers.map(async (issuer) => {
    const open = (purpose: string) => keystore.openKey(`${issuer.code}-${purpose}`);
    const [admin, anchor, status] = await Promise.all([open('admin'), open('anchor'), open('status')]);
    return {
      issuer,
      admin,
      anchorKey: anchor.address,
      statusKey: status.address,
      types: typesOf(catalogue, issuer.code),
    };
  });
  await provisionIssuers({ db, registry, governance }, await Promise.all(newIssuers));
}

async function openDepartment(
  { db, keystore }: Provisioning,
  { code, profile }: CatalogueDepartment,
): Promise<DemoDepartment> {
  const issuer = await findIssuer(db, code);
  // the same key after every start: it is told to the owner of the data folder, who could read the database as well
  const secret = Buffer.from(await keystore.openSecret(`${code}-api-key`)).toString('base64url');
  const apiKey = await createApiKey(db, { issuer, name: 'demo', isTest: true, secret: `ep_test_${secret}` });
  return { issuer, name: profile.name.en, apiKey };
}

/** Its credential types, and those of the audit heads that it anchors: one department carries the platform's too. */
function typesOf({ types }: Catalogue, department: string): NewIssuer['types'] {
  const own = types.filter(({ definition }) => definition.department === department);
  return [...own, AUDIT_TYPE, ...(department === FIRST[0] ? [PLATFORM_TYPE] : [])];
}
