import express, { Router } from 'express';

/** `/samples/list.json` and the documents that it names: a test system's, which anybody may try. They may come after the start. */
export function serveSamples(folder: string): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router.use('/samples', (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next('router');
    response.locals.route = '/samples';
    next();
  });
  router.use('/samples', express.static(folder, { index: false, redirect: false, cacheControl: false }));
  return router;
}
