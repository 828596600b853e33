/** Who wrote how often to which pod, from the audit log of an apiserver. */

import { readFileSync } from 'node:fs';
import { record, text } from './objects.ts';

export interface PodWrite {
  /** `namespace/name` */
  readonly pod: string;
  /** Empty where the log does not carry the object. */
  readonly uid: string;
  readonly verb: 'create' | 'patch' | 'update' | 'delete' | 'evict';
  readonly subresource: string;
  /** e.g. `berth/controller` */
  readonly userAgent: string;
  /** What the apiserver answered. */
  readonly code: number;
  /** The revision that it made; undefined where the log does not carry the object. */
  readonly at: number | undefined;
}

/** Every finished write to pods; a last line that was cut off is left out. */
export const readPodWrites = (path: string): readonly PodWrite[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .flatMap(line => podWriteIn(JSON.parse(line)));

const verbs: ReadonlySet<string> = new Set(['create', 'patch', 'update', 'delete']);

export const podWriteIn = (event: unknown): readonly PodWrite[] => {
  const { stage, verb, userAgent, objectRef, responseStatus, responseObject, requestObject } = record(event);
  const { resource, apiGroup, namespace, name, subresource, uid } = record(objectRef);
  if (stage !== 'ResponseComplete' || resource !== 'pods' || text(apiGroup) !== '' || !verbs.has(text(verb))) return [];
  const answered = record(record(responseObject)['metadata']);
  const asked = record(record(requestObject)['metadata']);
  const podName = text(name) || text(answered['name']) || text(asked['name']);
  return [
    {
      pod: `${text(namespace)}/${podName}`,
      uid: text(answered['uid']) || text(uid),
      verb: subresource === 'eviction' ? 'evict' : (text(verb) as 'create' | 'patch' | 'update' | 'delete'),
      subresource: text(subresource),
      userAgent: text(userAgent),
      code: Number(record(responseStatus)['code'] ?? 0),
      at: Number(text(answered['resourceVersion'])) || undefined,
    },
  ];
};

/** Changes that a writer made to pods that were there. Creations and refusals are not among them. */
export const changesBy = (writes: readonly PodWrite[], writer: (userAgent: string) => boolean): readonly PodWrite[] =>
  writes.filter(({ userAgent, verb, code }) => writer(userAgent) && verb !== 'create' && code >= 200 && code < 300);

/** For the budget: uids of pods whose deletion or eviction this writer asked for. */
export const deletedBy = (writes: readonly PodWrite[], writer: (userAgent: string) => boolean): ReadonlySet<string> =>
  new Set(
    writes
      .filter(({ userAgent, verb }) => writer(userAgent) && (verb === 'delete' || verb === 'evict'))
      .map(({ uid }) => uid),
  );

/** The controllers' own user agent. */
export const isController = (userAgent: string): boolean => userAgent === 'berth/controller';
