/** Waiting for a state, never for a time. */

/** Asks `probe` until it answers something; after `withinMs` throws, saying what was waited for. */
export const waitFor = async <T>(what: string, withinMs: number, probe: () => Promise<T | undefined>): Promise<T> => {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs / 1000} s in vain for: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 25));
  }
};
