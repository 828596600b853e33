/** Resources of a sidecar that follow from those of the app: `resourcesPolicy`. */

import type { Container } from '../../api/kubernetes.ts';
import { addQuantities, compareQuantities, parseQuantity, printQuantity, type Quantity } from '../../api/quantity.ts';
import type { Sidecar } from '../../api/sidecarset.ts';
import { compile } from '../regex/regex.ts';
import { asQuantity, evaluate, type Value } from './expression/evaluate.ts';
import { parse } from './expression/parse.ts';
import { misreadIn } from './expression/tokens.ts';

export type Policy = NonNullable<Sidecar['resourcesPolicy']>;
export type Resources = NonNullable<Container['resources']>;

export type Computed =
  | { readonly is: 'computed'; readonly resources: Resources }
  | { readonly is: 'impossible'; readonly why: string };

const kinds = ['limits', 'requests'] as const;
const resources = ['cpu', 'memory'] as const;
type Kind = (typeof kinds)[number];
type Resource = (typeof resources)[number];

/** @param app containers of the pod that keep running and that no SidecarSet put there */
export const resourcesFor = (policy: Policy, app: readonly Container[]): Computed => {
  const pattern = compile(policy.targetContainersNameRegex);
  if (pattern.is === 'wrong') return { is: 'impossible', why: pattern.why };
  const targets = app.filter(({ name }) => pattern.regex.isIn(name));
  if (targets.length === 0)
    return {
      is: 'impossible',
      why: `no containers match the regex pattern ${JSON.stringify(policy.targetContainersNameRegex)}`,
    };
  return computed(policy, targets);
};

const computed = (policy: Policy, targets: readonly Container[]): Computed => {
  const found: Record<Kind, [Resource, string][]> = { limits: [], requests: [] };
  for (const kind of kinds)
    for (const resource of resources) {
      const text = policy.resourcesExpr[kind]?.[resource] ?? '';
      const total = text === '' ? undefined : totalOf(policy.targetContainersMode, kind, resource, targets);
      if (total === undefined) continue; // no expression, or the app has no limit that one could be derived from
      const value = evaluate(text, new Map([[resource, total]]));
      if (value.is === 'wrong')
        return { is: 'impossible', why: `${kind}.${resource}: ${JSON.stringify(text)}: ${value.why}` };
      found[kind].push([resource, printQuantity(resultOf(value, resource, text))]);
    }
  const given = kinds.filter(kind => found[kind].length > 0);
  return { is: 'computed', resources: Object.fromEntries(given.map(kind => [kind, Object.fromEntries(found[kind])])) };
};

/** A plain number of bytes that stands for memory is cut to whole ones; a constant keeps its thousandths. */
const resultOf = (value: Value, resource: Resource, text: string): Quantity =>
  value.is === 'number' && resource === 'memory' && mentions(text, 'memory')
    ? asQuantity({ is: 'number', value: Math.trunc(value.value) })
    : asQuantity(value);

const mentions = (text: string, variable: string): boolean => new RegExp(`\\b${variable}\\b`, 'i').test(text);

/** A limit that one of the targets lacks is no limit: undefined. A request that it lacks is nothing. */
const totalOf = (
  mode: Policy['targetContainersMode'],
  kind: Kind,
  resource: Resource,
  targets: readonly Container[],
): Quantity | undefined => {
  const amounts = targets.map(({ resources: of }) => parseQuantity(of?.[kind]?.[resource]));
  if (kind === 'limits' && amounts.includes(undefined)) return undefined;
  const none: Quantity = { nano: 0n, family: 'decimal' };
  return amounts.reduce<Quantity>((total, amount = none) => {
    if (mode === 'sum') return addQuantities(total, amount);
    return compareQuantities(amount, total) > 0 ? amount : total;
  }, none);
};

// ── Before any pod asks ─────────────────────────────────────────────────────────────────────────────────────────────

/** Apps from tiny to huge: an expression that fails for all of them can never work. */
const samples: Readonly<Record<Resource, readonly string[]>> = {
  cpu: ['10m', '1', '8', '256'],
  memory: ['1Mi', '256Mi', '8Gi', '4Ti'],
};

/** What is wrong with an expression, whatever the app; undefined if it can be right. */
export const wrongWithExpression = (text: string, resource: Resource): string | undefined => {
  const parsed = parse(text);
  if (parsed.is === 'wrong') return parsed.why;
  const misread = misreadIn(text);
  if (misread !== undefined) return `${misread} is no number; units are m, k, M, G, T, P, Ki, Mi, Gi, Ti and Pi`;
  const tried = samples[resource].map(amount => {
    const value = evaluate(text, new Map([[resource, parseQuantity(amount) ?? { nano: 0n, family: 'decimal' }]]));
    return value.is === 'wrong' ? value.why : undefined;
  });
  return tried.every(why => why !== undefined) ? tried.at(-1) : undefined;
};
