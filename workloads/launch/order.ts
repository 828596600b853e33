/**
 * Containers of one pod that start one after the other: those of the highest priority first, the next when these are
 * ready. Each waits for a key of a ConfigMap that its environment names, because a kubelet starts no container whose
 * environment it cannot make up.
 */

import { isObject, parseJson } from '../../api/json.ts';
import type { Container } from '../../api/kubernetes.ts';
import { env as envNames, annotations as names } from '../../api/names.ts';

/** Priorities by the names of containers. */
export type LaunchOrder = ReadonlyMap<string, number>;

export interface Asked {
  /** Undefined: all containers may start at once. */
  readonly order: LaunchOrder | undefined;
  readonly warnings: readonly string[];
}

/** What a pod asks for: by an annotation the order of its list, else by a variable in each container. */
export const askedOrder = (containers: readonly Container[], annotations: ReadonlyMap<string, string>): Asked => {
  if (containers.length < 2 || !containers.every(isDecoded)) return none;
  if (annotations.get(names.containerLaunchPriority) === 'Ordered')
    return { order: new Map(containers.map(({ name }, index) => [name, index === 0 ? 0 : -index])), warnings: [] };
  const priorities = containers.map(container => ({ container, ...priorityOf(container) }));
  const warnings = priorities.flatMap(({ warning }) => warning ?? []);
  const isSame = priorities.every(({ priority }) => priority === priorities[0]?.priority);
  return { order: isSame ? undefined : new Map(priorities.map(p => [p.container.name, p.priority])), warnings };
};

const none: Asked = { order: undefined, warnings: [] };

/** The apiserver decodes a pod before it asks us; anybody else may send anything, which is left as it is. */
const isDecoded = ({ env = [] }: Container): boolean =>
  Array.isArray(env) && env.every(e => typeof e === 'object' && e !== null);

/** The last variable of a name is the one that a container sees. */
const priorityOf = ({ name, env }: Container): { readonly priority: number; readonly warning?: string } => {
  const variable = env?.findLast(e => e.name === envNames.launchPriority);
  if (variable === undefined) return { priority: 0 };
  const text = typeof variable.value === 'string' ? variable.value : '';
  const value = Number(text);
  if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(value)) return { priority: value + 0 };
  const said = `its ${envNames.launchPriority} is no whole number`;
  return { priority: 0, warning: `container ${name} starts with priority 0: ${said}` };
};

/** The order is noted on the pod, so that its environment need not be kept. */
export const printOrder = (order: LaunchOrder): string => JSON.stringify(Object.fromEntries(order));

/** Undefined for text that nobody of ours wrote. */
export const readOrder = (text: string | undefined): LaunchOrder | undefined => {
  const json = parseJson(text ?? '');
  if (!isObject(json)) return undefined;
  const entries = Object.entries(json);
  return entries.every((entry): entry is [string, number] => Number.isSafeInteger(entry[1]))
    ? new Map(entries)
    : undefined;
};

const suffix = '-barrier';
export const barrierName = (pod: string): string => `${pod}${suffix}`;
/** The pod that a ConfigMap of this name would be for. */
export const podOf = (barrier: string): string =>
  barrier.endsWith(suffix) ? barrier.slice(0, -suffix.length) : barrier;
/** Longer names of pods leave no room for that of the ConfigMap. */
export const longestPodName = 253 - suffix.length;
/** May be negative: `p_-1`. */
export const barrierKey = (priority: number): string => `p_${priority}`;
