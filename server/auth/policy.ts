import { AppError } from '../app-error.ts';
import type { IssuerRow } from '../store/schema.ts';

/** Everything that somebody can do with a department's data. Names are never renamed: API keys carry them as scopes. */
export const ACTS = [
  'department.read',
  'credentials.read',
  'credentials.prepare',
  'credentials.approve',
  'credentials.issue',
  'credentials.erase',
  'credentials.mail',
  'status.change',
  'status.approve',
  'validity.change',
  'webhooks.manage',
  'keys.manage',
  'officers.manage',
  'rules.manage',
  'types.publish',
  'signing-keys.read',
  'signing-keys.prepare',
  'audit.read',
  'restricted.look-up',
  'companies.admit',
  'holders.ask',
] as const;
export type Act = (typeof ACTS)[number];

export const ROLES = ['preparer', 'approver', 'key-holder', 'auditor', 'admin', 'inspector', 'registrar'] as const;
export type Role = (typeof ROLES)[number];

const READING = ['department.read', 'credentials.read'] as const satisfies readonly Act[];

/** What an officer in a role may do. */
export const MAY: Readonly<Record<Role, readonly Act[]>> = {
  preparer: [...READING, 'credentials.prepare', 'credentials.mail', 'status.change', 'holders.ask'],
  approver: [...READING, 'credentials.approve', 'status.approve'],
  'key-holder': [...READING, 'validity.change', 'signing-keys.read', 'signing-keys.prepare'],
  auditor: [...READING, 'audit.read', 'signing-keys.read'],
  admin: [
    ...READING,
    'webhooks.manage',
    'keys.manage',
    'signing-keys.read',
    'signing-keys.prepare',
    'officers.manage',
    'rules.manage',
    'types.publish',
    'credentials.erase',
  ],
  // sees no list of the own department: only what is held out on the spot, of whichever department
  inspector: ['department.read', 'restricted.look-up'],
  // opens all documents of a company to somebody: only whoever has it, or the operator, gives it, and two of them say it together
  registrar: ['department.read', 'companies.admit'],
};

/** Whoever acts for a department: one of its systems, one of its officers, or the service itself. */
export interface Actor {
  issuer: IssuerRow;
  /** Stands beside what is done: "key:12", "client:3", "officer:7", "service:samples". Never reused for somebody else. */
  id: string;
  /** For people. */
  name: string;
  may: ReadonlySet<Act>;
  /** Known by an access token for a few minutes, and not by the key that it stands for. */
  isToken?: boolean;
  /** Where a request came from, for the audit log; absent for what the service does by itself. */
  origin?: Origin;
}

export interface Origin {
  requestId: string | null;
  /** An IP address. */
  address: string | null;
}

/** The service itself, for what its operator set up: the samples of a demonstration, an import that goes on after a crash. */
export function createServiceActor(issuer: IssuerRow, part: string): Actor {
  return { issuer, id: `service:${part}`, name: part, may: new Set(ACTS) };
}

/** What several roles together may do. */
export function actsOf(roles: readonly Role[]): ReadonlySet<Act> {
  return new Set(roles.flatMap((role) => MAY[role]));
}

/** @throws AppError FORBIDDEN */
export function requireAct({ may }: Actor, act: Act): void {
  if (!may.has(act)) throw new AppError('FORBIDDEN', `this needs the right "${act}"`);
}
