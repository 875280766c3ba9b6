import type { Catalogue } from '../../catalogue/catalogue.ts';
import type { Label } from '../../proof/credential-type.ts';
import type { Role } from '../../server/auth/policy.ts';
import type { CompanyClaim } from '../../server/companies/settle.ts';
import type { Db, IssuerRow } from '../../server/store/schema.ts';
import { departmentsOf } from './departments.ts';

/** Somebody who exists for the demonstration only, as the development sign-in knows them. */
export interface DemoPerson {
  /** What is entered at the sign-in, and the subject that the provider tells. */
  account: string;
  name: string;
  /** What the sign-in page calls them. */
  part: Label;
  /** Null for a holder. */
  office: { department: string; roles: readonly Role[] } | null;
  /** For which the provider vouches that they act. */
  companies?: readonly CompanyClaim[];
}

/** The claim of the development provider that says so. */
export const COMPANIES_CLAIM = 'companies';

/** A contractor, whose registration is among the samples. */
export const DEMO_COMPANY = { number: '74000001', name: 'Lion Rock Electrical Works Limited' };

const OFFICERS: readonly { suffix: string; role: Role; part: Label }[] = [
  { suffix: 'preparer', role: 'preparer', part: { en: 'Preparer', 'zh-Hant': '擬備人員', 'zh-Hans': '拟备人员' } },
  { suffix: 'approver', role: 'approver', part: { en: 'Approver', 'zh-Hant': '審批人員', 'zh-Hans': '审批人员' } },
  {
    suffix: 'approver-2',
    role: 'approver',
    part: { en: 'Second approver', 'zh-Hant': '第二審批人員', 'zh-Hans': '第二审批人员' },
  },
  {
    suffix: 'key-holder',
    role: 'key-holder',
    part: { en: 'Key holder', 'zh-Hant': '密鑰保管人', 'zh-Hans': '密钥保管人' },
  },
  { suffix: 'auditor', role: 'auditor', part: { en: 'Auditor', 'zh-Hant': '審計人員', 'zh-Hans': '审计人员' } },
  { suffix: 'inspector', role: 'inspector', part: { en: 'Inspector', 'zh-Hant': '督察人員', 'zh-Hans': '督察人员' } },
  { suffix: 'registrar', role: 'registrar', part: { en: 'Registrar', 'zh-Hant': '登記人員', 'zh-Hans': '登记人员' } },
  {
    suffix: 'registrar-2',
    role: 'registrar',
    part: { en: 'Second registrar', 'zh-Hant': '第二登記人員', 'zh-Hans': '第二登记人员' },
  },
  { suffix: 'admin', role: 'admin', part: { en: 'Administrator', 'zh-Hant': '系統管理員', 'zh-Hans': '系统管理员' } },
];

const HOLDER: Label = { en: 'Holder', 'zh-Hant': '持有人', 'zh-Hans': '持有人' };
const HOLDERS: readonly DemoPerson[] = [
  { account: 'holder-1', name: 'Chan Tai Man', part: HOLDER, office: null },
  { account: 'holder-2', name: 'Wong Siu Ming', part: HOLDER, office: null },
  {
    account: 'works-admin',
    name: 'Lam Ka Yan',
    part: { en: 'Company administrator', 'zh-Hant': '公司管理人', 'zh-Hans': '公司管理人' },
    office: null,
    companies: [{ ...DEMO_COMPANY, role: 'admin' }],
  },
  {
    account: 'works-delegate',
    name: 'Cheung Wai Lok',
    part: { en: 'Company delegate', 'zh-Hant': '公司代表', 'zh-Hans': '公司代表' },
    office: null,
    companies: [{ ...DEMO_COMPANY, role: 'delegate' }],
  },
];

/** Nine officers of each department, two holders, and two who act for a company. */
export function demoPeople(catalogue: Catalogue): DemoPerson[] {
  const officers = departmentsOf(catalogue).flatMap(({ code }) =>
    OFFICERS.map(({ suffix, role, part }) => ({
      account: `${code.toLowerCase()}-${suffix}`,
      name: `${part.en}, ${code}`,
      part,
      office: { department: code, roles: [role] },
    })),
  );
  return [...HOLDERS, ...officers];
}

/** Makes the people officers of their departments, once: whom an administrator has deactivated stays so. */
export async function settleOfficers(
  db: Db,
  { people, issuers, provider }: { people: readonly DemoPerson[]; issuers: readonly IssuerRow[]; provider: string },
): Promise<void> {
  // another provider's accounts of these names are other people
  if (people.length === 0) return;
  await db.transaction().execute(async (tx) => {
    // the provider's port, and with it its address, may be another one than at the last start
    await tx.updateTable('officers').set({ provider }).where('created_by', '=', DEMO).execute();
    const known = await tx.selectFrom('officers').select('subject').where('created_by', '=', DEMO).execute();
    const subjects = new Set(known.map(({ subject }) => subject));
    const rows = people.flatMap(({ account, name, office }) => {
      const issuer = issuers.find(({ code }) => code === office?.department);
      if (!office || !issuer || subjects.has(account)) return [];
      return [{ issuer_id: issuer.id, provider, subject: account, name, roles: [...office.roles], created_by: DEMO }];
    });
    if (rows.length > 0) await tx.insertInto('officers').values(rows).execute();
  });
}

const DEMO = 'service:demo';
