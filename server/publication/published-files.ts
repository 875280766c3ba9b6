import { type RequestHandler, Router } from 'express';
import type { Catalogue, CatalogueFile } from '../../catalogue/catalogue.ts';

/** The definitions and profiles by the SHA-256 of their bytes: whatever has such a name never changes. */
export function publishedFiles({ types, departments }: Pick<Catalogue, 'types' | 'departments'>): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router.get('/types/:name', serve('/types/:name', types));
  router.get('/issuers/:name', serve('/issuers/:name', departments));
  return router;
}

function serve(route: string, files: readonly CatalogueFile[]): RequestHandler<{ name: string }> {
  const byName = new Map(files.map(({ sha256, bytes }) => [`${sha256}.json`, Buffer.from(bytes)]));
  return (request, response, next) => {
    const bytes = byName.get(request.params.name);
    if (!bytes) return next();
    response.locals.route = route;
    response.set('Cache-Control', 'public, max-age=31536000, immutable');
    response.type('application/json').send(bytes);
  };
}
