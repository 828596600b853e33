/** What a SidecarSet says of itself where people look: conditions, warnings of kubectl, events on owners, metrics. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitFor } from '../cluster/deadline.ts';
import { installBerth } from '../cluster/installation.ts';
import { clusterForTests } from '../cluster/shared.ts';
import { judged } from '../instruments/judged.ts';
import { aDeployment, aSet, conditionOf, isComplete, podsOf, sceneIn, statusOf, until } from './sidecars.ts';

const cluster = await clusterForTests({ nodes: 2 });
const { controller, webhook } = await installBerth(cluster);
const { apply, begin, running } = sceneIn(cluster);

const metricsOf = async ({ pages }: { readonly pages: string }): Promise<string> =>
  (await fetch(`${pages}/metrics`)).text();

const name = 'no-v2';
const words = 'log:v2 is not allowed here';
const policy = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name },
  spec: {
    matchConstraints: {
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['pods'] }],
    },
    validations: [{ expression: "object.spec.containers.all(c, c.image != 'example.test/log:v2')", message: words }],
  },
};
const binding = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name },
  spec: { policyName: name, validationActions: ['Deny'] },
};

/** The apiserver learns of a policy some time after it is stored. */
const untilRefused = (pod: string): Promise<true> => {
  const image = JSON.stringify({ spec: { containers: [{ name: 'log', image: 'example.test/log:v2' }] } });
  return waitFor('the policy to be in force', 30_000, () =>
    cluster.kubectl(['patch', 'pod', pod, '--dry-run=server', '-p', image]).then(
      () => undefined,
      (error: Error) => error.message.includes(words) || undefined,
    ),
  );
};

test('a policy that refuses updates is stated in its words, and once it is gone the roll ends', async () => {
  await using recorder = await begin('refused');
  await running(recorder, 'gate', 2);
  await apply(policy, binding);
  await untilRefused(podsOf(recorder, 'gate')[0]?.metadata?.name ?? '');
  await apply(aSet('gate', { image: 'example.test/log:v2' }));
  await until('the set to say so', 30, () => conditionOf(recorder, 'gate-logs', 'Stalled')?.reason === 'Refused');
  assert.match(conditionOf(recorder, 'gate-logs', 'Stalled')?.message ?? '', new RegExp(words));
  assert.match(
    await metricsOf(controller),
    /berth_pods_behind\{controller="sidecarset",object="gate-logs",reason="Refused"\} 2/,
  );
  await cluster.kubectl(['delete', 'validatingadmissionpolicybinding', name]);
  await until('the roll to end', 180, () => isComplete(recorder, 'gate-logs', 2));
  await judged(recorder);
});

test('kubectl warns of a change that pods cannot take', async () => {
  await using recorder = await begin('warned');
  await running(recorder, 'warn', 2);
  await until('the pods to be counted', 30, () => isComplete(recorder, 'warn-logs', 2));
  const changed = aSet('warn', { container: { env: [{ name: 'LEVEL', value: 'debug' }] } });
  const warned = cluster.kubectl(['apply', '--warnings-as-errors', '-f', '-'], JSON.stringify(changed));
  await assert.rejects(
    warned,
    /spec\.containers\[0\]\.env changes: the 2 pods with the containers cannot take this in place and stay at revision warn-logs-\w+ until they are made anew/,
  );
  await judged(recorder);
});

test('pods that are older than their set are counted with their reason, and their owner hears of it', async () => {
  await using recorder = await begin('older');
  await apply(aDeployment('early', 2));
  await until('the pods to be there', 30, () => podsOf(recorder, 'early').length === 2);
  await apply(aSet('early'));
  await until('them to be counted', 30, () => statusOf(recorder, 'early-logs')['uninjectedPods'] === 2);
  assert.deepEqual(
    (statusOf(recorder, 'early-logs')['pods'] as readonly { reason: string; count: number }[]).map(
      ({ reason, count }) => `${reason} ${count}`,
    ),
    ['OlderThanSet 2'],
  );
  const events = await waitFor('an event on the owner', 30_000, async () => {
    const of = 'involvedObject.kind=ReplicaSet,reason=OlderThanSet';
    const text = await cluster.kubectl(['get', 'events', '--field-selector', of, '-o', 'json']);
    const { items } = JSON.parse(text) as { items: readonly { message: string }[] };
    return items.length > 0 ? items : undefined;
  });
  assert.match(events[0]?.message ?? '', /^a pod without the containers of SidecarSet early-logs: /);
  assert.match(
    await metricsOf(webhook),
    /berth_review_decisions_total\{path="\/mutate-pod",result="injected",reason="Current"\} [1-9]/,
  );
  await judged(recorder);
});
