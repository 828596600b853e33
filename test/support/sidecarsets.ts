/** SidecarSets and pods that they match, for tests: valid by default, so that a test says only what it is about. */

import { applyPatch, type Operation } from 'rfc6902';
import type { Instant, KubeObject, Op, Wire } from '../../kube/contract.ts';
import { inject } from '../../workloads/sidecars/inject.ts';
import type { Injection } from '../../workloads/sidecars/injection.ts';
import { SidecarSets, type UsableSidecarSet } from '../../workloads/sidecarsets.ts';

export interface SetOptions {
  readonly name?: string;
  readonly image?: string;
  /** Members of the one container `log`. */
  readonly container?: Wire;
  readonly strategy?: Wire;
  readonly spec?: Wire;
  readonly metadata?: Wire;
  readonly version?: 'v1alpha1' | 'v1beta1';
}

/** The set `logs` gives the container `log` to pods of the app `web`. */
export const aSidecarSet = (options: SetOptions = {}): KubeObject => {
  const { name = 'logs', image = 'log:v1', version = 'v1beta1' } = options;
  return {
    apiVersion: `apps.kruise.io/${version}`,
    kind: 'SidecarSet',
    metadata: { name, ...options.metadata },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      containers: [{ name: 'log', image, ...options.container }],
      ...(options.strategy === undefined ? {} : { updateStrategy: options.strategy }),
      ...options.spec,
    },
  };
};

/** The pod `web-0` of one container `main`. */
export const aPod = (name = 'web-0', spec: Wire = {}, metadata: Wire = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app: 'web' }, ...metadata },
  spec: { containers: [{ name: 'main', image: 'app:v1' }], ...spec },
});

export const usable = (set: KubeObject): UsableSidecarSet => {
  const view = SidecarSets.view(set);
  if (view?.usable === undefined) throw new Error(`not usable: ${JSON.stringify(view?.problems)}`);
  return view.usable;
};

/** The object after a patch, by another implementation than the product's. */
export const applied = (object: KubeObject, ops: readonly Op[]): KubeObject => {
  const copy = structuredClone(object);
  const failed = applyPatch(copy, structuredClone(ops) as Operation[]).find(result => result !== null);
  if (failed) throw failed;
  return copy;
};

/** The pod with the sets in it. */
export const injected = (pod: KubeObject, sets: readonly KubeObject[], now: Instant = 0): KubeObject =>
  applied(
    pod,
    opsFor(
      pod,
      sets.map(set => usable(set).injection),
      now,
    ),
  );

export const opsFor = (pod: KubeObject, injections: readonly Injection[], now: Instant = 0): readonly Op[] => {
  const result = inject(pod, injections, now);
  if (result.is === 'impossible') throw new Error(`${result.field} ${result.message}`);
  return result.ops;
};
