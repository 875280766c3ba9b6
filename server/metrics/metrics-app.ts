import express, { type Application, type ErrorRequestHandler } from 'express';
import type { Metrics } from './metrics.ts';

/** What listens on the port of the metrics, apart from the one that people and systems reach. */
export function createMetricsApp({ text, contentType }: Metrics): Application {
  const app = express();
  app.disable('x-powered-by');
  app.get('/metrics', async (_request, response) => {
    const body = await text();
    response.set('Cache-Control', 'no-store').set('Content-Type', contentType).send(body);
  });
  app.use(refuse);
  return app;
}

// Express would answer with the stack, in which the database's address stands
const refuse: ErrorRequestHandler = (_error, _request, response, _next) => {
  response.status(503).type('text/plain').send('the database does not answer\n');
};
