/** Webhooks behind a real apiserver: what users see, and that no call fails while the certificate is renewed. */

import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { Registry } from 'prom-client';
import { installation } from '../../controllers/installation/controller.ts';
import {
  certificateSecret,
  endpointsOf,
  type SecretView,
  spareCertificate,
  webhookConfiguration,
} from '../../controllers/installation/resources.ts';
import { inspect } from '../../kube/certificates/inspect.ts';
import { serveCertificateFrom } from '../../kube/certificates/present.ts';
import { keepSpare } from '../../kube/certificates/spare.ts';
import { serviceNames } from '../../kube/certificates.ts';
import { connect } from '../../kube/client/connect.ts';
import type { Answer, Client } from '../../kube/client.ts';
import { systemClock as clock } from '../../kube/clock.ts';
import { type Resource, seconds } from '../../kube/contract.ts';
import { openHealth } from '../../kube/health.ts';
import { openLog } from '../../kube/log.ts';
import { type Machine, startMachine } from '../../kube/machine.ts';
import { pages } from '../../kube/server/pages.ts';
import { serveWebhooks, type WebhookServer } from '../../kube/server.ts';
import { waitFor } from '../cluster/deadline.ts';
import { clusterForTests } from '../cluster/shared.ts';
import { configurationOf, toyPath, toys, webhooks } from './toys.ts';

const cluster = await clusterForTests();
const log = openLog({ level: 'warn', format: 'text' });
const namespace = 'berth-system';
const name = 'berth-webhook-certificate';
const names = serviceNames('berth-webhook', namespace);

// ── The installation: one webhook process, two controller replicas that know nothing of each other ──

const secret = certificateSecret(namespace, name);
const configurations = [
  webhookConfiguration('MutatingWebhookConfiguration', 'berth'),
  webhookConfiguration('ValidatingWebhookConfiguration', 'berth'),
];

const endpoints = endpointsOf(namespace, 'berth-webhook');

/** The certificate that is due although it is young. */
let due = '';

const ending: (() => Promise<void>)[] = [];

const startReplica = (client: Client, webhookUrl: string): Machine => {
  const controller = installation({
    ...{ secret, namespace, name, configurations, endpoints, webhookUrl },
    overlap: seconds(2),
    inspect: (data, now) => {
      const validity = inspect(data, names, now);
      return validity.is === 'good' && data['tls.crt'] === due ? { ...validity, dueAt: now - 1 } : validity;
    },
  });
  const machine = startMachine({ client, clock, controllers: [controller], local: [spareCertificate] });
  const stop = new AbortController();
  const wanted = { names, lifetime: seconds(3600) };
  const options = { store: machine.store, spare: spareCertificate, secret, namespace, name, wanted, clock };
  const kept = keepSpare(options, stop.signal);
  ending.push(
    () => machine.stop(),
    () => {
      stop.abort();
      return kept;
    },
  );
  return machine;
};

const startWebhook = async (client: Client): Promise<{ server: WebhookServer; store: Machine['store'] }> => {
  const machine = startMachine({ client, clock, controllers: [], resources: [secret as Resource] });
  const server = await serveWebhooks(
    { host: '127.0.0.1', port: 0 },
    {
      ...{ webhooks, log, clock, reader: machine.store, ready: () => true, answered: () => {} },
      pages: pages({ title: 'toys', health: openHealth(), registry: new Registry() }),
    },
  );
  serveCertificateFrom({ store: machine.store, secret, server, log });
  ending.push(
    () => server.drain({ announce: 0, leave: 0, grace: 0 }),
    () => machine.stop(),
  );
  return { server, store: machine.store };
};

let client: Client;
let store: Machine['store'];

const shown = (): SecretView['data'] => store.list(secret)[0]?.data ?? {};

const createToy = (spec: object, query: Record<string, string> = {}): Promise<Answer> =>
  client.request({
    method: 'POST',
    path: toyPath,
    query,
    contentType: 'application/json',
    body: JSON.stringify({ apiVersion: 'example.com/v1', kind: 'Toy', metadata: { generateName: 'toy-' }, spec }),
  });

interface Configuration {
  readonly webhooks: readonly { readonly clientConfig: { readonly url?: string; readonly caBundle?: string } }[];
}

const toy = (toyName: string, spec: string): string =>
  `{"apiVersion":"example.com/v1","kind":"Toy","metadata":{"name":"${toyName}"},"spec":${spec}}`;

before(async () => {
  client = await connect({ source: { kubeconfig: cluster.kubeconfig }, role: 'test', clock });
  await cluster.kubectl(['create', 'namespace', namespace]);
  await cluster.kubectl(['apply', '-f', '-'], JSON.stringify(toys));
  await cluster.kubectl(['wait', '--for=condition=Established', 'crd/toys.example.com']);
  for (const each of webhooks) await cluster.kubectl(['create', '-f', '-'], JSON.stringify(configurationOf(each)));
  const started = await startWebhook(client);
  store = started.store;
  const url = `https://127.0.0.1:${started.server.port}`;
  startReplica(client, url);
  startReplica(client, url);
  await waitFor('a toy to be accepted', 20_000, async () => {
    const { status } = await createToy({}, { dryRun: 'All' });
    return status === 201 ? true : undefined;
  });
});

after(async () => {
  for (const end of ending) await end();
  await client.close();
  await log.flush();
});

suite('an object that the webhooks judge', () => {
  test('is patched, with a warning to whoever wrote it', async () => {
    const { status, headers, body } = await createToy({ size: 2 });
    assert.equal(status, 201, body.toString());
    const { spec } = JSON.parse(body.toString()) as { spec: object };
    assert.deepEqual(spec, { size: 2, colour: 'red' });
    assert.match(String(headers['warning']), /^299 - "spec\.colour: painted red"/);
  });

  test('keeps unknown fields, keys with odd names and integers beyond 2^53 exactly', async () => {
    const spec =
      '{"big":9223372036854775807,"__proto__":{"polluted":true},"constructor":"x","deep":{"unknown":[1,null]}}';
    await cluster.kubectl(['create', '-f', '-'], toy('odd', spec));
    const { body } = await client.request({ method: 'GET', path: `${toyPath}/odd` });
    const text = body.toString();
    assert.match(text, /"big":9223372036854775807/);
    assert.match(text, /"__proto__":\{"polluted":true\}/);
    assert.match(text, /"constructor":"x"/);
    assert.match(text, /"deep":\{"unknown":\[1,null\]\}/);
    assert.match(text, /"colour":"red"/);
  });

  test('is refused with every problem at once, as kubectl shows it', async () => {
    const refused = cluster.kubectl(['create', '-f', '-'], toy('bad', '{"size":9,"shape":"square"}'));
    await assert.rejects(refused, (error: Error) => {
      assert.match(error.message, /The Toy "bad" is invalid/);
      assert.match(error.message, /spec\.size: must be at most 3/);
      assert.match(error.message, /spec\.shape: must be round/);
      return true;
    });
  });

  test('is refused with a 422 whose causes programs can read', async () => {
    const { status, body } = await createToy({ size: 9 });
    assert.equal(status, 422);
    const { reason, details } = JSON.parse(body.toString()) as {
      reason: string;
      details: { kind: string; causes: object };
    };
    assert.equal(reason, 'Invalid');
    assert.equal(details.kind, 'Toy');
    assert.deepEqual(details.causes, [
      { reason: 'FieldValueInvalid', message: 'must be at most 3', field: 'spec.size' },
    ]);
  });

  test('is left to the failure policy when the webhook fails, in words that lead to the log', async () => {
    const refused = cluster.kubectl(['create', '-f', '-'], toy('bomb', '{"boom":true}'));
    await assert.rejects(refused, (error: Error) => {
      assert.match(error.message, /the webhook failed on request [0-9a-f-]{36}/);
      assert.doesNotMatch(error.message, /exploded/);
      return true;
    });
  });
});

suite('the installation', () => {
  test('has one Secret that both replicas agree on, and configurations that are changed only in how they are reached', async () => {
    const read = async (kind: string): Promise<Configuration> =>
      JSON.parse(await cluster.kubectl(['get', kind, 'berth', '-o', 'json'])) as {
        webhooks: { clientConfig: object }[];
      };
    for (const [kind, path] of [
      ['mutatingwebhookconfiguration', '/mutate/toy'],
      ['validatingwebhookconfiguration', '/validate/toy'],
    ] as const) {
      const [entry] = (await read(kind)).webhooks;
      const { url = '', caBundle = '' } = entry?.clientConfig ?? {};
      assert.match(url, new RegExp(`^https://127\\.0\\.0\\.1:\\d+${path}$`));
      assert.equal(Buffer.from(caBundle, 'base64').toString(), shown()['ca.crt']);
      assert.deepEqual(Object.keys(entry?.clientConfig ?? {}).sort(), ['caBundle', 'url']);
    }
  });

  test('renews its certificate while calls go on, and none fails', async () => {
    const first = shown()['tls.crt'] ?? '';
    const failed: string[] = [];
    let calls = 0;
    let calling = true;
    const call = async (): Promise<void> => {
      const { status, body } = await createToy({}, { dryRun: 'All' });
      calls += 1;
      if (status !== 201) failed.push(body.toString());
    };
    const caller = async (): Promise<void> => {
      while (calling) await call();
    };
    const callers = [caller(), caller()];
    due = first;
    let before = 0;
    try {
      // Both replicas find it due; whatever makes them look again is as good as the passing of time.
      await cluster.kubectl(['annotate', 'secret', name, '-n', namespace, 'look=again']);
      await waitFor('the next certificate to be announced', 10_000, async () => shown()['next.crt']);
      await waitFor('the next certificate to be shown', 20_000, async () => shown()['tls.crt'] !== first || undefined);
      before = calls;
      // Calls beside each other make the apiserver open connections that see the new certificate.
      await Promise.all(Array.from({ length: 24 }, call));
    } finally {
      calling = false;
      await Promise.all(callers);
    }
    assert.equal(shown()['next.crt'], undefined);
    assert.deepEqual(failed, []);
    assert.ok(before > 20, `only ${before} calls were made meanwhile`);
  });

  test('makes a new certificate when somebody deletes the Secret', async () => {
    const old = shown()['tls.crt'];
    await cluster.kubectl(['delete', 'secret', name, '-n', namespace]);
    await waitFor('another certificate', 10_000, async () => {
      const now = shown()['tls.crt'];
      return now !== undefined && now !== old ? true : undefined;
    });
    await waitFor('a toy to be accepted', 10_000, async () => {
      const { status } = await createToy({}, { dryRun: 'All' });
      return status === 201 ? true : undefined;
    });
  });
});
