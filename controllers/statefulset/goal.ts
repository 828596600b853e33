/** Where one pod should be: at the template's revision, as somebody asked for on the pod itself, or where it is. */

import { labels } from '../../api/names.ts';
import type { Instant } from '../../kube/contract.ts';
import { changeOf, type Difference, differenceBetween, type MetadataChange } from '../../workloads/inplace/change.ts';
import { type Wish, wishOf } from '../../workloads/inplace/record.ts';
import { containerOf, type PodView } from '../../workloads/pods/view.ts';
import type { Reason } from '../../workloads/reasons.ts';
import type { History } from './history.ts';
import type { Replica, Scene } from './observe.ts';

export interface Rollout {
  readonly scene: Scene;
  readonly history: History;
  readonly now: Instant;
}

export type Goal =
  | { readonly is: 'reached' }
  | { readonly is: 'stay'; readonly because: Reason }
  | { readonly is: 'recreate'; readonly why: string }
  | { readonly is: 'change'; readonly to: Content; readonly why: string }
  /** A wish that nobody has any more: the template was changed back, or on. */
  | { readonly is: 'withdraw'; readonly wish: Wish; readonly because: Reason | undefined };

export interface Content {
  readonly revision: string;
  readonly images: ReadonlyMap<string, string>;
  readonly metadata: MetadataChange;
}

/** Differences of templates are found once for all pods of a revision. */
export const goalsOf = (rollout: Rollout): ((replica: Replica) => Goal) => {
  const known = new Map<string, Difference>();
  return replica => {
    const wish = wishOf(replica.pod);
    return goalOf(rollout, replica, wish.is === 'read' ? wish.value : undefined, known);
  };
};

const goalOf = (rollout: Rollout, replica: Replica, wish: Wish | undefined, known: Map<string, Difference>): Goal => {
  const { pod } = replica;
  const { update } = rollout.history;
  const revision = pod.labels[labels.revision] ?? '';
  const isUnderWay = wish?.revision === update && revision !== update;
  const forward = revision === update ? reached : isUnderWay ? reached : holding(rollout, replica);
  const goal = revision !== update && forward.is === 'reached' ? towards(rollout, pod, revision, known) : forward;
  if (wish === undefined || goal.is === 'recreate' || goal.is === 'change' || isPending(goal)) return goal;
  if (wish.revision === revision) return asWished(pod, wish);
  return { is: 'withdraw', wish, because: goal.is === 'stay' ? goal.because : undefined };
};

const reached: Goal = { is: 'reached' };

/** What was begun for an earlier template is not taken back: the next pass goes on from there. */
const isPending = (goal: Goal): boolean => goal.is === 'stay' && goal.because.reason === 'RevisionPending';

/** What keeps pods of older revisions where they are. */
const holding = ({ scene }: Rollout, { rank }: Replica): Goal => {
  const { updateStrategy } = scene.spec;
  if (updateStrategy.type === 'OnDelete') return { is: 'stay', because: { reason: 'OnDelete' } };
  const { paused, partition } = updateStrategy.rollingUpdate;
  if (paused) return { is: 'stay', because: { reason: 'Paused' } };
  return rank < partition ? { is: 'stay', because: { reason: 'Partition', keptOld: partition } } : reached;
};

const towards = (rollout: Rollout, pod: PodView, revision: string, known: Map<string, Difference>): Goal => {
  const { history, scene } = rollout;
  const to = history.templates.get(history.update);
  if (to === undefined) return { is: 'stay', because: { reason: 'RevisionPending' } };
  const { updateStrategy: s } = scene.spec;
  const policy = s.type === 'RollingUpdate' ? s.rollingUpdate.podUpdatePolicy : 'ReCreate';
  const why = `from revision ${revision} to ${history.update}`;
  if (policy === 'ReCreate') return { is: 'recreate', why };
  const change = changeOf(differenceFrom(rollout, revision, known), to, pod);
  switch (change.is) {
    case 'recreate':
      return policy === 'InPlaceOnly'
        ? { is: 'stay', because: { reason: 'NotInPlace', fields: change.fields } }
        : { is: 'recreate', why: `${why}, not in place because of ${change.fields.slice(0, 3).join(', ')}` };
    case 'inPlace':
      return { is: 'change', to: { revision: history.update, ...change }, why };
    case 'none':
      return { is: 'change', to: { revision: history.update, images: new Map(), metadata: noMetadata }, why };
  }
};

const differenceFrom = ({ history }: Rollout, revision: string, known: Map<string, Difference>): Difference => {
  const found = known.get(revision);
  if (found !== undefined) return found;
  const [from, to] = [history.templates.get(revision), history.templates.get(history.update)];
  const difference: Difference =
    from === undefined || to === undefined
      ? {
          is: 'recreate',
          fields: [revision === '' ? 'a revision that it does not name' : `revision ${revision}, which is gone`],
        }
      : differenceBetween(from, to);
  known.set(revision, difference);
  return difference;
};

const noMetadata: MetadataChange = { labels: new Map(), annotations: new Map() };

/** Images that somebody set on the pod itself; what it has already is left out. */
const asWished = (pod: PodView, { revision, images }: Wish): Goal => ({
  is: 'change',
  to: {
    revision,
    images: new Map([...images].filter(([name, image]) => isOther(pod, name, image))),
    metadata: noMetadata,
  },
  why: 'its images were set on the pod itself',
});

const isOther = (pod: PodView, name: string, image: string): boolean => {
  const container = containerOf(pod, name);
  return container !== undefined && container.image !== image;
};
