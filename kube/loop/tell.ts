/** Events about what was done and what was noticed. */

import type { Action, Notice, Outcome, Target } from '../contract.ts';
import type { Recorder } from '../events.ts';

export interface Tell {
  outcome(action: Action, outcome: Outcome): void;
  notice(notice: Notice): void;
  /** Something about this object makes us throw. */
  fault(about: Target): void;
}

export const teller = (recorder: Recorder): Tell => ({
  outcome: ({ do: action, tell, why }, outcome) => {
    if (tell === undefined) return;
    const { about, done, failed } = tell;
    switch (outcome.is) {
      case 'done':
        return recorder.record({ about, type: 'Normal', reason: done, action, note: why });
      case 'refused':
      case 'failed':
        return recorder.record({ about, type: 'Warning', reason: failed, action, note: `${why}: ${outcome.message}` });
      case 'stale':
        return;
    }
  },
  notice: ({ about, type, reason, message }) =>
    recorder.record({ about, type, reason, action: 'observe', note: message }),
  fault: about =>
    recorder.record({
      about,
      type: 'Warning',
      reason: 'InternalError',
      action: 'observe',
      note: 'Berth cannot work with this object, which is a bug: its log says where. It is tried again when the object changes, and slowly until then.',
    }),
});
