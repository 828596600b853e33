/** Has a proxy carry a perturbation out. */

import { setTimeout as after } from 'node:timers/promises';
import { type EventFaultKind, type Perturbation, pointOf, type WriteFault } from './perturbation.ts';
import { isSamePoint } from './point.ts';
import type { FaultProxy } from './proxy.ts';
import type { Armed, EventFault, RequestFault } from './rules.ts';
import type { Track } from './track.ts';

export interface Victim {
  readonly proxy: FaultProxy;
  /** Must already observe the proxy. */
  readonly track: Track;
  /** Kills the process at once; resolves when it has been started again and has read the cluster. */
  readonly crash: () => Promise<unknown>;
}

/** Milliseconds in which a pod can be drained, restarted or gone. */
const late = 1500;

export const arm = (perturbation: Perturbation, victim: Victim): Armed => {
  const { proxy, track } = victim;
  const point = pointOf(perturbation);
  const on = (seen: Parameters<Track['note']>[0]): boolean => {
    const note = track.note(seen);
    return note !== undefined && isSamePoint(note.point, point);
  };
  return 'write' in perturbation
    ? proxy.onRequest({ on, times: 1, fault: requestFault(perturbation.do, victim) })
    : proxy.onEvent({ on, times: 1, fault: eventFault(perturbation.do, victim) });
};

const requestFault = (fault: WriteFault, { proxy, track, crash }: Victim): RequestFault => {
  switch (fault) {
    case 'crash-before':
      return { do: 'crash', when: 'before', crash: () => void crash() };
    case 'crash-after':
      return { do: 'crash', when: 'after', crash: () => void crash() };
    case 'stale-restart':
      return {
        do: 'crash',
        when: 'after',
        crash: asked => {
          const isUp = crash().catch(() => undefined);
          proxy.showPast(
            String(track.note(asked)?.revision ?? 0),
            isUp.then(() => after(late)),
          );
        },
      };
    case 'lost-answer':
      return { do: 'reset', when: 'after' };
    case 'late-answer':
      return { do: 'wait', when: 'after', for: late };
    case 'busy':
      return { do: 'answer', when: 'before', status: 429, retryAfterSeconds: 1 };
    case 'unavailable':
      return { do: 'answer', when: 'before', status: 503 };
    case 'lost-request':
      return { do: 'reset', when: 'before' };
    case 'error-after':
      return { do: 'answer', when: 'after', status: 500 };
    case 'black-hole':
      return { do: 'black hole', when: 'after' };
  }
};

const eventFault = (fault: EventFaultKind, { proxy }: Victim): EventFault => {
  switch (fault) {
    case 'drop':
      return {
        do: 'drop',
        // No server loses an event for good: a watch that missed one is a watch that has expired.
        dropped: ({ plural }) => void after(late).then(() => proxy.expire(watch => watch.plural === plural)),
      };
    case 'delay':
      return { do: 'wait', for: late };
    case 'duplicate':
      return { do: 'duplicate' };
    case 'expire':
      return { do: 'expire' };
    case 'cut':
      return { do: 'reset' };
  }
};
