/**
 * The pod condition `SidecarSetUpgradable`: which SidecarSets could bring the pod to their spec where it stands. Its
 * message is a JSON object of the sets' names.
 */

import { isObject, parseJson } from '../../api/json.ts';
import type { PodCondition } from '../../api/kubernetes.ts';
import { conditions } from '../../api/names.ts';
import type { Instant } from '../../kube/contract.ts';
import { timestampOf } from '../pods/project.ts';
import type { ConditionView } from '../pods/view.ts';
import { byBytes, goJson } from './typedJson.ts';

/** What one set has to say about a pod; `repeats` = only where it has said something before. */
export interface Verdict {
  readonly set: string;
  readonly can: boolean;
  readonly repeats: boolean;
}

/** The message with the verdict in it, and without sets that are gone; undefined if it says all that already. */
export const renewedMessage = (
  message: string | undefined,
  { set, can, repeats }: Verdict,
  isThere: (set: string) => boolean,
): string | undefined => {
  const noted = entriesIn(message);
  const entries = new Map([...noted].filter(([name]) => name === set || isThere(name)));
  if (!repeats || noted.has(set)) entries.set(set, can);
  const renewed = printed(entries);
  const isSame = message === undefined ? entries.size === 0 : renewed === printed(noted);
  return isSame ? undefined : renewed;
};

/** The condition with a new message; its time moves with its status. */
export const upgradableCondition = (before: ConditionView | undefined, message: string, now: Instant): PodCondition => {
  const isAll = [...entriesIn(message).values()].every(can => can);
  const status = isAll ? 'True' : 'False';
  const since = before?.status === status ? (before.since ?? now) : now;
  return {
    type: conditions.sidecarSetUpgradable,
    status,
    reason: isAll ? 'AllSidecarsetUpgradable' : 'UpdateImmutableField',
    message,
    lastTransitionTime: timestampOf(since),
  };
};

/** Text that nobody writes says nothing. */
const entriesIn = (message: string | undefined): ReadonlyMap<string, boolean> => {
  const json = parseJson(message ?? '');
  const entries = isObject(json) ? Object.entries(json) : [];
  return new Map(entries.filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean'));
};

const printed = (entries: ReadonlyMap<string, boolean>): string =>
  `{${[...entries]
    .sort(([a], [b]) => byBytes(a, b))
    .map(([name, can]) => `${goJson(name)}:${can}`)
    .join()}}`;
