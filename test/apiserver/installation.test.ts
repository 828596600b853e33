/** What the controller does about the installation itself: webhooks behind a Service, and definitions of another release. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sidecarSetCrd } from '../../api/sidecarset.ts';
import { definition } from '../../controllers/definition/controller.ts';
import { installation } from '../../controllers/installation/controller.ts';
import {
  certificateSecret,
  endpointsOf,
  spareCertificate,
  webhookConfiguration,
} from '../../controllers/installation/resources.ts';
import { inspect } from '../../kube/certificates/inspect.ts';
import { keepSpare } from '../../kube/certificates/spare.ts';
import { serviceNames } from '../../kube/certificates.ts';
import { connect } from '../../kube/client/connect.ts';
import type { Client } from '../../kube/client.ts';
import { systemClock as clock } from '../../kube/clock.ts';
import { seconds } from '../../kube/contract.ts';
import type { Happening } from '../../kube/events.ts';
import { type Machine, startMachine } from '../../kube/machine.ts';
import { waitFor } from '../cluster/deadline.ts';
import { clusterForTests } from '../cluster/shared.ts';

const cluster = await clusterForTests();
const { kubectl } = cluster;
const [namespace, service, name] = ['berth-system', 'berth-webhook', 'arming'];

const secret = certificateSecret(namespace, name);
const configuration = webhookConfiguration('ValidatingWebhookConfiguration', name);
const endpoints = endpointsOf(namespace, service);
const names = serviceNames(service, namespace);
const keeper = installation({
  ...{ secret, namespace, name, endpoints, configurations: [configuration], overlap: seconds(1) },
  inspect: (data, now) => inspect(data, names, now),
});
const looker = definition(sidecarSetCrd);

const told: Happening[] = [];
const ending = new AbortController();
let client: Client;
let machine: Machine;
let sparing: Promise<void>;

const apply = (object: object): Promise<string> =>
  kubectl(['apply', '--server-side', '-f', '-'], JSON.stringify(object));

const webhooks = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name },
  webhooks: [
    {
      name: 'v.example.com',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      clientConfig: { service: { namespace, name: service, path: '/validate' } },
      rules: [{ operations: ['CREATE'], apiGroups: ['example.com'], apiVersions: ['v1'], resources: ['nobodys'] }],
    },
  ],
};

const slice = (of: string, ready: boolean): object => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: `${of}-test`, namespace, labels: { 'kubernetes.io/service-name': of } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready } }],
  ports: [{ port: 9443, protocol: 'TCP', name: 'https' }],
});

type Schema = { [keyword: string]: Schema };

/** As a release before the field would have it. */
const older = (): object => {
  const crd = structuredClone(sidecarSetCrd) as unknown as { spec: { versions: { schema: Schema }[] } };
  for (const { schema } of crd.spec.versions) {
    const spec = schema['openAPIV3Schema']?.['properties']?.['spec']?.['properties'];
    delete spec?.['updateStrategy']?.['properties']?.['nonInPlace'];
  }
  return crd;
};

before(async () => {
  client = await connect({ source: { kubeconfig: cluster.kubeconfig }, role: 'test', clock });
  await kubectl(['create', 'namespace', namespace]);
  await apply(older());
  await apply(webhooks);
  await apply(slice(service, false));
  await apply(slice('another', true));
  machine = startMachine({
    ...{ client, clock, controllers: [keeper, looker], local: [spareCertificate] },
    recorder: { record: happening => void told.push(happening) },
  });
  const wanted = { names, lifetime: seconds(3600) };
  const options = { store: machine.store, spare: spareCertificate, secret, namespace, name, wanted, clock };
  sparing = keepSpare(options, ending.signal);
});

after(async () => {
  ending.abort();
  await Promise.all([machine.stop(), sparing]);
  await client.close();
});

const bundle = (): string => machine.store.list(configuration)[0]?.entries[0]?.caBundle ?? 'not read yet';

test('webhooks behind a Service are armed when it has a ready endpoint, and stay so', async () => {
  await waitFor('the Secret', 20_000, async () => machine.store.list(secret)[0]);
  await machine.synced;
  assert.equal(bundle(), '');
  await apply(slice(service, true));
  await waitFor('the bundle', 20_000, async () => bundle().includes('BEGIN CERTIFICATE') || undefined);
  await apply(slice(service, false));
  const ready = (): boolean => machine.store.list(endpoints).some(({ isReady }) => isReady);
  await waitFor('nobody to be ready', 20_000, async () => !ready() || undefined);
  assert.match(bundle(), /BEGIN CERTIFICATE/u);
});

test('an installed definition that drops a field of ours is told of until it is replaced', async () => {
  const [event] = await waitFor('the event', 20_000, async () => (told.length > 0 ? told : undefined));
  assert.deepEqual([event?.about.name, event?.reason], ['sidecarsets.apps.kruise.io', 'FieldsPruned']);
  assert.match(event?.note ?? '', /drops spec\.updateStrategy\.nonInPlace:/u);
  await apply(sidecarSetCrd);
  const complaints = () => looker.pass('sidecarsets.apps.kruise.io', machine.store, clock.now())?.notices ?? [];
  await waitFor('nothing to complain about', 20_000, async () => complaints().length === 0 || undefined);
});
