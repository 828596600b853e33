/** Sections 2 and 3: the fields, and the two versions. */

import { type Row, rowsOf } from './row.ts';

export const fields: readonly Row[] = [
  ...rowsOf('2.1', [
    ['selector', 'required, not empty, a valid label selector', 'B109 B110 B111 B112'],
    ['namespaceSelector', 'all namespaces if absent; not empty, valid', 'B114 B115 A025'],
    ['initContainers', 'may stand alone', 'B003 B004 A066'],
    ['containers', 'may be removed, neither added nor renamed', 'B331 B332 B333'],
    ['volumes', 'unique names', 'B167'],
    ['updateStrategy', 'has its defaults when absent', 'B008'],
    ['injectionStrategy.paused', 'new pods are not injected; running ones are looked after all the same', 'A015 A016'],
    ['customVersion pin', 'the newest revision of that custom version', 'A250 A265'],
    ['revisionName pin', 'one revision by name; it wins over the custom version', 'A251'],
    ['policy', 'Always if absent', 'A250 A257'],
    ['imagePullSecrets', 'are added to the pod', 'A135'],
    ['revisionHistoryLimit', '10 if absent; less than one counts as one', 'B013 E038 E040'],
    ['patchPodMetadata', 'Retain if no policy is given', 'A139'],
    ['customVersion', 'names the revision', 'E042'],
  ]),
  ...rowsOf('2.2', [
    ['podInjectPolicy', 'containers before the app, init containers behind', 'A006 A010 A011 B154 B155'],
    ['upgradeType', 'ColdUpgrade if absent; fixed once it is set', 'B158 B336 B339'],
    ['hotUpgradeEmptyImage', 'the image of the idle twin', 'A226 B340'],
    ['shareVolumePolicy', 'disabled if absent', 'A083 A089'],
    ['shareVolumeDevicePolicy', 'disabled if absent; not checked', 'A106 A110'],
    ['transferEnv', 'by container, or by a label or annotation', 'B073 A124'],
    ['resourcesPolicy', 'containers and native sidecars', 'B191 A202'],
    ['core defaults', 'take part in the hashes', 'B019 B043 B044'],
  ]),
  ...rowsOf('2.3', [
    ['targetContainersMode', 'sum or max, required', 'B199 B200 A167'],
    ['targetContainersNameRegex', '.* if absent', 'A366 A170'],
    ['resourcesExpr', 'limits or requests must be there', 'B198'],
  ]),
  ...rowsOf('2.4', [
    ['type', 'RollingUpdate if absent; anything but NotUpdate rolls'],
    ['paused', 'no pod is taken'],
    ['selector', 'only those pods; not with a partition', 'B120 B121 B123'],
    ['partition', '0 if absent; a number or a share', 'B125 B128'],
    ['maxUnavailable', '1 if absent; 0 and more than all are accepted', 'B129 B131 B132'],
    ['priorityStrategy', 'by weight or by order, not both', 'B135 B136 B140'],
    ['scatterStrategy', 'no term twice; * is every value', 'B141'],
    ['under NotUpdate', 'nothing of the strategy is checked', 'B133'],
  ]),
  ...rowsOf('2.5', [
    ['observedGeneration', 'the generation that the counters belong to'],
    ['matchedPods', 'active pods that carry all containers of the set'],
    ['updatedPods', 'of them, those at the revision of the spec'],
    ['readyPods', 'of them, those that serve, also under NotUpdate'],
    ['updatedReadyPods', 'those that are both'],
    ['latestRevision', 'the revision of the spec', 'E001 E031'],
    ['collisionCount', 'how often a name was taken', 'E047'],
  ]),
  ...rowsOf('3', [
    ['namespace', 'of v1alpha1 becomes a namespaceSelector and wins over one', 'F004 B012 B353'],
    ['namespaceSelector', 'is the same in both', 'F005 F006'],
    ['customVersion', 'is a label in v1alpha1, a field in v1beta1', 'F007 F011 F012 F013 B011'],
    ['everything else', 'is the same, field by field', 'F001 F015 F017'],
  ]),
];
