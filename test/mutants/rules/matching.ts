/** Which pods and sets belong together, and which revision of a set a pod gets. */

import { type Mutant, mutantsOf } from '../mutant.ts';

const webhook = 'webhooks/pod/webhook.test.ts';
const noneOfThese = 'gets none that selects others, is paused, is being deleted, or is for other namespaces';

export const matchingMutants: readonly Mutant[] = [
  ...mutantsOf('workloads/sidecars/match.ts', webhook, [
    {
      name: 'injects sets that are paused',
      find: '!set.spec.injectionStrategy.paused && ',
      replace: '',
      killedBy: noneOfThese,
    },
    {
      name: 'injects sets that are being deleted',
      find: 'set !== undefined && view.deletedAt === undefined && injects',
      replace: 'set !== undefined && injects',
      killedBy: noneOfThese,
    },
    {
      name: 'injects sets for other namespaces',
      find: 'set.spec.selector.matches(labels) && coversNamespace(set, namespace);',
      replace: 'set.spec.selector.matches(labels);',
      killedBy: noneOfThese,
    },
    {
      name: 'injects sets that select other pods',
      find: 'set.spec.selector.matches(labels) && coversNamespace(set, namespace);',
      replace: 'coversNamespace(set, namespace);',
      in: 'workloads/sidecars/match.test.ts',
      killedBy: 'gets each set that selects it, and no other, whatever is in the store',
    },
    {
      name: 'takes a namespace that nobody knows for a covered one',
      find: '(namespace !== undefined && spec.namespaceSelector.matches(namespace.labels))',
      replace: '(namespace === undefined || spec.namespaceSelector.matches(namespace.labels))',
      in: 'workloads/sidecars/match.test.ts',
      killedBy: 'in a namespace that nobody knows gets the sets that ask for none in particular',
    },
    {
      name: 'injects the base beside its canary',
      find: 'matched.filter(({ view }) => !bases.has(view.name)).sort',
      replace: 'matched.sort',
      in: 'workloads/sidecars/match.test.ts',
      killedBy: 'gets a canary, and not its base',
    },
    {
      name: 'injects in the order in which sets were stored',
      find: '.sort((a, b) => (a.view.name < b.view.name ? -1 : 1));',
      replace: ';',
      killedBy: 'gets the sets that select it, in the order of their names',
    },
    {
      name: 'looks after pods that it does not select',
      find: 'return pod => spec.selector.matches(pod.labels) && names.every(',
      replace: 'return pod => names.every(',
      in: 'workloads/sidecars/match.test.ts',
      killedBy: 'no pod that has lost its label',
    },
    {
      name: 'looks after pods that lack one of its containers',
      find: 'names.every(name => containerOf(pod, name) !== undefined);',
      replace: 'names.length > 0;',
      in: 'workloads/sidecars/match.test.ts',
      killedBy: 'pods that it selects and that have its containers',
    },
    {
      name: 'misses its containers in pods that have them',
      find: '!pod.injectedSets.includes(set) && isActive(pod)',
      replace: 'isActive(pod)',
      in: 'controllers/sidecarset/plan.test.ts',
      killedBy: 'that match and were created without it are counted and named',
    },
  ]),
  ...mutantsOf('workloads/sidecars/candidates.ts', 'workloads/sidecars/match.test.ts', [
    {
      name: 'never finds sets that ask for no particular value',
      find: 'return [anyPod];',
      replace: 'return [];',
      in: webhook,
      killedBy: 'is found by expressions as well as by labels',
    },
    {
      name: 'finds a set by one of its values only',
      find: 'return [...new Set(values)].map(',
      replace: 'return [...new Set(values)].slice(0, 1).map(',
      in: webhook,
      killedBy: 'is found by expressions as well as by labels',
    },
    {
      name: 'finds a set by the values that it does not want',
      find: "if (operator === 'In') return",
      replace: "if (operator === 'In' || operator === 'NotIn') return",
      in: webhook,
      killedBy: 'is found by expressions as well as by labels',
    },
    {
      name: 'looks only for sets that name a label of the pod',
      find: '[...pairsOf(labels), anyPod];',
      replace: '[...pairsOf(labels)];',
      killedBy: 'gets each set that selects it, and no other, whatever is in the store',
    },
    {
      name: 'looks by the first label of the pod only',
      find: 'Object.keys(labels).map(key =>',
      replace: 'Object.keys(labels).slice(0, 1).map(key =>',
      killedBy: 'gets each set that selects it, and no other, whatever is in the store',
    },
  ]),
  ...mutantsOf('workloads/sidecars/choice.ts', webhook, [
    {
      name: 'injects the current revision although the set is pinned',
      find: 'if (pinned !== undefined) return {',
      replace: 'if (pinned === pin) return {',
      killedBy: 'by name, or by the newest of a custom version, gives that one',
    },
    {
      name: 'says nothing when the pinned revision is gone',
      find: 'warnings: [`SidecarSet ',
      replace: 'warnings: true ? [] : [`SidecarSet ',
      killedBy: 'that is gone gives the current one, with a warning: no pod is lost',
    },
    {
      name: 'pins all pods where only a share is to be pinned',
      find: "injectionStrategy.revision?.policy !== 'Partial') return 100;",
      replace: 'true) return 100;',
      killedBy: 'in part, gives the pinned one to the share of pods that the partition keeps, once and for all',
    },
    {
      name: 'pins the share that the partition lets go',
      find: '|| drawn(draw) < share;',
      replace: '|| drawn(draw) >= share;',
      killedBy: 'in part, gives the pinned one to the share of pods that the partition keeps, once and for all',
    },
    {
      name: 'gives new pods a revision that their selector does not roll to',
      find: 'if (updateStrategy.selector !== undefined && !updateStrategy.selector.matches(labels)) return 100;',
      replace: '',
      killedBy: 'in part, gives the pinned one to pods that the strategy leaves out, and to all while it is paused',
    },
    {
      name: 'gives new pods the current revision while the rollout is paused',
      find: 'if (updateStrategy.paused || ',
      replace: 'if (',
      killedBy: 'in part, gives the pinned one to pods that the strategy leaves out, and to all while it is paused',
    },
  ]),
];
