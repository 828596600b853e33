/**
 * I5, claims stay: a claim is there before its pod, belongs to one pod, and is never deleted, nor given an owner whose
 * end would be its own, but by the declared policy.
 */

import { isCarriedOut, isOurs } from '../audit.ts';
import { auditLog, type Rule } from '../checker.ts';
import { isLive, keyOf, type Pod } from '../objects.ts';
import { setOfClaim } from '../ours.ts';
import { setOfPod, setSpecOf } from '../statefulsets.ts';
import type { Change, World } from '../world.ts';

export const claimsStay = (): Rule => ({
  invariant: 'claims stay',
  needs: ['Pod', 'StatefulSet', 'PersistentVolumeClaim', auditLog],
  see: (change, world) => {
    const { pod } = change;
    if (pod === undefined) return endangered(change, world);
    return pod.before === undefined && pod.after !== undefined ? claimsOf(pod.after, world) : [];
  },
  wrote: (write, world) => {
    if (!isOurs(write) || !isCarriedOut(write) || write.resource !== 'persistentvolumeclaims') return [];
    const claim = world.last(write.uid);
    const mayGo = claim !== undefined && isDeletedByPolicy(claim, world);
    return write.verb.startsWith('delete') && !mayGo ? [`claim ${write.namespace}/${write.name} is deleted by us`] : [];
  },
});

const isDeletedByPolicy = (claim: NonNullable<Change['after']>, world: World): boolean => {
  const set = setOfClaim(claim, world);
  return set !== undefined && setSpecOf(set).claimsAreDeleted;
};

const endangered = ({ entry, before, after, by }: Change, world: World): readonly string[] => {
  if (entry.kind !== 'PersistentVolumeClaim' || after === undefined || by === undefined || !isOurs(by)) return [];
  const owners = new Set(before?.metadata.ownerReferences?.map(({ uid }) => uid));
  const added = (after.metadata.ownerReferences ?? []).filter(({ uid }) => !owners.has(uid));
  if (added.length === 0 || isDeletedByPolicy(after, world)) return [];
  return added.map(({ kind, name }) => `claim ${keyOf(after)} is to go with ${kind} ${name}, and its policy is Retain`);
};

/** Claims that a template names are the user's business. */
const claimsOf = (pod: Pod, world: World): readonly string[] => {
  const set = setOfPod(pod, world);
  if (set === undefined) return [];
  const name = pod.key.slice(pod.key.indexOf('/') + 1);
  const own = new Set(setSpecOf(set).claimTemplates.map(template => `${template}-${name}`));
  const there = new Set([...world.of('PersistentVolumeClaim').values()].map(keyOf));
  const namespace = set.metadata.namespace ?? '';
  return pod.claims
    .filter(claim => own.has(claim))
    .flatMap(claim => [
      ...(there.has(`${namespace}/${claim}`) ? [] : [`${pod.key} is made before its claim ${claim}`]),
      ...[...world.pods.values()]
        .filter(other => other.uid !== pod.uid && other.key.startsWith(`${namespace}/`) && isLive(other))
        .filter(other => other.claims.includes(claim))
        .map(other => `${pod.key} and ${other.key} have one claim, ${claim}`),
    ]);
};
