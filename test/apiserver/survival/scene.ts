/** A cluster whose every revision is recorded while a test harms it, a database to work on, and the verdict in the end. */

import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { after, type TestContext } from 'node:test';
import { connect } from '../../../kube/client/connect.ts';
import type { Client } from '../../../kube/client.ts';
import { systemClock as clock } from '../../../kube/clock.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { waitFor } from '../../cluster/deadline.ts';
import { check, type Verdict } from '../../instruments/checker.ts';
import { invariants } from '../../instruments/invariants.ts';
import { recordCluster } from '../../instruments/judged.ts';
import { type Pod, podIn } from '../../instruments/objects.ts';
import type { Recorder } from '../../instruments/recorder.ts';
import { tell } from '../../instruments/survival/figure.ts';

export interface Scene {
  readonly client: Client;
  readonly recorder: Recorder;
  readonly apply: (object: object) => Promise<string>;
  /** Pods with the label `app`, as they were last seen. */
  readonly podsOf: (app: string) => readonly Pod[];
  /** Waits for something that the record will show. */
  readonly until: (what: string, seconds: number, holds: () => boolean) => Promise<true>;
  /** So many pods of the app serve, all of them with this version in the container that is called like the app. */
  readonly untilServing: (app: string, count: number, version: string) => Promise<true>;
  /**
   * Holds every revision against the invariants, and says how many; throws where one was broken. `what was seen`: also if
   * some were missed, as those just before an apiserver was killed.
   */
  readonly judge: (t: TestContext, which?: 'all' | 'what was seen') => Promise<void>;
}

/** Berth must be installed. */
export const openScene = async (cluster: Cluster): Promise<Scene> => {
  const client = await connect({ source: { kubeconfig: cluster.kubeconfig }, role: 'test', clock });
  const recorder = await recordCluster(cluster);
  after(async () => {
    await recorder[Symbol.asyncDispose]();
    await client.close();
  });
  const podsOf = (app: string): readonly Pod[] =>
    recorder
      .newest('Pod')
      .map(podIn)
      .filter(pod => pod.labels['app'] === app);
  const until: Scene['until'] = (what, seconds, holds) =>
    waitFor(what, seconds * 1000, async () => holds() || undefined);
  return {
    client,
    recorder,
    apply: object => cluster.kubectl(['apply', '-f', '-'], JSON.stringify(object)),
    podsOf,
    until,
    untilServing: (app, count, version) =>
      until(`${count} pods of ${app} to serve ${version}`, 120, () => {
        const pods = podsOf(app);
        return pods.length === count && pods.every(pod => serves(pod, app, version));
      }),
    judge: async (t, which = 'all') => {
      const verdict = check(await recorder.caughtUp(), invariants());
      tellOf(verdict, t);
      assert.deepEqual(verdict.violations, []);
      if (which === 'all') assert.deepEqual(verdict.unjudged, []);
    },
  };
};

const tellOf = ({ revisions, violations, unjudged, figures }: Verdict, t: TestContext): void => {
  const without = unjudged.map(({ invariant, hole }) => `, without ${invariant}: ${hole.kind}s were missed`).join('');
  tell(t, {
    ...{ of: 'S1', what: `invariants broken in ${basename(process.argv[1] ?? '')}`, unit: 'times', atMost: 0 },
    ...{ value: violations.length, note: `of ${revisions} revisions${without}` },
  });
  for (const { of, greatest, limit } of figures)
    if (greatest > 0) t.diagnostic(`${of}: ${greatest} of ${limit} unavailable`);
};

const serves = (pod: Pod, container: string, version: string): boolean => {
  const runs = pod.containers.get(container)?.runningImage.endsWith(`:${version}`) ?? false;
  return runs && pod.isReady && !pod.isLeaving && pod.gate !== 'False';
};

export interface DatabaseOptions {
  readonly name: string;
  readonly version: string;
  readonly replicas: number;
}

/** Updated in place, a third at a time. */
export const aDatabase = ({ name, version, replicas }: DatabaseOptions): object => ({
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'StatefulSet',
  metadata: { name, namespace: 'default' },
  spec: {
    replicas,
    serviceName: name,
    podManagementPolicy: 'Parallel',
    selector: { matchLabels: { app: name } },
    updateStrategy: {
      type: 'RollingUpdate',
      rollingUpdate: { podUpdatePolicy: 'InPlaceIfPossible', maxUnavailable: Math.ceil(replicas / 3) },
    },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name, image: `example.test/${name}:${version}`, command: ['sleep', 'infinity'] }],
      },
    },
  },
});
