/** Everything that is served beside admission: health, metrics, and an index that names them. */

import express, { type Express } from 'express';
import type { Registry } from 'prom-client';
import type { Health } from '../health.ts';

export interface PagesOptions {
  /** Shown on the index, e.g. `berth webhook 0.1.0`. */
  readonly title: string;
  readonly health: Health;
  readonly registry: Registry;
}

/** Liveness answers whenever the process can: a check that waits for others must never cause a restart. */
export const pages = ({ title, health, registry }: PagesOptions): Express => {
  const app = express().disable('x-powered-by').disable('etag');
  app.get('/', (_request, response) => {
    response.type('text').send(`${title}\n\n/healthz\n/readyz\n/metrics\n`);
  });
  app.get(['/healthz', '/livez'], (_request, response) => {
    response.type('text').send('ok\n');
  });
  app.get('/readyz', (_request, response) => {
    const { ready, text } = health.report();
    response
      .status(ready ? 200 : 503)
      .type('text')
      .send(text);
  });
  app.get('/metrics', async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  return app;
};
