/**
 * An apiserver inside the test's process. It keeps objects, versions, watches and guards as a real one does where the
 * machine looks, and does anything else that a test scripts for its next requests.
 */

import { isDeepStrictEqual } from 'node:util';
import { type Answer, type Client, NotSent, type Request, type Stream } from '../../../kube/client.ts';
import { addressOf, type KubeObject, type ObjectMeta, type Resource, type Wire } from '../../../kube/contract.ts';
import { isRecord } from '../../../kube/wire.ts';
import { type Address, addressIn } from './address.ts';
import { patched } from './patch.ts';
import { added, bookmark, Watch, type WatchEvent } from './watch.ts';

/** What happens to a request instead; `serve` does what the server would have done. */
export type Script = (request: Request, serve: () => Answer) => Answer | Promise<Answer>;

/** An object as a test writes it: the server adds uid and version. */
export type Draft = Wire & { readonly apiVersion: string; readonly kind: string; readonly metadata: ObjectMeta };

export class ScriptedApiserver implements Client {
  /** Everything that was asked, in order. */
  readonly requests: Request[] = [];
  readonly #objects = new Map<string, KubeObject>();
  readonly #watches = new Set<Watch>();
  readonly #scripts: { readonly when: (request: Request) => boolean; readonly script: Script }[] = [];
  #version = 100;

  // ── For tests ──

  /** The next request of this kind meets the script. */
  once(when: (request: Request) => boolean, script: Script): void {
    this.#scripts.push({ when, script });
  }

  /** Another client creates or replaces an object. */
  write(resource: Resource, draft: Draft): KubeObject {
    const key = keyIn(addressOf(resource), draft.metadata.namespace ?? '', draft.metadata.name ?? '');
    return this.#store(key, draft, this.#objects.get(key));
  }

  /** Another client deletes an object at once. */
  remove(resource: Resource, namespace: string, name: string): void {
    this.#remove(keyIn(addressOf(resource), namespace, name));
  }

  find(resource: Resource, namespace: string, name: string): KubeObject | undefined {
    return this.#objects.get(keyIn(addressOf(resource), namespace, name));
  }

  /** The open watches of a resource. */
  watches(resource: Resource): readonly Watch[] {
    return [...this.#watches].filter(watch => watch.isOpen && watch.collection === addressOf(resource));
  }

  writes(): readonly Request[] {
    return this.requests.filter(({ method }) => method !== 'GET');
  }

  /** Watches are silent from now on, as behind a proxy that swallows bytes. */
  muteWatches(): void {
    this.#watches.clear();
  }

  // ── Client ──

  async request(request: Request): Promise<Answer> {
    if (request.permitted?.() === false) throw new NotSent('writing is not permitted any more');
    this.requests.push(request);
    await Promise.resolve();
    const at = this.#scripts.findIndex(({ when }) => when(request));
    const [scripted] = at < 0 ? [] : this.#scripts.splice(at, 1);
    const serve = (): Answer => this.#serve(request);
    return scripted === undefined ? serve() : scripted.script(request, serve);
  }

  async stream(request: Request): Promise<Stream> {
    this.requests.push(request);
    await Promise.resolve();
    const at = this.#scripts.findIndex(({ when }) => when(request));
    const [scripted] = at < 0 ? [] : this.#scripts.splice(at, 1);
    if (scripted !== undefined) return asStream(await scripted.script(request, () => answer(200, {})));
    const { collection } = addressIn(request.path);
    const watch = new Watch(collection, request.signal);
    this.#watches.add(watch);
    if (request.query?.['sendInitialEvents'] === 'true') {
      for (const object of this.#all(collection)) watch.send(added(object));
      watch.send(bookmark(this.#version, 'ends initial events'));
    }
    return { status: 200, headers: {}, chunks: watch };
  }

  async close(): Promise<void> {
    for (const watch of this.#watches) watch.end();
  }

  // ── Inside ──

  #all(collection: string): KubeObject[] {
    return [...this.#objects].filter(([key]) => key.startsWith(`${collection} `)).map(([, object]) => object);
  }

  #serve(request: Request): Answer {
    const address = addressIn(request.path);
    const body: unknown = request.body === undefined ? undefined : JSON.parse(request.body);
    switch (request.method) {
      case 'GET':
        return address.name === '' ? this.#list(address) : this.#get(address);
      case 'POST':
        return address.subresource === 'eviction'
          ? this.#delete(address, evictionOptions(body))
          : this.#create(address, body);
      case 'PATCH':
        return this.#patch(address, request.contentType ?? '', body);
      case 'DELETE':
        return this.#delete(address, body);
    }
  }

  #list({ collection }: Address): Answer {
    return answer(200, { metadata: { resourceVersion: String(this.#version) }, items: this.#all(collection) });
  }

  #get(address: Address): Answer {
    const object = this.#objects.get(keyOfAddress(address));
    return object === undefined ? notFound(address.name) : answer(200, object);
  }

  #create(address: Address, body: unknown): Answer {
    if (!isDraft(body)) return failure(400, 'BadRequest');
    const key = keyIn(address.collection, address.namespace, body.metadata.name ?? '');
    if (this.#objects.has(key)) return failure(409, 'AlreadyExists');
    return answer(201, this.#store(key, body, undefined));
  }

  #patch(address: Address, contentType: string, body: unknown): Answer {
    const key = keyOfAddress(address);
    const current = this.#objects.get(key);
    if (current === undefined) return notFound(address.name);
    const result = patched(current, contentType, body);
    if ('refused' in result) return result.refused === 409 ? failure(409, 'Conflict') : failure(422, 'Invalid');
    // A patch that changes nothing makes no new version, and no event.
    if (isDeepStrictEqual(result.object, current)) return answer(200, current);
    return answer(200, this.#store(key, result.object, current));
  }

  #delete(address: Address, options: unknown): Answer {
    const key = keyOfAddress(address);
    const current = this.#objects.get(key);
    if (current === undefined) return notFound(address.name);
    const { preconditions } = isRecord(options) ? options : {};
    const { uid, resourceVersion } = isRecord(preconditions) ? preconditions : {};
    if (uid !== undefined && uid !== current.metadata.uid) return failure(409, 'Conflict');
    if (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion)
      return failure(409, 'Conflict');
    if ((current.metadata.finalizers ?? []).length === 0) {
      this.#remove(key);
      return answer(200, { apiVersion: 'v1', kind: 'Status', status: 'Success' });
    }
    const metadata = { ...current.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
    return answer(200, this.#store(key, { ...current, metadata }, current));
  }

  #store(key: string, draft: Draft, current: KubeObject | undefined): KubeObject {
    this.#version += 1;
    const uid = current?.metadata.uid ?? `uid-${this.#version}`;
    const object = { ...draft, metadata: { ...draft.metadata, uid, resourceVersion: String(this.#version) } };
    this.#objects.set(key, object);
    this.#tell(key, { type: current === undefined ? 'ADDED' : 'MODIFIED', object });
    return object;
  }

  #remove(key: string): void {
    const current = this.#objects.get(key);
    if (current === undefined) return;
    this.#version += 1;
    this.#objects.delete(key);
    const metadata = { ...current.metadata, resourceVersion: String(this.#version) };
    this.#tell(key, { type: 'DELETED', object: { ...current, metadata } });
  }

  #tell(key: string, event: WatchEvent): void {
    for (const watch of this.#watches) if (key.startsWith(`${watch.collection} `)) watch.send(event);
  }
}

const keyIn = (collection: string, namespace: string, name: string): string => `${collection} ${namespace}/${name}`;
const keyOfAddress = ({ collection, namespace, name }: Address): string => keyIn(collection, namespace, name);

const isDraft = (value: unknown): value is Draft =>
  isRecord(value) && typeof value['kind'] === 'string' && isRecord(value['metadata']);

const evictionOptions = (body: unknown): unknown => (isRecord(body) ? body['deleteOptions'] : undefined);

/** An answer with a JSON body. */
export const answer = (status: number, body: Wire): Answer => ({
  status,
  headers: {},
  body: Buffer.from(JSON.stringify(body)),
});

/** An answer as an apiserver refuses. */
export const failure = (code: number, reason: string, more: Wire = {}): Answer =>
  answer(code, {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason,
    message: `${reason}, says the server`,
    ...more,
  });

export const notFound = (name: string): Answer => failure(404, 'NotFound', { details: { name } });

const asStream = ({ status, headers, body }: Answer): Stream => ({
  status,
  headers,
  chunks: (async function* () {
    yield body;
  })(),
});
