import { z } from 'zod';
import type { CatalogueDepartment } from '../../catalogue/catalogue.ts';
import { ACTS, ROLES } from '../auth/policy.ts';
import type { Session } from '../auth/session.ts';
import { instant, label } from './fields.ts';
import { type Route, sessionRoute } from './route.ts';

const session = z
  .strictObject({
    kind: z.enum(['officer', 'holder']),
    name: z.string().nullable().meta({ description: 'As the sign-in service or the department writes it' }),
    officer: z
      .strictObject({
        id: z.string().meta({ description: 'As it stands beside what the officer does' }),
        department: z.strictObject({ code: z.string(), name: label }),
        roles: z.array(z.enum(ROLES)),
        may: z.array(z.enum(ACTS)),
      })
      .nullable(),
    csrfToken: z.string().meta({ description: 'Send it as "X-CSRF-Token" with every request that changes something' }),
    idleUntil: instant,
    expiresAt: instant,
  })
  .meta({ id: 'Session' });

export function getSessionRoute(findDepartment: (code: string) => CatalogueDepartment | undefined): Route {
  return sessionRoute({
    path: '/v1/session',
    name: 'getSession',
    summary: 'Who is signed in, what they may do, and until when',
    query: z.strictObject({}),
    answer: { status: 200, description: 'The session of the cookie', schema: session },
    problems: [],
    handle({ session: { name, person, csrfToken, idleUntil, expiresAt } }) {
      const until = { idleUntil: idleUntil.toISOString(), expiresAt: expiresAt.toISOString() };
      const officer = person.kind === 'officer' ? toOfficer(person, findDepartment) : null;
      return { status: 200, body: { kind: person.kind, name, officer, csrfToken, ...until } };
    },
  });
}

function toOfficer(
  { actor, roles }: Extract<Session['person'], { kind: 'officer' }>,
  findDepartment: (code: string) => CatalogueDepartment | undefined,
): object {
  const { code } = actor.issuer;
  const found = findDepartment(code);
  if (!found) throw new Error(`the catalogue has no department "${code}"`);
  return { id: actor.id, department: { code, name: found.profile.name }, roles, may: [...actor.may] };
}
