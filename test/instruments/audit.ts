/** Who wrote what, from the audit log of an apiserver. */

import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
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

/** Every finished write of a log, in its order. */
export const readWrites = (path: string): readonly Write[] => new AuditLog(path, 0).writes();

/** A log that is read on as it grows. */
export class AuditLog {
  readonly #path: string;
  readonly #writes: Write[] = [];
  #at: number;

  /** From its present end on, if `from` is absent. */
  constructor(path: string, from = statSync(path).size) {
    this.#path = path;
    this.#at = from;
  }

  /** All finished ones so far; also when the log has gone with its cluster. A last line that is cut off comes later. */
  writes(): readonly Write[] {
    if (!existsSync(this.#path)) return this.#writes;
    for (const { line, end } of linesOf(this.#path, this.#at)) {
      this.#writes.push(...writeIn(JSON.parse(line)));
      this.#at = end;
    }
    return [...this.#writes];
  }
}

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
      uid: text(answered['uid']) || text(ref['uid']) || uidIn(rest['requestObject']),
      userAgent: text(rest['userAgent']),
      groups: words(record(rest['user'])['groups']),
      instance: instanceIn(record(rest['user'])),
      code: Number(record(responseStatus)['code'] ?? 0),
      at: isVain || verb === 'deletecollection' ? undefined : Number(revision) || undefined,
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

/** The one that a deletion means. */
const uidIn = (body: unknown): string => {
  const { deleteOptions, preconditions } = record(body);
  return text(record(preconditions ?? record(deleteOptions)['preconditions'])['uid']);
};

/** The revision that a patch was made for. */
const guardIn = (body: unknown): string | undefined => {
  if (!Array.isArray(body)) return text(record(record(body)['metadata'])['resourceVersion']) || undefined;
  const guard = list(body).find(op => op['path'] === '/metadata/resourceVersion');
  return guard === undefined ? undefined : text(guard['value']);
};

/** Logs grow beyond what one string can hold. `end`: where the next line begins. */
function* linesOf(path: string, from: number): Generator<{ readonly line: string; readonly end: number }> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(1 << 20);
    let rest = Buffer.alloc(0);
    let [begin, read] = [from, from];
    for (let size = -1; size !== 0; read += size) {
      size = readSync(file, chunk, 0, chunk.length, read);
      rest = Buffer.concat([rest, chunk.subarray(0, size)]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        begin += end + 1;
        yield { line: rest.subarray(0, end).toString('utf8'), end: begin };
        rest = rest.subarray(end + 1);
      }
    }
  } finally {
    closeSync(file);
  }
}

/** What Berth writes for itself: election, reports, certificates and where they are trusted. */
export const machinery: ReadonlySet<string> = new Set([
  'leases',
  'events',
  'secrets',
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
  'customresourcedefinitions',
]);

export const isCarriedOut = ({ code }: Write): boolean => code >= 200 && code < 300;

/** Berth's own processes; its tests call themselves otherwise. */
export const isOurs = ({ userAgent }: Write): boolean =>
  userAgent === 'berth/controller' || userAgent === 'berth/webhook';

/** Changes that Berth made to pods that were there. Creations and refusals are not among them. */
export const ownChanges = (writes: readonly Write[]): readonly Write[] =>
  writes.filter(write => isOurs(write) && write.resource === 'pods' && write.verb !== 'create' && isCarriedOut(write));
