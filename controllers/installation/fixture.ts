/** For the tests of this folder: a cluster of a Secret, two configurations and a spare, with certificates that can be read. */

import assert from 'node:assert/strict';
import type { Instant, KubeObject, Plan, Reader, Resource, Seen } from '../../kube/contract.ts';
import { installation } from './controller.ts';
import {
  type CertificateData,
  certificateSecret,
  endpointsOf,
  spareCertificate,
  webhookConfiguration,
} from './resources.ts';
import type { Options, Validity } from './world.ts';

// Certificates are words: `cert A 10-90` was issued by `ca A;`, is due at 10 and expires at 90.
const inspect = (data: CertificateData, now: Instant): Validity => {
  const [, name = '', due, end] = /^cert (\w+) (\d+)-(\d+)$/.exec(data['tls.crt'] ?? '') ?? [];
  const authority = `ca ${name};`;
  if (name === '' || data['tls.key'] !== `key ${name}`) return { is: 'broken', why: 'no pair' };
  if (!data['ca.crt']?.includes(authority)) return { is: 'broken', why: 'not trusted' };
  if (now >= Number(end)) return { is: 'broken', why: 'expired' };
  return { is: 'good', dueAt: Number(due), authority };
};
export const material = (name: string, due: number, end: number) => ({
  'tls.crt': `cert ${name} ${due}-${end}`,
  'tls.key': `key ${name}`,
  'ca.crt': `ca ${name};`,
});

export const secret = certificateSecret('berth-system', 'berth-webhook-certificate');
export const mutating = webhookConfiguration('MutatingWebhookConfiguration', 'berth');
export const validating = webhookConfiguration('ValidatingWebhookConfiguration', 'berth');
export const endpoints = endpointsOf('berth-system', 'berth-webhook');
export const inCluster: Options = {
  secret,
  namespace: 'berth-system',
  name: 'berth-webhook-certificate',
  configurations: [mutating, validating],
  endpoints,
  overlap: 5,
  inspect,
};
export const onLaptop: Options = { ...inCluster, webhookUrl: 'https://127.0.0.1:9443' };

export const encoded = (text: string): string => Buffer.from(text).toString('base64');
const meta = (name: string) => ({ name, uid: `${name}-uid`, resourceVersion: '7' });

export const aSecret = (data: Readonly<Record<string, string>>, over: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { ...meta('berth-webhook-certificate'), namespace: 'berth-system', ...over },
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encoded(value)])),
});

export const behindService = (caBundle?: string): object => ({
  service: { namespace: 'berth-system', name: 'berth-webhook', path: '/mutate-pod', port: 443 },
  ...(caBundle !== undefined && { caBundle: encoded(caBundle) }),
});
export const aConfiguration = (kind: string, ...clients: readonly object[]): KubeObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind,
  metadata: meta('berth'),
  webhooks: clients.map((clientConfig, i) => ({ name: `w${i}.berth.io`, failurePolicy: 'Fail', clientConfig })),
});

/** With one endpoint for each condition; undefined: none is told. */
export const aSlice = (...ready: readonly (boolean | undefined)[]): KubeObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { ...meta('berth-webhook-x'), namespace: 'berth-system' },
  endpoints: ready.map(condition => ({
    addresses: ['10.0.0.1'],
    conditions: condition === undefined ? {} : { ready: condition },
  })),
});

/** The objects of a test, read through the resources' own views. */
export interface Cluster {
  readonly secret?: KubeObject | undefined;
  readonly mutating?: KubeObject | undefined;
  readonly validating?: KubeObject | undefined;
  readonly spare?: ReturnType<typeof material> | undefined;
  /** One that is ready, if left out. */
  readonly slice?: KubeObject;
}
export const readerOf = (cluster: Cluster): Reader => {
  const objects = new Map<Resource, KubeObject | undefined>([
    [secret, cluster.secret],
    [mutating, cluster.mutating],
    [validating, cluster.validating],
    [endpoints, cluster.slice ?? aSlice(true)],
  ]);
  const list = <V extends Seen>(resource: Resource<V>): readonly V[] => {
    const object = objects.get(resource);
    const view = object && resource.view(object);
    if (view !== undefined) return [view];
    // The spare is kept as a view, by a store that trusts whoever keeps it.
    const spare = { key: 'spare', material: cluster.spare } as unknown as V;
    return (resource as Resource) === spareCertificate && cluster.spare ? [spare] : [];
  };
  return {
    list,
    get: resource => list(resource)[0],
    by: () => [],
    claimOn: () => undefined,
    refusalOn: () => undefined,
  };
};

export const planOf = (cluster: Cluster, now: Instant, options = inCluster): Plan => {
  const plan = installation(options).pass('berth-system/berth-webhook-certificate', readerOf(cluster), now);
  assert.ok(plan);
  return plan;
};
