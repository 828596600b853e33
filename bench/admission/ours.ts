/** Berth's own webhook server. */

import { Registry } from 'prom-client';
import { systemClock as clock } from '../../kube/clock.ts';
import { openHealth } from '../../kube/health.ts';
import { openLog } from '../../kube/log.ts';
import { openMetrics } from '../../kube/metrics.ts';
import { pages } from '../../kube/server/pages.ts';
import { serveWebhooks } from '../../kube/server.ts';
import { Store } from '../../kube/store.ts';
import { webhooksFor } from '../../webhooks/index.ts';
import { Namespaces } from '../../workloads/resources.ts';
import { SidecarSets } from '../../workloads/sidecarsets.ts';
import { given } from '../usage.ts';
import { setsIn, team } from './objects.ts';
import { measured, type ServerOptions } from './server.ts';

const { certificate, key, ...crowd } = given<ServerOptions>();
const webhooks = webhooksFor({
  namespace: 'berth-system',
  secretName: 'certificate',
  mutatingConfiguration: 'mutating',
  validatingConfiguration: 'validating',
});
const store = new Store();
for (const resource of new Set(webhooks.flatMap(webhook => webhook.reads))) store.register(resource);
for (const set of setsIn(crowd)) store.changed(SidecarSets, set);
store.changed(Namespaces, team);

const registry = new Registry();
const metrics = openMetrics(registry);
const server = await serveWebhooks(
  { host: '127.0.0.1', port: 0 },
  {
    ...{ webhooks, clock, reader: store, log: openLog({ level: 'warn', format: 'json' }) },
    ready: () => true,
    answered: call => metrics.reviewAnswered(call),
    pages: pages({ title: 'bench', health: openHealth(), registry }),
  },
);
server.present({ certificate, key });
measured(server.port);
