/** Which keys of a controller a change in the store concerns. */

import {
  addressOf,
  type Controller,
  type Key,
  type Reader,
  type Resource,
  type Seen,
  type Trigger,
} from '../contract.ts';

export type Wakes = (resource: Resource, before: Seen | undefined, after: Seen | undefined) => readonly Wake[];

export interface Wake {
  readonly key: Key;
  readonly urgent: boolean;
}

export const wakesOf = ({ wakesOn }: Controller, reader: Reader): Wakes => {
  const triggers = Map.groupBy(wakesOn, trigger => addressOf(trigger.on));
  return (resource, before, after) =>
    (triggers.get(addressOf(resource)) ?? []).flatMap(trigger => {
      const urgent = trigger.urgent(before, after);
      return keysOf(trigger, { before, after }, reader).map(key => ({ key, urgent }));
    });
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
