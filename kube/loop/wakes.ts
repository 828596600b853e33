/** Which keys of a controller a change in the store concerns. */

import {
  type Controller,
  collectionOf,
  type Key,
  type Reader,
  type Resource,
  type Seen,
  type Trigger,
} from '../contract.ts';

export type Wakes = (resource: Resource, before: Seen | undefined, after: Seen | undefined) => readonly Wake[];

export interface Wake {
  readonly key: Key;
  readonly because: Cause;
}

/** A release leaves the object as it was, but ends a claim on it without the disruption that was claimed. */
export type Cause = 'urgent change' | 'change' | 'release';

export const wakesOf = ({ wakesOn }: Controller, reader: Reader): Wakes => {
  const triggers = Map.groupBy(wakesOn, trigger => collectionOf(trigger.on));
  return (resource, before, after) =>
    (triggers.get(collectionOf(resource)) ?? []).flatMap(trigger => {
      const because = causeOf(trigger, before, after);
      return keysOf(trigger, { before, after }, reader).map(key => ({ key, because }));
    });
};

const causeOf = (trigger: Trigger, before: Seen | undefined, after: Seen | undefined): Cause => {
  if (before === after) return 'release';
  return trigger.urgent(before, after) ? 'urgent change' : 'change';
};

/** A pod that changes its owner concerns the old one too. */
const keysOf = (
  trigger: Trigger,
  { before, after }: { readonly before: Seen | undefined; readonly after: Seen | undefined },
  reader: Reader,
): readonly Key[] => {
  const views = before === after ? [after] : [before, after];
  return views.flatMap(view => (view === undefined ? [] : trigger.keys(view, reader)));
};
