import { type RequestHandler, Router } from 'express';
import type { Catalogue, CatalogueFile } from '../../catalogue/catalogue.ts';

/** The definitions and profiles by the SHA-256 of their bytes: whatever has such a name never changes. */
export function publishedFiles(catalogue: Pick<Catalogue, 'types' | 'departments'>): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router.get(
    '/types/:name',
    serve('/types/:name', () => catalogue.types),
  );
  router.get(
    '/issuers/:name',
    serve('/issuers/:name', () => catalogue.departments),
  );
  return router;
}

/** Looked for at each request: a version that was published since the start is among them. */
function serve(route: string, files: () => readonly CatalogueFile[]): RequestHandler<{ name: string }> {
  return (request, response, next) => {
    const file = files().find(({ sha256 }) => request.params.name === `${sha256}.json`);
    if (!file) return next();
    response.locals.route = route;
    response.set('Cache-Control', 'public, max-age=31536000, immutable');
    response.type('application/json').send(Buffer.from(file.bytes));
  };
}
