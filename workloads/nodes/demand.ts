/** What a pod asks of a node, and whether a node could give it if it were empty. */

import type { Container, PodSpec } from '../../api/kubernetes.ts';
import { parseQuantity } from '../../api/quantity.ts';

/** Billionths of a unit, by resource name. */
export type Demand = ReadonlyMap<string, bigint>;

/**
 * As the scheduler counts: containers and sidecars run together; a classic init container runs beside the sidecars that
 * were started before it. What the pod as a whole asks for stands instead of the sum.
 */
export const demandOf = (spec: PodSpec): Demand => {
  let sidecars: Demand = new Map();
  let starting: Demand = new Map();
  for (const container of spec.initContainers ?? []) {
    const asked = requestsOf(container);
    if (container.restartPolicy === 'Always') sidecars = sum(sidecars, asked);
    starting = greatest(starting, container.restartPolicy === 'Always' ? sidecars : sum(sidecars, asked));
  }
  const running = spec.containers.map(requestsOf).reduce(sum, sidecars);
  const whole = quantities(spec.resources?.requests ?? {});
  return sum(new Map([...greatest(running, starting), ...whole]), quantities(spec.overhead ?? {}));
};

/** The API sets a request that is absent to the limit. */
const requestsOf = ({ resources }: Container): Demand => quantities({ ...resources?.limits, ...resources?.requests });

const quantities = (amounts: { readonly [resource: string]: string }): Demand =>
  new Map(Object.entries(amounts).map(([resource, amount]) => [resource, parseQuantity(amount)?.nano ?? 0n]));

const merge = (a: Demand, b: Demand, choose: (a: bigint, b: bigint) => bigint): Demand =>
  new Map([...a, ...[...b].map(([resource, amount]) => [resource, choose(a.get(resource) ?? 0n, amount)] as const)]);

const sum = (a: Demand, b: Demand): Demand => merge(a, b, (x, y) => x + y);
const greatest = (a: Demand, b: Demand): Demand => merge(a, b, (x, y) => (x - y > 0n ? x : y));

/** The first resource of which an empty node has less than is asked for; every pod takes one of `pods`. */
export const lacking = (demand: Demand, allocatable: Readonly<Record<string, string>>): string | undefined => {
  const has = (resource: string): bigint =>
    Object.hasOwn(allocatable, resource) ? (parseQuantity(allocatable[resource])?.nano ?? 0n) : 0n;
  if (has('pods') <= 0n) return 'pods';
  for (const [resource, amount] of demand) if (amount > 0n && amount > has(resource)) return resource;
  return undefined;
};
