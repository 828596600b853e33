/** Who wrote what, from the audit log of an apiserver. */

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { list, record, text } from './objects.ts';

/** A request that could change something, and its answer. */
export interface Write {
  readonly verb: 'create' | 'patch' | 'update' | 'delete' | 'deletecollection' | 'evict';
  /** Plural, e.g. `pods`. */
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  /** Empty for collections. */
  readonly name: string;
  /** Empty where the log does not carry the object. */
  readonly uid: string;
  /** e.g. `berth/controller` */
  readonly userAgent: string;
  readonly groups: readonly string[];
  /** The pod or certificate of the process that wrote: two replicas with the rights of one account differ in it. */
  readonly instance: string;
  /** What the apiserver answered. */
  readonly code: number;
  /** The revision that it made; undefined if it made none, or where the log does not carry the object. */
  readonly at: number | undefined;
  /** It was carried out, and the object was like that before. */
  readonly isVain: boolean;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly answeredAt: number;
  /** The body of the request; undefined where the log does not carry it. */
  readonly asked: unknown;
  /** What is said of webhooks, and more. */
  readonly notes: Readonly<Record<string, string>>;
}

/** Length of the log now, as a place to read on from. */
export const endOfLog = (path: string): number => statSync(path).size;

/** Every finished write behind `from` bytes, in the order of the log; a last line that was cut off is left out. */
export const readWrites = (path: string, from = 0): readonly Write[] =>
  [...linesOf(path, from)].flatMap(line => writeIn(JSON.parse(line)));

const verbs: ReadonlySet<string> = new Set(['create', 'patch', 'update', 'delete', 'deletecollection']);

export const writeIn = (event: unknown): readonly Write[] => {
  const { stage, verb, objectRef, responseStatus, ...rest } = record(event);
  const { resource, subresource, ...ref } = record(objectRef);
  if (stage !== 'ResponseComplete' || !verbs.has(text(verb)) || text(resource) === '') return [];
  const answered = record(record(rest['responseObject'])['metadata']);
  const asked = record(record(rest['requestObject'])['metadata']);
  const revision = text(answered['resourceVersion']);
  const isVain = revision !== '' && revision === guardIn(rest['requestObject']);
  return [
    {
      verb: subresource === 'eviction' ? 'evict' : (text(verb) as Write['verb']),
      resource: text(resource),
      subresource: text(subresource),
      namespace: text(ref['namespace']),
      name: text(ref['name']) || text(answered['name']) || text(asked['name']),
      uid: text(answered['uid']) || text(ref['uid']),
      userAgent: text(rest['userAgent']),
      groups: words(record(rest['user'])['groups']),
      instance: instanceIn(record(rest['user'])),
      code: Number(record(responseStatus)['code'] ?? 0),
      at: isVain ? undefined : Number(revision) || undefined,
      isVain,
      receivedAt: Date.parse(text(rest['requestReceivedTimestamp'])),
      answeredAt: Date.parse(text(rest['stageTimestamp'])),
      asked: rest['requestObject'],
      notes: record(rest['annotations']) as Readonly<Record<string, string>>,
    },
  ];
};

const words = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(text) : []);

const instanceIn = (user: Readonly<Record<string, unknown>>): string => {
  const extra = record(user['extra']);
  const [pod] = words(extra['authentication.kubernetes.io/pod-uid']);
  const [credential] = words(extra['authentication.kubernetes.io/credential-id']);
  return pod ?? credential ?? '';
};

/** The revision that a patch was made for. */
const guardIn = (body: unknown): string | undefined => {
  if (!Array.isArray(body)) return text(record(record(body)['metadata'])['resourceVersion']) || undefined;
  const guard = list(body).find(op => op['path'] === '/metadata/resourceVersion');
  return guard === undefined ? undefined : text(guard['value']);
};

/** Logs grow beyond what one string can hold. */
function* linesOf(path: string, from: number): Generator<string> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(1 << 20);
    let rest = Buffer.alloc(0);
    let at = from;
    for (;;) {
      const read = readSync(file, chunk, 0, chunk.length, at);
      if (read === 0) return;
      at += read;
      rest = Buffer.concat([rest, chunk.subarray(0, read)]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        yield rest.subarray(0, end).toString('utf8');
        rest = rest.subarray(end + 1);
      }
    }
  } finally {
    closeSync(file);
  }
}

export const isCarriedOut = ({ code }: Write): boolean => code >= 200 && code < 300;

/** Berth's own processes; its tests call themselves otherwise. */
export const isOurs = ({ userAgent }: Write): boolean =>
  userAgent === 'berth/controller' || userAgent === 'berth/webhook';

/** Changes that Berth made to pods that were there. Creations and refusals are not among them. */
export const ownChanges = (writes: readonly Write[]): readonly Write[] =>
  writes.filter(write => isOurs(write) && write.resource === 'pods' && write.verb !== 'create' && isCarriedOut(write));
