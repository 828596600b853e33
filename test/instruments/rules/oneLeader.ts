/** I15, one leader: an instance writes nothing that it sends after another has taken its lease. */

import { isCarriedOut, isOurs, type Write } from '../audit.ts';
import { auditLog, type Rule } from '../checker.ts';
import { record, text } from '../objects.ts';

/** Leading itself, and reports of what was done before. */
const harmless: ReadonlySet<string> = new Set(['leases', 'events']);

interface Taken {
  readonly by: string;
  readonly at: number;
}

export const oneLeader = (): Rule => {
  let leader: string | undefined;
  /** By instance: when another took the lease. */
  const deposed = new Map<string, Taken>();
  return {
    invariant: 'one leader',
    needs: ['Lease', auditLog],
    see: ({ entry, after, by }) => {
      const holder = text(record(after?.['spec'])['holderIdentity']);
      if (entry.kind !== 'Lease' || by === undefined || !isOurs(by) || holder === '') return [];
      if (leader !== undefined && leader !== by.instance) deposed.set(leader, { by: holder, at: by.answeredAt });
      leader = by.instance;
      deposed.delete(by.instance);
      return [];
    },
    wrote: write => {
      const taken = deposed.get(write.instance);
      if (taken === undefined || !isOurs(write) || !isCarriedOut(write) || harmless.has(write.resource)) return [];
      return write.receivedAt > taken.at ? [`${what(write)}, sent after ${taken.by} had taken the lease`] : [];
    },
  };
};

const what = ({ verb, resource, namespace, name }: Write): string => `${verb} ${resource} ${namespace}/${name}`;
