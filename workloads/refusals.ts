/** What the server said no to, as plans look at it. */

import { type Action, type Reader, type Refusal, subjectOf } from '../kube/contract.ts';

/** The server's no to this very action, when it was last tried. */
export type RefusalOf = (action: Action) => Refusal | undefined;

export const refusalsIn = (reader: Pick<Reader, 'refusalOn'>): RefusalOf => {
  return action => {
    const { resource, object, uid } = subjectOf(action);
    const refusal = reader.refusalOn(resource, object);
    return refusal?.uid === uid && refusal.why === action.why ? refusal : undefined;
  };
};
