/** The request that an action becomes. Pure. */

import { accepted, json } from '../answers.ts';
import type { Request } from '../client.ts';
import type { Action, Guard, KubeObject, Op, Patch, Target, Wire } from '../contract.ts';
import { collectionPath, objectPath } from '../paths.ts';
import { isRecord } from '../wire.ts';

type Of<Do extends Action['do']> = Extract<Action, { readonly do: Do }>;

export const requestFor = (action: Action): Request => {
  switch (action.do) {
    case 'create':
      return create(action);
    case 'patch':
      return patch(action);
    case 'evict':
      return evict(action);
    case 'delete':
      return remove(action);
  }
};

/** Whether part of what is written depends on what the store does not keep of the object. */
export const needsObject = (action: Action): action is Of<'patch'> =>
  action.do === 'patch' && action.patch.as === 'json' && action.patch.opsFrom !== undefined;

/** The action with all that depends on the object worked out. */
export const completed = (action: Action, object: KubeObject): Action => {
  if (action.do !== 'patch' || action.patch.as !== 'json') return action;
  const { ops, opsFrom } = action.patch;
  return opsFrom === undefined ? action : { ...action, patch: { as: 'json', ops: [...opsFrom(object), ...ops] } };
};

/** Reads the object that an action is about, in JSON: what nobody can read would stay in doubt for ever. */
export const lookAt = (action: Action): Request => ({ method: 'GET', path: pathOf(action), accept: json });

const pathOf = (action: Action): string => {
  if (action.do !== 'create') return objectPath(action.target.resource, action.target);
  const { namespace = '', name = '' } = action.object.metadata;
  return objectPath(action.resource, { namespace, name });
};

const create = ({ resource, object }: Of<'create'>): Request => ({
  method: 'POST',
  path: collectionPath(resource, namespaceOf(object)),
  accept: accepted(resource),
  contentType: json,
  body: JSON.stringify(object),
});

const namespaceOf = (object: KubeObject): string => object.metadata.namespace ?? '';

const patch = ({ target, part, patch: change, guard }: Of<'patch'>): Request => ({
  method: 'PATCH',
  path: objectPath(target.resource, target, part === 'object' ? '' : part),
  accept: accepted(target.resource),
  contentType: change.as === 'json' ? 'application/json-patch+json' : 'application/strategic-merge-patch+json',
  body: JSON.stringify(guarded(change, target, guard)),
});

const guarded = (change: Patch, target: Target, guard: Guard): readonly Op[] | Wire =>
  change.as === 'json' ? [...guardOps(target, guard), ...change.ops] : withGuard(change.body, target, guard);

/** A wrong uid fails the test with 422. A stale version is written, not tested, because that is a clean 409. */
const guardOps = ({ uid, resourceVersion }: Target, guard: Guard): readonly Op[] => {
  const same: Op = { op: 'test', path: '/metadata/uid', value: uid };
  return guard === 'uid'
    ? [same]
    : [same, { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion }];
};

const withGuard = (body: Wire, { uid, resourceVersion }: Target, guard: Guard): Wire => {
  const metadata = isRecord(body['metadata']) ? body['metadata'] : {};
  return { ...body, metadata: { ...metadata, uid, ...(guard === 'uid' ? {} : { resourceVersion }) } };
};

const preconditionsOf = ({ uid, resourceVersion }: Target): Wire => ({ uid, resourceVersion });

const evict = ({ target }: Of<'evict'>): Request => ({
  method: 'POST',
  path: objectPath(target.resource, target, 'eviction'),
  contentType: json,
  body: JSON.stringify({
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { namespace: target.namespace, name: target.name },
    deleteOptions: { preconditions: preconditionsOf(target) },
  }),
});

const remove = ({ target, gracePeriodSeconds }: Of<'delete'>): Request => ({
  method: 'DELETE',
  path: objectPath(target.resource, target),
  accept: accepted(target.resource),
  contentType: json,
  body: JSON.stringify({
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions: preconditionsOf(target),
    propagationPolicy: 'Background',
    gracePeriodSeconds,
  }),
});
