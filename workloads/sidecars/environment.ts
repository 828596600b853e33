/** Environment variables that a sidecar takes over from the pod's own containers. */

import type { Container } from '../../api/kubernetes.ts';
import { env as envNames } from '../../api/names.ts';
import type { Sidecar } from '../../api/sidecarset.ts';
import type { ObjectMeta } from '../../kube/contract.ts';
import { byBytes } from './typedJson.ts';

export type Env = NonNullable<Container['env']>[number];

/** Whether injection has put this container into its pod. */
export const isInjected = ({ env }: Container): boolean =>
  env?.some(e => e.name === envNames.injected && e.value === 'true') ?? false;

/** Variables that the sidecar asks for by name. What cannot be found is left out. */
export const transferred = (sidecar: Sidecar, own: readonly Container[], meta: ObjectMeta): readonly Env[] =>
  (sidecar.transferEnv ?? []).flatMap(entry => {
    const source = sourceOf(entry, meta);
    const names = [...new Set([...(entry.envName ? [entry.envName] : []), ...(entry.envNames ?? [])])].sort(byBytes);
    return names.flatMap(name => variable(own, source, name));
  });

type TransferEnv = NonNullable<Sidecar['transferEnv']>[number];

/** The container's name, or the label or annotation of the pod that holds it. */
const sourceOf = ({ sourceContainerName, sourceContainerNameFrom }: TransferEnv, meta: ObjectMeta): string => {
  const path = sourceContainerNameFrom?.fieldRef?.fieldPath;
  return path === undefined ? (sourceContainerName ?? '') : (fieldOf(path, meta) ?? '');
};

const fieldOf = (path: string, { labels = {}, annotations = {} }: ObjectMeta): string | undefined => {
  const [, map, key] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path) ?? [];
  if (map === undefined || key === undefined) return undefined;
  const values = map === 'labels' ? labels : annotations;
  return Object.hasOwn(values, key) ? values[key] : undefined;
};

/** The last one of a name wins, as it does when the container starts. */
const variable = (own: readonly Container[], source: string, name: string): readonly Env[] => {
  const found = own
    .filter(c => c.name === source)
    .flatMap(c => c.env ?? [])
    .findLast(e => e.name === name);
  return found === undefined ? [] : [found];
};

/** The first of each name stays. */
export const withoutDuplicates = (first: readonly Env[], more: readonly Env[]): readonly Env[] => {
  const names = new Set(first.map(e => e.name));
  const fresh = more.filter(e => !names.has(e.name) && names.add(e.name));
  return [...first, ...fresh];
};
