/** I10, the other half: no pod of a job is made for a node that does not fit: by its selector, its affinity or its taints. */

import type { KubeObject, Wire } from '../../../kube/contract.ts';
import { isOurs } from '../audit.ts';
import type { Rule } from '../checker.ts';
import { list, record, text } from '../objects.ts';
import { selects } from '../ours.ts';
import type { Change, World } from '../world.ts';
import { isOfJob } from './onceMeansOnce.ts';

/** Milliseconds within which a change of a node may be unknown. */
const sight = 3000;

export const jobFits = (): Rule => {
  const changedAt = new Map<string, number>();
  return {
    invariant: 'once means once',
    needs: ['Pod', 'BroadcastJob', 'Node'],
    see: (change, world) => {
      const { entry, before, after, pod, by } = change;
      if (entry.kind === 'Node' && isOther(change)) changedAt.set(entry.object.metadata.name ?? '', entry.seenAt);
      if (after === undefined || before !== undefined || pod?.after === undefined || !isOfJob(pod.after)) return [];
      if (by !== undefined && !isOurs(by)) return [];
      const { node: name, key, owner } = pod.after;
      if (entry.seenAt - (changedAt.get(name) ?? 0) <= sight) return [];
      const job = world.of('BroadcastJob').get(owner?.uid ?? '');
      return unfit(after, job, nodeNamed(name, world)).map(why => `${key} is made for ${name}, ${why}`);
    },
  };
};

const isOther = ({ before, after }: Change): boolean =>
  JSON.stringify([before?.metadata.labels, before?.['spec']]) !==
  JSON.stringify([after?.metadata.labels, after?.['spec']]);

const nodeNamed = (name: string, world: World): KubeObject | undefined =>
  [...world.of('Node').values()].find(({ metadata }) => metadata.name === name);

const unfit = (pod: KubeObject, job: KubeObject | undefined, node: KubeObject | undefined): readonly string[] => {
  if (node === undefined) return ['which does not exist'];
  const { labels = {}, deletionTimestamp } = node.metadata;
  const spec = record(pod['spec']);
  const template = record(record(record(record(job?.['spec'])['template'])['spec']));
  const wanted = record(
    record(record(template['affinity'])['nodeAffinity'])['requiredDuringSchedulingIgnoredDuringExecution'],
  );
  const terms = list(wanted['nodeSelectorTerms']).filter(term => term['matchExpressions'] !== undefined);
  const tolerations = list(spec['tolerations']);
  return [
    ...(deletionTimestamp === undefined ? [] : ['which is being deleted']),
    ...(selects({ matchLabels: spec['nodeSelector'] }, labels) ? [] : ['whose labels its nodeSelector does not match']),
    ...(terms.length === 0 || terms.some(term => matches(term, labels))
      ? []
      : ['which its node affinity does not match']),
    ...taintsOf(node)
      .filter(taint => !tolerations.some(toleration => tolerates(toleration, taint)))
      .map(taint => `whose taint ${text(taint['key'])} it does not tolerate`),
  ];
};

const comparisons: ReadonlySet<unknown> = new Set(['Gt', 'Lt']);

/** Numbers are not compared here. */
const matches = (term: Wire, labels: Readonly<Record<string, string>>): boolean =>
  selects({ matchExpressions: list(term['matchExpressions']).filter(e => !comparisons.has(e['operator'])) }, labels);

/** A cordon is a taint that its user does not see. */
const taintsOf = (node: KubeObject): readonly Wire[] => {
  const { taints, unschedulable } = record(node['spec']);
  const cordon = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
  return [
    ...list(taints).filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute'),
    ...(unschedulable === true ? [cordon] : []),
  ];
};

const tolerates = (toleration: Wire, taint: Wire): boolean => {
  const { key, operator, value, effect } = toleration;
  const isSameKey = key === taint['key'] || (text(key) === '' && operator === 'Exists');
  const isSameValue = operator === 'Exists' || text(value) === text(taint['value']);
  return isSameKey && isSameValue && (text(effect) === '' || effect === taint['effect']);
};
