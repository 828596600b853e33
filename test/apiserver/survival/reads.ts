/** Which process read the whole of which resource, and how often, from the audit log. */

import { readFileSync } from 'node:fs';

interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly requestURI: string;
  readonly objectRef?: { readonly resource?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
}

const ours = 'system:serviceaccount:berth-system:';

/**
 * By `account resource selector`: lists, and watches that begin with everything there is, that were served since then. What
 * is read of several objects by name, such as definitions, is of several selectors.
 */
export const wholeReadsIn = (auditLog: string, since: number): ReadonlyMap<string, number> => {
  const reads = readFileSync(auditLog, 'utf8')
    .split('\n')
    .slice(0, -1)
    .filter(line => line.includes(ours))
    .map(line => JSON.parse(line) as AuditEvent)
    .filter(event => isWhole(event) && Date.parse(event.requestReceivedTimestamp) >= since)
    .map(({ user, objectRef, requestURI }) =>
      [user.username.slice(ours.length), objectRef?.resource, selectorIn(requestURI)].join(' ').trim(),
    );
  return new Map([...Map.groupBy(reads, read => read)].map(([read, all]) => [read, all.length]));
};

const selectorIn = (uri: string): string => new URL(uri, 'https://apiserver').searchParams.get('fieldSelector') ?? '';

/** A watch is noted when it begins and when it ends, and an early end is a refusal. */
const isWhole = ({ stage, verb, requestURI, responseStatus }: AuditEvent): boolean => {
  if (responseStatus?.code !== 200) return false;
  const begins = stage === 'ResponseStarted' && verb === 'watch' && requestURI.includes('sendInitialEvents=true');
  // Pages after the first continue the same list.
  return begins || (stage === 'ResponseComplete' && verb === 'list' && !requestURI.includes('continue='));
};
