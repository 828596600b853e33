/** Area A: pods as the pod webhook leaves them. */

import type { KubeObject, Wire } from '../../kube/contract.ts';
import { canonicalTemplate, differences } from '../../workloads/revisions/canonical.ts';
import type { AdmissionAnswer, AdmissionRequest, RecordedCase } from './cases.ts';
import { Webhooks } from './webhooks.ts';

export type PodCase = RecordedCase<AdmissionRequest, AdmissionAnswer>;

/** What is not as recorded; for the answer that comes closest, if there are several. */
export const podDifferences = (recorded: PodCase): readonly string[] => {
  const { request, answer, alternatives = [], given } = recorded;
  const pod = new Webhooks(recorded).admit('/mutate-pod', request);
  const named = request.object.metadata.name === undefined ? unnamed : (of: KubeObject) => of;
  // Which of several sets comes first was random for every call.
  const sorted = (given.sidecarSets ?? []).length > 1 ? unordered : (of: Wire) => of;
  const meaning = (of: KubeObject) => sorted(meaningOf(named(of)));
  const all = [answer, ...alternatives].map(({ allowed, resultObject = request.object }) => {
    if (pod === undefined || !allowed) return (pod !== undefined) === allowed ? [] : [verdict(allowed)];
    return differences(meaning(resultObject), meaning(pod));
  });
  return all.reduce((least, next) => (next.length < least.length ? next : least));
};

const verdict = (allowed: boolean): string => (allowed ? 'refused, not allowed' : 'allowed, not refused');

/** A name that was made up for the pod is another each time, wherever it stands. */
const unnamed = (pod: KubeObject): KubeObject =>
  pod.metadata.name === undefined
    ? pod
    : (JSON.parse(JSON.stringify(pod).replaceAll(pod.metadata.name, 'made-up')) as KubeObject);

const meaningOf = ({ metadata, spec }: KubeObject): Wire => {
  const annotations = Object.entries(metadata.annotations ?? {})
    .filter(([key]) => !key.startsWith('berth/')) // what we note for ourselves
    .map(([key, value]) => [key, timeless(key, value)]);
  const { imagePullSecrets, ...rest } = spec as Wire & { readonly imagePullSecrets?: readonly Wire[] };
  // A reference without a name is one with an empty name.
  const secrets = imagePullSecrets?.map(secret => ({ name: '', ...secret }));
  return canonicalTemplate({
    metadata: { ...metadata, annotations: Object.fromEntries(annotations) },
    spec: { ...rest, imagePullSecrets: secrets },
  }) as Wire;
};

const timeless = (key: string, value: string): string =>
  key.startsWith('kruise.io/sidecarset-hash')
    ? value.replaceAll(/"updateTimestamp":"[^"]*"/gu, '"updateTimestamp":""')
    : value;

const unordered = (pod: Wire): Wire => {
  const spec = pod['spec'] as { readonly [list: string]: unknown };
  const lists = ['containers', 'volumes', 'imagePullSecrets'].flatMap(name => {
    const list = spec[name];
    return Array.isArray(list) ? [[name, list.toSorted(byText)] as const] : [];
  });
  return { ...pod, spec: { ...spec, ...Object.fromEntries(lists) } };
};

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
