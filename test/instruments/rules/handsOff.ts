/**
 * I11, hands off: Berth writes to what is owned or selected by objects of its kinds and to what its own machine needs,
 * and to nothing else; of users' objects it writes the status only; every deletion names the uid that it means; a pod is
 * adopted only if the selector matches it and nobody else controls it.
 */

import { isCarriedOut, isOurs, machinery, type Write } from '../audit.ts';
import { auditLog, type Rule } from '../checker.ts';
import { keyOf, record } from '../objects.ts';
import { controllerOf, describe, isOfOurKind, isOurBusiness, ourKinds, selects } from '../ours.ts';
import type { Change, World } from '../world.ts';

const written: ReadonlySet<string> = new Set(['pods', 'controllerrevisions', 'persistentvolumeclaims']);
const users: ReadonlySet<string> = new Set(['statefulsets', 'sidecarsets', 'broadcastjobs']);

export const handsOff = (): Rule => ({
  invariant: 'hands off',
  needs: ['Pod', 'ControllerRevision', 'PersistentVolumeClaim', ...ourKinds, auditLog],
  see: (change, world) => (change.by !== undefined && isOurs(change.by) ? adoption(change, world) : []),
  wrote: (write, world) =>
    isOurs(write) && isCarriedOut(write) && !machinery.has(write.resource)
      ? [...unfounded(write, world), ...unconditional(write)]
      : [],
});

const told = ({ verb, resource, subresource, namespace, name }: Write): string =>
  `${verb} ${resource}${subresource === '' ? '' : `/${subresource}`} ${namespace === '' ? name : `${namespace}/${name}`}`;

const unfounded = (write: Write, world: World): readonly string[] => {
  if (users.has(write.resource)) return statusOnly(write, world);
  if (isBarrier(write, world)) return [];
  if (!written.has(write.resource)) return [`${told(write)}: no object that Berth has to do with`];
  const object = world.last(write.uid);
  return object === undefined || isOurBusiness(object, world)
    ? []
    : [`${told(write)}: it is neither owned nor selected by an object of ours`];
};

/** By its keys the containers of a pod start in their order. */
const isBarrier = ({ resource, namespace, name }: Write, world: World): boolean =>
  resource === 'configmaps' &&
  name.endsWith('-barrier') &&
  [...world.pods.values()].some(({ key }) => `${key}-barrier` === `${namespace}/${name}`);

/** A job that is over may say how long it wants to be seen. */
const statusOnly = (write: Write, world: World): readonly string[] => {
  if (write.subresource === 'status') return [];
  const mayGo = record(world.last(write.uid)?.['spec'])['completionPolicy'];
  if (write.verb === 'delete' && record(mayGo)['ttlSecondsAfterFinished'] !== undefined) return [];
  return [`${told(write)}: it belongs to a user, and only its status is ours`];
};

const unconditional = (write: Write): readonly string[] => {
  if (write.verb !== 'delete' && write.verb !== 'evict') return [];
  if (write.asked === undefined) return []; // the log does not carry it
  const options = write.verb === 'evict' ? record(record(write.asked)['deleteOptions']) : record(write.asked);
  return record(options['preconditions'])['uid'] === undefined ? [`${told(write)}: whatever uid it has`] : [];
};

const adoption = ({ before, after }: Change, world: World): readonly string[] => {
  if (before === undefined || after === undefined) return [];
  const [former, now] = [controllerOf(before), controllerOf(after)];
  if (now === undefined || former?.uid === now.uid) return [];
  const what = `${describe(after)} is adopted by ${now.kind} ${now.name}`;
  if (former !== undefined) return [`${what}, and was controlled by ${former.kind} ${former.name}`];
  const set = isOfOurKind(now) ? world.of(now.kind).get(now.uid) : undefined;
  if (set === undefined) return [`${what}, which is no object of ours`];
  return selects(record(set['spec'])['selector'], after.metadata.labels ?? {})
    ? []
    : [`${what}, whose selector does not match: ${keyOf(set)}`];
};
