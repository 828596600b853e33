/** Which replica wrote what, and when, from the audit log. Replicas are told apart by a group of their account. */

import { readFileSync } from 'node:fs';

const prefix = 'replica:';

/** A group for the account of the replica of this name. */
export const groupOf = (replica: string): string => `${prefix}${replica}`;

export interface Write {
  readonly replica: string;
  /** Milliseconds since the epoch when the apiserver received it, and when it had answered. */
  readonly at: number;
  readonly answered: number;
  /** e.g. `patch pods/status db-3` */
  readonly what: string;
  readonly isOfLease: boolean;
  readonly code: number;
}

interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly groups?: readonly string[] };
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
}

const reads: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/** Writes of replicas, also those that were refused; in the order of the log. Events only report what was done before. */
export const writesIn = (auditLog: string): readonly Write[] =>
  readFileSync(auditLog, 'utf8')
    .split('\n')
    .slice(0, -1)
    .filter(line => line.includes(`"${prefix}`))
    .map(line => JSON.parse(line) as AuditEvent)
    .filter(({ verb, objectRef }) => !reads.has(verb) && objectRef?.resource !== 'events')
    .map(writeOf);

const writeOf = (event: AuditEvent): Write => {
  const { verb, user, objectRef = {}, responseStatus, requestReceivedTimestamp, stageTimestamp } = event;
  const { resource = '', subresource, name = '' } = objectRef;
  return {
    replica: user.groups?.find(group => group.startsWith(prefix))?.slice(prefix.length) ?? '',
    at: Date.parse(requestReceivedTimestamp),
    answered: Date.parse(stageTimestamp),
    what: `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`} ${name}`,
    isOfLease: resource === 'leases',
    code: responseStatus?.code ?? 0,
  };
};

const isDone = ({ code }: Write): boolean => code >= 200 && code < 300;

/**
 * Writes of replicas that did not lead any more: received after another had taken the lease, even if they were refused, or
 * carried out after that. Whoever wrote the lease last leads.
 */
export const strayWrites = (writes: readonly Write[]): readonly Write[] => {
  const leases = writes.filter(write => write.isOfLease && isDone(write)).toSorted((a, b) => a.answered - b.answered);
  const leaderAt = (time: number): string | undefined => leases.findLast(({ answered }) => answered < time)?.replica;
  const isStray = (write: Write, time: number): boolean => ![undefined, write.replica].includes(leaderAt(time));
  return writes.filter(
    write => !write.isOfLease && (isStray(write, write.at) || (isDone(write) && isStray(write, write.answered))),
  );
};
