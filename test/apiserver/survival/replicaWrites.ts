/** Which replica wrote what, and when, from the audit log. Replicas are told apart by a group of their account. */

import { readFileSync } from 'node:fs';

const prefix = 'replica:';

/** A group for the account of the replica of this name. */
export const groupOf = (replica: string): string => `${prefix}${replica}`;

export interface Write {
  readonly replica: string;
  /** Milliseconds since the epoch when the apiserver received it. */
  readonly at: number;
  /** e.g. `patch pods/status db-3` */
  readonly what: string;
  readonly code: number;
}

interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly groups?: readonly string[] };
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
}

const reads: ReadonlySet<string> = new Set(['get', 'list', 'watch']);

/** What has to do with leading itself, and reports of what was done before, change nothing in the cluster. */
const harmless: ReadonlySet<string> = new Set(['leases', 'events']);

/** Writes of replicas that change the cluster, also those that were refused; in the order of the log. */
export const writesIn = (auditLog: string): readonly Write[] =>
  allWritesIn(auditLog, resource => !harmless.has(resource));

/** When a replica that stood by took the lease: its first write to it, in milliseconds since the epoch. */
export const leaseTakenBy = (replica: string, auditLog: string, since: number): number => {
  const mine = allWritesIn(auditLog, resource => resource === 'leases').filter(write => write.replica === replica);
  const taken = mine.find(({ at, code }) => at >= since && code < 300);
  if (taken === undefined) throw new Error(`${replica} has not taken the lease`);
  return taken.at;
};

const allWritesIn = (auditLog: string, isWanted: (resource: string) => boolean): readonly Write[] =>
  readFileSync(auditLog, 'utf8')
    .split('\n')
    .slice(0, -1)
    .filter(line => line.includes(`"${prefix}`))
    .map(line => JSON.parse(line) as AuditEvent)
    .filter(({ verb, objectRef }) => !reads.has(verb) && isWanted(objectRef?.resource ?? ''))
    .map(writeOf);

const writeOf = ({ verb, user, objectRef = {}, responseStatus, requestReceivedTimestamp }: AuditEvent): Write => {
  const { resource = '', subresource, name = '' } = objectRef;
  return {
    replica: user.groups?.find(group => group.startsWith(prefix))?.slice(prefix.length) ?? '',
    at: Date.parse(requestReceivedTimestamp),
    what: `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`} ${name}`,
    code: responseStatus?.code ?? 0,
  };
};
