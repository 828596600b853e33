/** The usual way: express parses, a copy of the pod is changed, and a library finds the difference. The baseline. */

import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createPatch } from 'rfc6902';
import { given } from '../usage.ts';
import { setsIn } from './objects.ts';
import { measured, type ServerOptions } from './server.ts';

interface Pod {
  readonly metadata: { readonly labels: Record<string, string>; readonly annotations: Record<string, string> };
  readonly spec: { readonly containers: object[] };
}

interface Set {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly selector: { readonly matchLabels: Record<string, string> };
    readonly containers: readonly { readonly podInjectPolicy: string; readonly env: readonly object[] }[];
  };
}

const { certificate, key, ...crowd } = given<ServerOptions>();
const sets = setsIn(crowd) as unknown as readonly Set[];

const matches = ({ spec }: Set, { metadata }: Pod): boolean =>
  Object.entries(spec.selector.matchLabels).every(([key, value]) => metadata.labels[key] === value);

const injected = (pod: Pod): Pod => {
  const copy = structuredClone(pod);
  const matching = sets.filter(set => matches(set, pod));
  for (const { podInjectPolicy, ...container } of matching.flatMap(({ spec }) => spec.containers)) {
    const sidecar = { ...container, env: [...container.env, { name: 'IS_INJECTED', value: 'true' }] };
    if (podInjectPolicy === 'BeforeAppContainer') copy.spec.containers.unshift(sidecar);
    else copy.spec.containers.push(sidecar);
  }
  const names = matching.map(({ metadata }) => metadata.name);
  copy.metadata.annotations['kruise.io/sidecarset-injected-list'] = names.join(',');
  copy.metadata.annotations['kruise.io/sidecarset-hash'] = JSON.stringify(
    Object.fromEntries(names.map(name => [name, { hash: 'xc8b9w6b', sidecarSetName: name }])),
  );
  return copy;
};

const app = express();
app.use(express.json({ limit: '8mb' }));
app.post('/mutate-pod', (request, response) => {
  const { uid, object } = (request.body as { request: { uid: string; object: Pod } }).request;
  const patch = Buffer.from(JSON.stringify(createPatch(object, injected(object)))).toString('base64');
  response.json({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid, allowed: true, patchType: 'JSONPatch', patch },
  });
});

const server = createServer({ cert: certificate, key, keepAliveTimeout: 120_000 }, app);
server.listen(0, '127.0.0.1', () => measured((server.address() as AddressInfo).port));
