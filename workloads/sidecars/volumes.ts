/** Volumes and pull secrets that sidecars bring along. */

import type { Container, Volume } from '../../api/kubernetes.ts';
import { type Op, pointer } from '../../kube/contract.ts';
import type { Injection } from './injection.ts';

interface Named {
  readonly name?: string;
}

/** Volumes that the set's containers mount themselves, in the order of the mounts; unknown names are left out. */
export const volumesOf = ({ containers, initContainers, volumes }: Injection): readonly Volume[] =>
  [...initContainers, ...containers].flatMap(namesMounted).flatMap(name => volumes.find(v => v.name === name) ?? []);

const namesMounted = ({ volumeMounts, volumeDevices }: Container): readonly string[] => [
  ...(volumeMounts ?? []).map(m => m.name),
  ...(volumeDevices ?? []).map(d => d.name),
];

/** Adds to a list of the pod what it has not by name; what it has stays as it is. */
export const appendMissing = (
  list: string,
  present: readonly Named[] | undefined,
  items: readonly Named[],
): readonly Op[] => {
  const names = new Set(present?.map(item => item.name));
  const missing = items.filter(item => !names.has(item.name) && names.add(item.name));
  if (missing.length === 0) return [];
  return present === undefined
    ? [{ op: 'add', path: pointer('spec', list), value: missing }]
    : missing.map((value): Op => ({ op: 'add', path: pointer('spec', list, '-'), value }));
};
