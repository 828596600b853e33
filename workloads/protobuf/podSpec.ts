/** `spec` of a pod. */

import type { Affinity, PodSpec, Toleration, Volume } from '../../api/kubernetes.ts';
import type { Fields } from '../../kube/contract.ts';
import { readContainer } from './container.ts';
import type { Mutable } from './mutable.ts';

type ForeignSpec = Pick<PodSpec, 'nodeName' | 'readinessGates'>;

export const readForeignSpec = (fields: Fields): ForeignSpec => {
  const readinessGates: { readonly conditionType: string }[] = [];
  const spec: Mutable<ForeignSpec> = { nodeName: '', readinessGates };
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    if (field === 10) spec.nodeName = fields.word();
    else if (field === 28) readinessGates.push({ conditionType: readOnlyText(fields) });
  }
  return spec;
};

interface Lists {
  readonly volumes: Volume[];
  readonly containers: PodSpec['containers'][number][];
  readonly initContainers: PodSpec['containers'][number][];
  readonly tolerations: Toleration[];
  readonly readinessGates: { readonly conditionType: string }[];
}

export const readSpec = (fields: Fields): PodSpec => {
  const lists: Lists = { volumes: [], containers: [], initContainers: [], tolerations: [], readinessGates: [] };
  const spec: Mutable<PodSpec> = lists;
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    switch (field) {
      case 1:
        lists.volumes.push(readVolume(fields));
        break;
      case 2:
        lists.containers.push(readContainer(fields));
        break;
      case 20:
        lists.initContainers.push(readContainer(fields));
        break;
      case 22:
        lists.tolerations.push(readToleration(fields));
        break;
      case 28:
        lists.readinessGates.push({ conditionType: readOnlyText(fields) });
        break;
      default:
        readOne(fields, field, spec);
    }
  }
  return spec;
};

const readOne = (fields: Fields, field: number, spec: Mutable<PodSpec>): void => {
  switch (field) {
    case 3:
      if (!fields.is('')) spec.restartPolicy = fields.word();
      break;
    case 4:
      spec.terminationGracePeriodSeconds = fields.integer();
      break;
    case 10:
      spec.nodeName = fields.word();
      break;
    case 18:
      spec.affinity = readAffinity(fields);
  }
};

/** A message of which only its first field, a text, is wanted. */
const readOnlyText = (fields: Fields): string => {
  let text = '';
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) if (field === 1) text = fields.word();
  return text;
};

/** Of the many sources of a volume only the claim. */
const readVolume = (fields: Fields): Volume => {
  const volume: Mutable<Volume> = { name: '' };
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    if (field === 1) volume.name = fields.word();
    else if (field === 2) readVolumeSource(fields, volume);
  }
  return volume;
};

const readVolumeSource = (fields: Fields, volume: Mutable<Volume>): void => {
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next())
    if (field === 10) volume.persistentVolumeClaim = { claimName: readOnlyText(fields) };
};

export const readToleration = (fields: Fields): Toleration => {
  const toleration: Mutable<Toleration> = {};
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    if (field === 5) toleration.tolerationSeconds = fields.integer();
    else setText(toleration, field, fields);
  }
  return toleration;
};

const setText = (toleration: Mutable<Toleration>, field: number, fields: Fields): void => {
  const key = ([undefined, 'key', 'operator', 'value', 'effect'] as const)[field];
  const text = key === undefined ? '' : fields.word();
  if (key !== undefined && text !== '') toleration[key] = text;
};

/** Only what pins a pod to a node: required node affinity by field. */
const readAffinity = (fields: Fields): Affinity => {
  const terms: Term[] = [];
  descend(fields, [1, 1, 1], () => terms.push(readTerm(fields)));
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } };
};

interface Term {
  readonly matchFields: Requirement[];
}

type Requirement = { readonly key: string; readonly operator: string; readonly values: string[] };

/** Follows field numbers from message to message; `found` is called on each field that the last number names. */
const descend = (fields: Fields, [wanted, ...deeper]: readonly number[], found: () => void): void => {
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    if (field !== wanted) continue;
    if (deeper.length === 0) found();
    else descend(fields, deeper, found);
  }
};

const readTerm = (fields: Fields): Term => {
  const matchFields: Requirement[] = [];
  descend(fields, [2], () => matchFields.push(readRequirement(fields)));
  return { matchFields };
};

const readRequirement = (fields: Fields): Requirement => {
  const requirement: Mutable<Requirement> = { key: '', operator: '', values: [] };
  fields.enter();
  for (let field = fields.next(); field !== 0; field = fields.next()) {
    switch (field) {
      case 1:
        requirement.key = fields.word();
        break;
      case 2:
        requirement.operator = fields.word();
        break;
      case 3:
        requirement.values.push(fields.word());
    }
  }
  return requirement;
};
