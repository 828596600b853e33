/** How much may be going on at once. There is no queue: who finds no room is told so at once and may try another replica. */

export interface Room {
  /** Undefined if there is no room; otherwise how to give it back. */
  take(bytes: number): (() => void) | undefined;
}

export interface Most {
  readonly requests: number;
  /** Of all bodies together: bounds what a flood can make this process hold. */
  readonly bytes: number;
}

export const room = (most: Most): Room => {
  let requests = 0;
  let held = 0;
  return {
    take: bytes => {
      if (requests >= most.requests || held + bytes > most.bytes) return undefined;
      requests += 1;
      held += bytes;
      return () => {
        requests -= 1;
        held -= bytes;
      };
    },
  };
};
