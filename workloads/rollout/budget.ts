/**
 * The one definition of a disruption budget. A pod is *charged* while it is claimed, missing, on its way out or not
 * settled; a rollout takes a ready pod only while fewer pods are charged than the limit. A pod that is unavailable
 * already is taken first and charges nothing more: a broken revision never blocks its own repair.
 */

export interface Candidate {
  readonly name: string;
  /** Already charged: taking it costs nothing more. */
  readonly charged: boolean;
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
  const broken = candidates.filter(c => c.charged);
  const whole = candidates.filter(c => !c.charged);
  const free = Math.max(0, limit - charged);
  return { taken: [...broken, ...whole.slice(0, free)], held: whole.slice(free) };
};
