/**
 * The one definition of a disruption budget. A pod is *charged* while it is claimed, missing, on its way out or not
 * settled; a rollout takes a serving pod only while what it takes stays within the limit. A pod that is down already is
 * taken first and charges nothing more: a broken revision never blocks its own repair.
 */

export interface Candidate {
  readonly name: string;
  /**
   * `down`: does not serve, so taking it costs nothing. `unsettled`: serves, but is charged already, e.g. because it has
   * only just come back; taking it costs nothing more while all that is charged fits the limit. `whole`: costs one.
   */
  readonly state: 'down' | 'unsettled' | 'whole';
}

export interface Choice<C extends Candidate> {
  readonly taken: readonly C[];
  /** Not taken, only because the budget is used up. */
  readonly held: readonly C[];
}

/**
 * Chooses among candidates, in their order of preference.
 * @param charged how many pods are charged now, candidates included
 * @param limit the greatest number of pods that may be charged by what we do
 */
export const choose = <C extends Candidate>(candidates: readonly C[], charged: number, limit: number): Choice<C> => {
  const of = (state: Candidate['state']) => candidates.filter(c => c.state === state);
  const [down, unsettled, whole] = [of('down'), of('unsettled'), of('whole')];
  // Others that are charged may be down by now: two that serve must not follow them at once.
  const restless = Math.max(0, limit - (charged - unsettled.length));
  const free = Math.max(0, limit - charged);
  return {
    taken: [...down, ...unsettled.slice(0, restless), ...whole.slice(0, free)],
    held: [...unsettled.slice(restless), ...whole.slice(free)],
  };
};
