/** What a controller's store comes to know: from its watches, which may lag, and from the answers to its own writes. */

import { type Event, laggingIn, type State } from './state.ts';

export type Told =
  /** The watch tells it, unless it lags already. */
  | 'by the watch'
  /** The watch of this resource begins to lag with it. */
  | 'not yet'
  /** The answer to a write shows it. */
  | 'by an answer';

type Store = Pick<State, 'untold' | 'believed' | 'lags'>;

/** The store after an object changed; `before` is what it was in the apiserver. */
export const storeAfter = (state: State, before: Event, event: Event, told: Told): Store => {
  const { untold, believed, lags } = state;
  const isLagging = laggingIn(state) === pluralOf(event.slot);
  if (told === 'by an answer') return { ...shown(state, event.slot), lags };
  if (!isLagging && told === 'by the watch') return { untold, believed, lags };
  const isKnown = believed.some(({ slot }) => slot === event.slot);
  return {
    untold: [...untold, event],
    believed: isKnown ? believed : bySlot([...believed, before]),
    lags: isLagging ? lags : lags - 1,
  };
};

/** An answer, or a look at the object, has shown it as it is now. */
export const shown = ({ untold, believed }: State, slot: string): Pick<State, 'untold' | 'believed'> => ({
  untold: untold.filter(event => event.slot !== slot),
  believed: believed.filter(event => event.slot !== slot),
});

/** The watch tells the next event. */
export const tellNext = ({ untold: [next, ...untold], believed }: State): Pick<State, 'untold' | 'believed'> => {
  if (next === undefined) return { untold, believed };
  const others = believed.filter(({ slot }) => slot !== next.slot);
  const isStillBehind = untold.some(({ slot }) => slot === next.slot);
  return { untold, believed: isStillBehind ? bySlot([...others, next]) : others };
};

export const mayLag = (state: State, slot: string, lagging: readonly string[]): boolean =>
  state.lags > 0 && state.untold.length === 0 && lagging.includes(pluralOf(slot));

const pluralOf = (slot: string): string => slot.split('/')[0] ?? '';

const bySlot = (events: readonly Event[]): readonly Event[] => events.toSorted((a, b) => (a.slot < b.slot ? -1 : 1));
