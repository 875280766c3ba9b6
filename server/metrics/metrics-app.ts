import express, { type Application } from 'express';
import type { Metrics } from './metrics.ts';

/** What listens on the port of the metrics, apart from the one that people and systems reach. */
export function createMetricsApp({ text, contentType }: Metrics): Application {
  const app = express();
  app.disable('x-powered-by');
  app.get('/metrics', async (_request, response) => {
    const body = await text();
    response.set('Cache-Control', 'no-store').set('Content-Type', contentType).send(body);
  });
  return app;
}
