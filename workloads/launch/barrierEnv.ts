/** What a new pod gets so that its containers start in the order that it asks for. */

import { createHash } from 'node:crypto';
import type { Container } from '../../api/kubernetes.ts';
import { env as envNames, annotations as names } from '../../api/names.ts';
import { type KubeObject, type Op, pointer } from '../../kube/contract.ts';
import { askedOrder, barrierKey, barrierName, longestPodName, printOrder } from './order.ts';

/** The pod as everything before has made it. */
export interface Made {
  readonly containers: readonly Container[];
  readonly annotations: ReadonlyMap<string, string>;
}

export type Launch =
  | { readonly is: 'done'; readonly ops: readonly Op[]; readonly warnings: readonly string[] }
  | { readonly is: 'impossible'; readonly field: string; readonly message: string };

/** @param draw any text that is new for each pod: where the apiserver would make up a name, it is made of this */
export const launch = ({ metadata }: KubeObject, { containers, annotations }: Made, draw: string): Launch => {
  const { order, warnings } = askedOrder(containers, annotations);
  if (order === undefined) return { is: 'done', ops: [], warnings };
  const name = metadata.name || generatedName(metadata.generateName, draw);
  if (name.length > longestPodName)
    return {
      is: 'impossible',
      field: 'metadata.name',
      message: `must be no more than ${longestPodName} characters for containers that start in an order`,
    };
  const barriers = containers.flatMap((container, index) =>
    envOps(container, index, { name: barrierName(name), key: barrierKey(order.get(container.name) ?? 0) }),
  );
  const note = printOrder(order);
  const isNoted = annotations.get(names.launchOrder) === note;
  const noted: readonly Op[] = isNoted ? [] : annotationOps(metadata.annotations, annotations, note);
  return { is: 'done', ops: [...nameOps(metadata.name, name), ...noted, ...barriers], warnings };
};

/** As the apiserver does it: 5 characters behind what fits of the prefix. */
const generatedName = (prefix: unknown, draw: string): string => {
  const bytes = createHash('sha256').update(draw).digest().subarray(0, 5);
  return (
    (typeof prefix === 'string' ? prefix : '').slice(0, 58) +
    [...bytes].map(byte => alphabet[byte % alphabet.length]).join('')
  );
};

/** No vowels: no words. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

const nameOps = (given: string | undefined, name: string): readonly Op[] =>
  given ? [] : [{ op: 'add', path: pointer('metadata', 'name'), value: name }];

/** The map is there if the pod had one, or if somebody before has added to it. */
const annotationOps = (given: unknown, made: ReadonlyMap<string, string>, note: string): readonly Op[] =>
  given === undefined && made.size === 0
    ? [{ op: 'add', path: pointer('metadata', 'annotations'), value: { [names.launchOrder]: note } }]
    : [{ op: 'add', path: pointer('metadata', 'annotations', names.launchOrder), value: note }];

interface Barrier {
  /** Of the ConfigMap. */
  readonly name: string;
  readonly key: string;
}

/** A pod that was copied from another, or that a later webhook gave more containers, has barriers already. */
const envOps = ({ env }: Container, index: number, barrier: Barrier): readonly Op[] => {
  const path = (...rest: readonly (string | number)[]): string => pointer('spec', 'containers', index, 'env', ...rest);
  const value = { name: envNames.launchBarrier, valueFrom: { configMapKeyRef: barrier } };
  if (env === undefined) return [{ op: 'add', path: path(), value: [value] }];
  const at = env.findIndex(isBarrier);
  if (at < 0) return [{ op: 'add', path: path('-'), value }];
  const { name, key } = env[at]?.valueFrom?.configMapKeyRef ?? {};
  return name === barrier.name && key === barrier.key ? [] : [{ op: 'replace', path: path(at), value }];
};

const isBarrier = ({ name, valueFrom }: NonNullable<Container['env']>[number]): boolean => {
  const key: unknown = valueFrom?.configMapKeyRef?.key;
  return name === envNames.launchBarrier && typeof key === 'string' && /^p_-?\d+$/.test(key);
};
