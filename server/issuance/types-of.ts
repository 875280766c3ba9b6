import type { Catalogue, CatalogueType } from '../../catalogue/catalogue.ts';
import { type Act, type Actor, requireAct } from '../auth/policy.ts';

/** The newest version of each type that the actor's department issues, by code. @throws AppError FORBIDDEN */
export function listTypes(catalogue: Catalogue, actor: Actor, act: Act = 'department.read'): CatalogueType[] {
  requireAct(actor, act);
  return newestTypes(catalogue, actor.issuer.code);
}

/** The catalogue is sorted by code and version: of each code the last one is the newest. */
function newestTypes({ types }: Catalogue, department: string): CatalogueType[] {
  const newest = new Map(types.map((type) => [type.code, type]));
  return [...newest.values()].filter(({ definition }) => definition.department === department);
}
