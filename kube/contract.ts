/**
 * The contract between the rooms that think and the one that acts: types, and one-line constructors. No I/O.
 *
 * A controller says what wakes it, what it sees (`observe`, synchronous, from the store only) and what may happen
 * now (`plan`, pure and total). The machine in this folder does the rest. docs/decisions/0002-machine.md has the reasons.
 */

// ── Values ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Milliseconds since the epoch. Only `kube/clock.ts` makes new ones; the pure rooms are given them. */
export type Instant = number & { readonly unit?: 'instant' };
/** A length of time in milliseconds. */
export type Millis = number & { readonly unit?: 'millis' };
/** `namespace/name`, or `name` for cluster-scoped objects. */
export type Key = string & { readonly unit?: 'key' };

export const seconds = (count: number): Millis => count * 1000;
export const keyOf = (namespace: string, name: string): Key => (namespace === '' ? name : `${namespace}/${name}`);
/** Empty for cluster-scoped objects. */
export const namespaceIn = (key: Key): string => key.slice(0, Math.max(key.indexOf('/'), 0));

/** Any JSON object as it came from the wire: fields that we do not know are there too. */
export type Wire = { readonly [key: string]: unknown };

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string | null;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

/** An object on the wire. Everything outside `metadata` is read by the resource's own view. */
export type KubeObject = Wire & { readonly apiVersion: string; readonly kind: string; readonly metadata: ObjectMeta };

// ── What the store keeps ────────────────────────────────────────────────────────────────────────────────────────────

/** What every stored view carries, so that any write can be guarded by the state that it was decided on. */
export interface Seen {
  readonly key: Key;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** 0 where the server keeps none. */
  readonly generation: number;
}

export const seenOf = ({ metadata: m }: KubeObject): Seen => ({
  key: keyOf(m.namespace ?? '', m.name ?? ''),
  namespace: m.namespace ?? '',
  name: m.name ?? '',
  uid: m.uid ?? '',
  resourceVersion: m.resourceVersion ?? '',
  generation: m.generation ?? 0,
});

/**
 * A resource of the API: its name on the wire and the view that the store keeps of each object.
 * Functions are written as methods so that a `Resource<PodView>` can stand where any resource is wanted.
 */
export interface Resource<V extends Seen = Seen> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: 'Cluster' | 'Namespaced';
  /** The immutable view of one object; undefined for an object that nobody asks for. Never throws on odd input. */
  view(object: KubeObject): V | undefined;
  /** By index name: the values under which a view is found. */
  readonly indexes: { readonly [name: string]: Index<V> };
  /** Narrows what is listed and watched. */
  readonly select?: { readonly namespace?: string; readonly fields?: string; readonly labels?: string };
  /** For kinds that come in great numbers: where present, objects are asked for in protobuf. */
  readonly protobuf?: Protobuf;
}

/** How the objects of a resource are read from protobuf: only what `view` looks at, in the shape that it has in JSON. */
export interface Protobuf {
  /** Annotations whose keys begin with one of these are read. */
  readonly annotations: readonly string[];
  /** Everything but the metadata, e.g. `{ spec, status }`. Leaves `fields` at the end of the object. */
  read(fields: Fields, metadata: ObjectMeta): Wire;
}

/**
 * The fields of a protobuf message, in one pass. Each read is of the field that `next` moved to, and may be left out:
 * `next` passes over what was not read. Bytes that make no sense throw, which ends the connection they came from.
 */
export interface Fields {
  /** Number of the next field; 0 behind the last, where `next` goes on in the message around. */
  next(): number;
  /** The field is a message: its fields are next. */
  enter(): void;
  text(): string;
  /** Text that many objects have in common: one string is kept of it. */
  word(): string;
  /** Whether the field is this text; `text` is ASCII. */
  is(text: string): boolean;
  integer(): number;
  flag(): boolean;
  /** The field is a time; in RFC 3339, undefined for none. */
  time(): string | undefined;
}

export interface Index<V extends Seen> {
  valuesOf(view: V): readonly string[];
  /** For values that cost something to make: whether two views of an object surely have the same. */
  isSame?(before: V, after: V): boolean;
}

/** Two resources are the same kind if they are listed at the same address. */
export const addressOf = (r: Resource): string => `${r.group}/${r.version}/${r.plural}`;

/** What is listed at its address: two selections of one kind are two collections. */
export const collectionOf = (r: Resource): string => {
  const { namespace = '', fields = '', labels = '' } = r.select ?? {};
  return [addressOf(r), namespace, fields, labels].join(' ').trimEnd();
};

/** A pod that somebody is about to disrupt. Budgets count it as unavailable, whoever claimed it. */
export interface Claim {
  /** Name of the controller. */
  readonly by: string;
  readonly since: Instant;
}

/** What the server said when it refused our last write of an object. Known until a write succeeds, or the object is another. */
export interface Refusal {
  /** Of the object; empty for one that was to be created. */
  readonly uid: string;
  /** The sentence of the action that was refused: another one may fare better. */
  readonly why: string;
  /** The server's words. */
  readonly message: string;
  /** When it was last tried. */
  readonly at: Instant;
}

/** The store, as `observe` and the webhooks see it. Every answer is immutable. */
export interface Reader {
  get<V extends Seen>(resource: Resource<V>, key: Key): V | undefined;
  list<V extends Seen>(resource: Resource<V>): readonly V[];
  /** Views under one value of one of the resource's indexes. */
  by<V extends Seen>(resource: Resource<V>, index: string, value: string): readonly V[];
  claimOn(uid: string): Claim | undefined;
  refusalOn(resource: Resource, key: Key): Refusal | undefined;
}

// ── What a controller may ask for ───────────────────────────────────────────────────────────────────────────────────

/** One existing object, in the state that a decision was made on. */
export interface Target {
  readonly resource: Resource;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

export const targetOf = (resource: Resource, seen: Seen): Target => ({
  resource,
  namespace: seen.namespace,
  name: seen.name,
  uid: seen.uid,
  resourceVersion: seen.resourceVersion,
});

/** One operation of RFC 6902. Paths are JSON pointers; use `pointer` for keys from users. */
export type Op =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** A JSON pointer from unescaped segments, e.g. `pointer('metadata', 'labels', 'a/b')` is `/metadata/labels/a~1b`. */
export const pointer = (...segments: readonly (string | number)[]): string =>
  segments.map(s => `/${String(s).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** How a change is sent. Conditions of pods go by strategic merge, because their indexes shift; all else by JSON Patch. */
export type Patch =
  | {
      readonly as: 'json';
      readonly ops: readonly Op[];
      /**
       * Where the change depends on what the store does not keep: what comes before `ops`. Pure. The object is got for
       * it at the moment of writing, and is the state that was decided on, or nothing is written.
       */
      readonly opsFrom?: (object: KubeObject) => readonly Op[];
    }
  | { readonly as: 'strategic'; readonly body: Wire };

/** What must still be true when the write arrives. `uid`: for a writer that owns the field, as a kubelet owns statuses. */
export type Guard = 'uid and version' | 'uid';

/** What an event is about: a target, or an object of a kind that nobody reads. */
export interface Regarding {
  readonly resource: Pick<Resource, 'group' | 'version' | 'kind'>;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Empty where it is not known. */
  readonly resourceVersion: string;
}

/** Events told about the outcome of an action, on an object that users look at. */
export interface Telling {
  readonly about: Regarding;
  /** Event reason when it was written, e.g. `SuccessfulCreate`. */
  readonly done: string;
  /** Event reason when it was refused or failed, e.g. `FailedCreate`. */
  readonly failed: string;
}

interface ActionBase {
  /** A sentence for the log, the event and the golden test: what is done, and because of what. */
  readonly why: string;
  /** uid of the pod that this takes down: claimed from the moment the plan is accepted until the answer is in the store. */
  readonly disrupts?: string;
  readonly tell?: Telling;
}

/** One write. A plan has at most one for each object, subresources included. */
export type Action =
  | (ActionBase & { readonly do: 'create'; readonly resource: Resource; readonly object: KubeObject })
  | (ActionBase & {
      readonly do: 'patch';
      readonly target: Target;
      readonly part: 'object' | 'status' | 'resize' | 'scale';
      readonly patch: Patch;
      readonly guard: Guard;
    })
  | (ActionBase & { readonly do: 'evict'; readonly target: Target })
  | (ActionBase & {
      readonly do: 'delete';
      readonly target: Target;
      /** Only for a kubelet, who confirms by it that the containers are gone. */
      readonly gracePeriodSeconds?: 0;
    });

/** The object that an action writes. */
export interface Subject {
  readonly resource: Resource;
  /** Empty for an object that the server will name. */
  readonly object: Key;
  /** Empty for an object that is to be created. */
  readonly uid: string;
}

export const subjectOf = (action: Action): Subject => {
  if (action.do !== 'create') {
    const { resource, namespace, name, uid } = action.target;
    return { resource, object: keyOf(namespace, name), uid };
  }
  const { namespace = '', name = '' } = action.object.metadata;
  return { resource: action.resource, object: name === '' ? '' : keyOf(namespace, name), uid: '' };
};

/** What became of an action. Expected outcomes are values; only bugs throw. */
export type Outcome =
  | { readonly is: 'done' } // written, or already so (404 on delete)
  | { readonly is: 'stale' } // the world moved on: plan again
  | { readonly is: 'refused'; readonly message: string } // 4xx by a rule: repeating at once will not help
  | { readonly is: 'failed'; readonly message: string }; // 5xx or network: backoff

/** Why pods have not been moved. `reason` is a member of the closed union in `workloads/reasons.ts`. */
export interface PodReason {
  /** All of which the same is said, or some of them: a reason may come more than once. */
  readonly pods: readonly string[];
  readonly reason: string;
  readonly message: string;
}

/** The status that was observed; written by the machine if any top-level key differs. Keys that `is` lacks are left alone. */
export interface StatusChange {
  readonly target: Target;
  readonly was: Wire;
  readonly is: Wire;
}

/** An event that belongs to no write, e.g. the change of a condition. */
export interface Notice {
  readonly about: Regarding;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** What may happen now, in any order; any subset of it is safe. What must wait is planned by a later pass. */
export interface Plan {
  readonly actions: readonly Action[];
  readonly status?: StatusChange;
  readonly reasons?: readonly PodReason[];
  readonly notices?: readonly Notice[];
  /** The status says for the first time that a rollout is over, which took so long. */
  readonly rolledOut?: Millis;
  /** The plan may change by then even if nothing else does; less than 100 ms is 100 ms. */
  readonly wakeAfter?: Millis;
}

// ── Controllers ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Maps a change of one resource to the keys of the controller that it concerns. */
export interface Trigger<V extends Seen = Seen> {
  readonly on: Resource<V>;
  /** Keys that a view concerns; asked for the view before and the view after a change. */
  keys(view: V, reader: Reader): readonly Key[];
  /** True for a change that users wait for: it is planned at once, not with the next coalesced pass. */
  urgent(before: V | undefined, after: V | undefined): boolean;
}

export interface Controller {
  readonly name: string;
  /** What the keys name. The first keys that are planned are those that the triggers on this resource name. */
  readonly reconciles: Resource;
  readonly wakesOn: readonly Trigger[];
  /** Resources read beside those that wake it. */
  readonly reads: readonly Resource[];
  readonly writes: readonly WriteRule[];
  /** The plan for one key; undefined when its object is gone. */
  pass(key: Key, reader: Reader, now: Instant): Plan | undefined;
}

/** The source of RBAC: `part` names a subresource such as `status` or `eviction`. */
export interface WriteRule {
  readonly on: Resource;
  readonly verbs: readonly ('create' | 'patch' | 'delete')[];
  readonly part?: 'status' | 'resize' | 'eviction';
}

export interface ControllerLiteral<World> extends Omit<Controller, 'pass'> {
  observe(key: Key, reader: Reader): World | undefined;
  plan(world: World, now: Instant): Plan;
}

export const controller = <World>(literal: ControllerLiteral<World>): Controller => ({
  ...literal,
  pass: (key, reader, now) => {
    const world = literal.observe(key, reader);
    return world === undefined ? undefined : literal.plan(world, now);
  },
});

/** The object itself; urgent when the user changed its spec. */
export const itself = (on: Resource): Trigger => ({
  on,
  keys: view => [view.key],
  urgent: (before, after) => before?.generation !== after?.generation,
});

/** A view whose controller owner is known by uid. */
export interface Owned extends Seen {
  readonly owner?: Owner;
}

export interface Owner {
  readonly uid: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly name: string;
}

/** The controller owner of an object, if it has one. */
export const ownerOf = (meta: ObjectMeta): Owner | undefined => {
  const ref = meta.ownerReferences?.find(r => r.controller === true);
  if (ref === undefined) return undefined;
  const slash = ref.apiVersion.indexOf('/');
  return {
    uid: ref.uid,
    group: slash < 0 ? '' : ref.apiVersion.slice(0, slash),
    version: ref.apiVersion.slice(slash + 1),
    kind: ref.kind,
    name: ref.name,
  };
};

/** The owner of a changed object, when the owner is of the given resource. */
export const theOwner = <V extends Owned>(
  on: Resource<V>,
  owner: Resource,
  urgent: Trigger<V>['urgent'] = () => false,
): Trigger<V> => ({
  on,
  keys: ({ owner: o, namespace }) =>
    o !== undefined && o.kind === owner.kind && o.group === owner.group
      ? [keyOf(owner.scope === 'Cluster' ? '' : namespace, o.name)]
      : [],
  urgent,
});

/** Any other relation. */
export const whenever = <V extends Seen>(on: Resource<V>, keys: Trigger<V>['keys']): Trigger<V> => ({
  on,
  keys,
  urgent: () => false,
});

// ── Admission ───────────────────────────────────────────────────────────────────────────────────────────────────────

interface ReviewBase {
  readonly uid: string;
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  /** Empty for the main resource. */
  readonly subresource: string;
  readonly namespace: string;
  /** Empty on CREATE with generateName. */
  readonly name: string;
  readonly user: string;
  readonly dryRun: boolean;
}

/** One admission request. `oldObject` exists exactly where it can. */
export type Review =
  | (ReviewBase & { readonly operation: 'CREATE'; readonly object: KubeObject })
  | (ReviewBase & { readonly operation: 'UPDATE'; readonly object: KubeObject; readonly oldObject: KubeObject })
  | (ReviewBase & { readonly operation: 'DELETE'; readonly oldObject: KubeObject });

/** One thing wrong with an object, as the apiserver reports it (a cause of a 422). */
export interface Problem {
  /** e.g. `spec.containers[0].image` */
  readonly field: string;
  readonly message: string;
  readonly reason:
    | 'FieldValueInvalid'
    | 'FieldValueRequired'
    | 'FieldValueForbidden'
    | 'FieldValueNotSupported'
    | 'FieldValueDuplicate';
}

/** What a webhook did about one thing, in two words of small sets: they become labels of a metric. */
export interface Decision {
  /** e.g. `injected` */
  readonly result: string;
  /** e.g. `Current` */
  readonly reason: string;
}

export type Verdict = (
  | {
      readonly is: 'allowed';
      readonly patch: readonly Op[];
      readonly warnings: readonly string[];
      readonly audit?: Readonly<Record<string, string>>;
    }
  | { readonly is: 'refused'; readonly problems: readonly Problem[]; readonly warnings: readonly string[] }
) & { readonly decisions?: readonly Decision[] };

export const allowed: Verdict = { is: 'allowed', patch: [], warnings: [] };

/** One entry of a webhook configuration; several may share one webhook's path. */
export interface WebhookEntry {
  /** Fully qualified, e.g. `mpod.kb.io`. */
  readonly name: string;
  readonly operations: readonly ('CREATE' | 'UPDATE' | 'DELETE')[];
  readonly groups: readonly string[];
  readonly versions: readonly string[];
  readonly resources: readonly string[];
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly timeoutSeconds: number;
  readonly namespaceSelector?: Wire;
  readonly objectSelector?: Wire;
  readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[];
  readonly reinvocationPolicy?: 'IfNeeded' | 'Never';
}

/** What may enter: pure, bounded in time, and never dependent on controllers. */
export interface Webhook {
  readonly path: string;
  readonly type: 'mutating' | 'validating';
  readonly entries: readonly WebhookEntry[];
  readonly reads: readonly Resource[];
  decide(review: Review, reader: Reader, now: Instant): Verdict;
}
