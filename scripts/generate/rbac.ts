/** What each process may do, derived from what its controllers and webhooks read and write. */

import type { Controller, Resource, Webhook, WriteRule } from '../../kube/contract.ts';

/** Where the installation keeps what is its own. */
interface Home {
  readonly namespace: string;
  /** The Secret with the webhooks' certificate. */
  readonly secretName: string;
  readonly leaseName: string;
}

/** What somebody may do with one resource; `namespace` is empty for a right in the whole cluster. */
interface Right {
  readonly namespace: string;
  readonly group: string;
  readonly resource: string;
  /** Only the object of this name. */
  readonly only?: string;
  readonly verbs: readonly string[];
}

interface Role {
  readonly account: string;
  readonly rights: readonly Right[];
}

/** Manifests by process: its account, its roles and their bindings. */
export const rbacOf = (
  controllers: readonly Controller[],
  webhooks: readonly Webhook[],
  home: Home,
): { readonly controller: readonly object[]; readonly webhook: readonly object[] } => ({
  controller: manifestsOf(
    { account: 'berth-controller', rights: [...controllers.flatMap(rightsOf), ...leading(home)] },
    home,
  ),
  webhook: manifestsOf(
    { account: 'berth-webhook', rights: [...webhooks.flatMap(w => w.reads.map(reading)), serving(home)] },
    home,
  ),
});

// ── Rights ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const rightsOf = ({ reconciles, wakesOn, reads, writes }: Controller): readonly Right[] => {
  const seen = [reconciles, ...wakesOn.map(t => t.on), ...reads, ...writes.map(w => w.on)];
  // Whoever only looks keeps no status either.
  const written = writes.length === 0 ? [] : [reconciles, ...writes.map(w => w.on)];
  const rights = [
    ...[...seen.map(reading), ...written.map(looking)],
    ...[...writes.flatMap(writing), ...owning(reconciles, writes)],
  ];
  return rights.filter(right => right.group !== localGroup);
};

/** Resources that live in a process's store only; no apiserver has them. */
const localGroup = 'local.berth';

const place = ({ group, select }: Resource) => ({ namespace: select?.namespace ?? '', group });

const named = ({ select }: Resource): { readonly only?: string } => {
  const only = /^metadata\.name=([^,]+)$/.exec(select?.fields ?? '')?.[1];
  return only === undefined ? {} : { only };
};

const reading = (on: Resource): Right => ({
  ...place(on),
  ...named(on),
  resource: on.plural,
  verbs: ['list', 'watch'],
});

/** An object whose state is in doubt after a lost answer is looked at. */
const looking = (on: Resource): Right => ({ ...place(on), ...named(on), resource: on.plural, verbs: ['get'] });

/** A right to create cannot be given for a name: the apiserver does not know the name when it decides. */
const writing = ({ on, verbs, part }: WriteRule): readonly Right[] => {
  const base = { ...place(on), resource: part === undefined ? on.plural : `${on.plural}/${part}` };
  const [creating, changing] = [verbs.filter(v => v === 'create'), verbs.filter(v => v !== 'create')];
  return [
    { ...base, verbs: creating },
    { ...base, ...named(on), verbs: changing },
  ].filter(r => r.verbs.length > 0);
};

/**
 * The machine writes the status of what a controller reconciles; owner references that block deletion need finalizers,
 * and only those to our own kinds block it.
 */
const owning = (on: Resource, writes: readonly WriteRule[]): readonly Right[] => [
  ...(writes.length > 0 ? [{ ...place(on), resource: `${on.plural}/status`, verbs: ['patch'] }] : []),
  ...(on.group !== '' && writes.some(w => w.verbs.includes('create') && w.on.plural !== on.plural)
    ? [{ ...place(on), resource: `${on.plural}/finalizers`, verbs: ['update'] }]
    : []),
];

const leading = ({ namespace, leaseName }: Home): readonly Right[] => [
  { namespace, group: 'coordination.k8s.io', resource: 'leases', verbs: ['create'] },
  { namespace, group: 'coordination.k8s.io', resource: 'leases', only: leaseName, verbs: ['get', 'patch'] },
  { namespace: '', group: 'events.k8s.io', resource: 'events', verbs: ['create', 'patch'] },
];

const serving = ({ namespace, secretName }: Home): Right => ({
  namespace,
  group: '',
  resource: 'secrets',
  only: secretName,
  verbs: ['list', 'watch'],
});

// ── Manifests ───────────────────────────────────────────────────────────────────────────────────────────────────────

const rbac = 'rbac.authorization.k8s.io';

const manifestsOf = ({ account, rights }: Role, home: Home): readonly object[] => {
  const namespaces = [...new Set(rights.map(r => r.namespace))].sort();
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace: home.namespace } },
    ...namespaces.flatMap(namespace =>
      roleAndBinding({ account, rights: rights.filter(r => r.namespace === namespace) }, namespace, home),
    ),
  ];
};

const roleAndBinding = ({ account, rights }: Role, namespace: string, home: Home): readonly object[] => {
  const kind = namespace === '' ? 'ClusterRole' : 'Role';
  const metadata = { name: account, ...(namespace !== '' && { namespace }) };
  return [
    { apiVersion: `${rbac}/v1`, kind, metadata, rules: rulesOf(rights) },
    {
      apiVersion: `${rbac}/v1`,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: rbac, kind, name: account },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: home.namespace }],
    },
  ];
};

/** Rights on the same resource are added up; resources with equal rights share a rule. */
const rulesOf = (rights: readonly Right[]): readonly PolicyRule[] => {
  const byResource = Map.groupBy(rights, r => JSON.stringify([r.group, r.only ?? '', r.resource]));
  const sums = [...byResource.values()].flatMap(([first, ...more]): Right[] =>
    first === undefined ? [] : [{ ...first, verbs: sorted([first, ...more].flatMap(r => r.verbs)) }],
  );
  const byVerbs = Map.groupBy(sums, r => JSON.stringify([r.group, r.only ?? '', r.verbs]));
  return [...byVerbs.values()].map(ruleOf).sort((a, b) => (addressOf(a) < addressOf(b) ? -1 : 1));
};

interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

const ruleOf = (same: readonly Right[]): PolicyRule => ({
  apiGroups: sorted(same.map(r => r.group)),
  resources: sorted(same.map(r => r.resource)),
  ...(same[0]?.only !== undefined && { resourceNames: [same[0].only] }),
  verbs: same[0]?.verbs ?? [],
});

/** Unique: what is the same there was added up. */
const addressOf = ({ apiGroups, resources, resourceNames = [] }: PolicyRule): string =>
  JSON.stringify([apiGroups, resources, resourceNames]);

const sorted = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort();
