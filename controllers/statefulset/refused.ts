/** Pods for which the apiserver refuses a write: their own, or that of the claim or the revision they wait for. */

import type { Action } from '../../kube/contract.ts';
import { subjectOf } from '../../kube/contract.ts';
import type { Reason } from '../../workloads/reasons.ts';
import type { RefusalOf } from '../../workloads/refusals.ts';
import { ControllerRevisions, PersistentVolumeClaims, Pods } from '../../workloads/resources.ts';

type Reasons = ReadonlyMap<string, Reason>;

/** The reasons by the name of a pod, with the server's words where it refused what the plan asks for again. */
export const withRefusals = (reasons: Reasons, actions: readonly Action[], refusalOf: RefusalOf): Reasons => {
  const words = new Map(actions.flatMap(action => wordsOn(action, refusalOf)));
  if (words.size === 0) return reasons;
  return new Map(
    [...reasons].map(([pod, reason]) => {
      const message = needsOf(pod, reason)
        .map(need => words.get(need))
        .find(text => text !== undefined);
      return [pod, message === undefined ? reason : { reason: 'Refused', message }];
    }),
  );
};

const anyRevision = ControllerRevisions.plural;

const wordsOn = (action: Action, refusalOf: RefusalOf): readonly (readonly [string, string])[] => {
  const message = refusalOf(action)?.message;
  if (message === undefined) return [];
  const { resource, object } = subjectOf(action);
  const name = object.slice(object.indexOf('/') + 1);
  return [[resource === ControllerRevisions ? anyRevision : `${resource.plural}/${name}`, message]];
};

/** What has to be written before the pod moves. */
const needsOf = (pod: string, reason: Reason): readonly string[] => {
  const own = `${Pods.plural}/${pod}`;
  if (reason.reason === 'WaitingForClaims')
    return [own, ...reason.claims.map(claim => `${PersistentVolumeClaims.plural}/${claim}`)];
  return reason.reason === 'Creating' || reason.reason === 'RevisionPending' ? [own, anyRevision] : [own];
};
