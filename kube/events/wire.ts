/** Events as events.k8s.io/v1 wants them. Pure; the limits were tried on a real apiserver. */

import { microTimeOf } from '../clock.ts';
import type { Instant, Wire } from '../contract.ts';
import type { Happening, Reporter } from '../events.ts';

export const eventAddress = { group: 'events.k8s.io', version: 'v1', plural: 'events' };

/** Events of cluster-scoped objects live in `default`. */
export const namespaceOf = ({ about }: Happening): string => (about.namespace === '' ? 'default' : about.namespace);

export const newEvent = (happening: Happening, reporter: Reporter, now: Instant): Wire => {
  const { about, type, reason, action, note } = happening;
  const { group, version, kind } = about.resource;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { generateName: `${prefixOf(about.name)}-`, namespace: namespaceOf(happening) },
    eventTime: microTimeOf(now),
    reportingController: reporter.controller,
    reportingInstance: reporter.instance.slice(0, 128),
    action: action.slice(0, 128),
    reason: reason.slice(0, 128),
    type,
    note: withinBytes(note, 1024),
    regarding: {
      apiVersion: group === '' ? version : `${group}/${version}`,
      kind,
      namespace: about.namespace,
      name: about.name,
      uid: about.uid,
      resourceVersion: about.resourceVersion,
    },
  };
};

/** The server appends five characters to it, and the whole must be a name of at most 253. */
const prefixOf = (name: string): string => name.slice(0, 200).replace(/[^a-z0-9]+$/, '');

/** `count` is of all happenings, the first included. */
export const repetition = (count: number, now: Instant): Wire => ({
  series: { count, lastObservedTime: microTimeOf(now) },
});

/** The beginning of a text that fits, without half a character at its end. */
export const withinBytes = (text: string, limit: number): string => {
  if (Buffer.byteLength(text) <= limit) return text;
  const cut = Buffer.from(text)
    .subarray(0, limit - 3)
    .toString('utf8');
  return `${cut.replace(/\uFFFD+$/, '')}…`;
};
