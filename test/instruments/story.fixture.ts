/** Writes small chronicles by hand: objects change by name, and each change is one revision, 100 ms after the last. */

import type { KubeObject, Wire } from '../../kube/contract.ts';
import { type Write, writeIn } from './audit.ts';
import { type Chronicle, chronicleOf, type Entry } from './chronicle.ts';
import { record } from './objects.ts';

export class Story {
  readonly #entries: Entry[] = [];
  readonly #writes: Write[] = [];
  readonly #objects = new Map<string, KubeObject>();
  #at = 100;
  #now = Date.UTC(2026, 0, 1);
  #startedAt = 0;

  /** What is written before this is what was there when recording began. */
  begins(): this {
    this.#startedAt = this.#at;
    return this;
  }

  wait(milliseconds: number): this {
    this.#now += milliseconds;
    return this;
  }

  /** Nothing happens, but that somebody renews a lease every 10 s. */
  rest(milliseconds: number): this {
    for (let left = milliseconds; left > 0; left -= 10_000) {
      this.wait(Math.min(left, 10_000));
      this.asked({ userAgent: 'kubelet', objectRef: { resource: 'leases', namespace: 'kube-node-lease', name: 'n1' } });
    }
    return this;
  }

  /** Creates the object, or merges fields into the one of its kind and name. `metadata.uid` makes another object of it. */
  write(kind: string, name: string, change: { readonly [part: string]: Wire }): this {
    const before = this.#objects.get(`${kind} ${name}`);
    this.#at += 1;
    this.#now += 100;
    const metadata = {
      uid: `uid-${name}`,
      ...before?.metadata,
      name,
      ...(kind === 'SidecarSet' || kind === 'Node' ? {} : { namespace: 'default' }),
      ...change['metadata'],
      resourceVersion: String(this.#at),
    };
    const object = {
      apiVersion: 'x/v1',
      kind,
      metadata,
      spec: { ...record(before?.['spec']), ...change['spec'] },
      status: { ...record(before?.['status']), ...change['status'] },
    };
    return this.#tell(before === undefined ? 'ADDED' : 'MODIFIED', kind, object);
  }

  remove(kind: string, name: string): this {
    const before = this.#objects.get(`${kind} ${name}`);
    if (before === undefined) throw new Error(`the story has no ${kind} ${name}`);
    this.#at += 1;
    this.#now += 100;
    return this.#tell('DELETED', kind, {
      ...before,
      metadata: { ...before.metadata, resourceVersion: String(this.#at) },
    });
  }

  chronicle(): Chronicle {
    return chronicleOf(this.#entries, this.#startedAt, { writes: this.#writes });
  }

  /** The last revision was made by this request, whose fields are those of an audit event. */
  signed(event: Wire = {}): this {
    const last = this.#entries.at(-1);
    if (last === undefined) throw new Error('the story has not begun');
    return this.asked({ responseObject: { metadata: last.object.metadata }, ...event }, last.object);
  }

  /** A request that nobody sees in an object; a successful patch of ours where its fields say nothing else. */
  asked(event: Wire, { kind, metadata }: KubeObject = { apiVersion: '', kind: 'Pod', metadata: {} }): this {
    const whole = {
      stage: 'ResponseComplete',
      verb: 'patch',
      userAgent: 'berth/controller',
      user: { extra: { 'authentication.kubernetes.io/credential-id': ['first'] } },
      responseStatus: { code: 200 },
      requestReceivedTimestamp: this.time,
      stageTimestamp: this.time,
      ...event,
      objectRef: {
        resource: `${kind.toLowerCase()}s`,
        namespace: metadata.namespace,
        name: metadata.name,
        ...record(event['objectRef']),
      },
    };
    this.#writes.push(...writeIn(whole));
    return this;
  }

  /** RFC 3339 of now. */
  get time(): string {
    return new Date(this.#now).toISOString();
  }

  #tell(type: Entry['type'], kind: string, object: KubeObject): this {
    this.#entries.push({ at: this.#at, type, kind, seenAt: this.#now, object });
    if (type === 'DELETED') this.#objects.delete(`${kind} ${object.metadata.name}`);
    else this.#objects.set(`${kind} ${object.metadata.name}`, object);
    return this;
  }
}

const isReady = (ready: boolean, since: string) => ({
  type: 'Ready',
  status: ready ? 'True' : 'False',
  lastTransitionTime: since,
});

/** A pod of a StatefulSet as a story tells it; one container `db`, and the gate. */
export class DbPod {
  readonly #story: Story;
  readonly #name: string;
  #gate = true;
  #ready = true;
  #restarts = 0;
  #image = 'db:v1';

  constructor(story: Story, name: string) {
    this.#story = story;
    this.#name = name;
    story.write('Pod', name, {
      metadata: {
        labels: { 'controller-revision-hash': 'v1' },
        ownerReferences: [
          { apiVersion: 'apps.kruise.io/v1beta1', kind: 'StatefulSet', uid: 'uid-db', controller: true },
        ],
      } as Wire,
      spec: {
        nodeName: 'n1',
        readinessGates: [{ conditionType: 'InPlaceUpdateReady' }],
        containers: [{ name: 'db', image: this.#image }],
      },
      status: { phase: 'Running', podIP: '10.0.0.1', ...this.#status() },
    });
  }

  #status(): Wire {
    const gate = { type: 'InPlaceUpdateReady', status: this.#gate ? 'True' : 'False' };
    return {
      conditions: [gate, isReady(this.#ready, this.#story.time)],
      containerStatuses: [
        {
          name: 'db',
          image: this.#image,
          containerID: `db-${this.#restarts}`,
          restartCount: this.#restarts,
          state: { running: {} },
        },
      ],
    };
  }

  drain(): this {
    this.#gate = false;
    return this.#write({ status: this.#status() });
  }

  leaves(): this {
    this.#ready = false;
    return this.#write({ status: this.#status() });
  }

  setImage(image: string, revision: string): this {
    this.#image = image;
    return this.#write({
      metadata: { labels: { 'controller-revision-hash': revision } },
      spec: { containers: [{ name: 'db', image }] },
    });
  }

  restarts(): this {
    this.#restarts += 1;
    return this.#write({ status: this.#status() });
  }

  rejoin(): this {
    this.#gate = true;
    return this.#write({ status: this.#status() });
  }

  serves(): this {
    this.#ready = true;
    return this.#write({ status: this.#status() });
  }

  #write(change: { readonly [part: string]: Wire }): this {
    this.#story.write('Pod', this.#name, change);
    return this;
  }
}

export const update = (pod: DbPod, image: string, revision: string): DbPod =>
  pod.drain().leaves().setImage(image, revision).restarts().rejoin().serves();

export const dbSet = (story: Story, spec: Wire): Story =>
  story.write('StatefulSet', 'db', {
    metadata: { generation: 1 },
    spec: { replicas: 3, updateStrategy: { rollingUpdate: { maxUnavailable: 1 } }, ...spec },
    status: { observedGeneration: 1, updateRevision: 'v1', updatedReplicas: 3 },
  });

/** A pod with an app container and the sidecar `log` of SidecarSet `logs`. */
export const webPod = (story: Story, name: string, of: WebPod = {}): Story => {
  const container = (which: string, image: string, restarts: number) => ({
    name: which,
    image,
    containerID: `${which}-${restarts}`,
    restartCount: restarts,
    state: { running: {} },
  });
  const [image, app, log] = [of.image ?? 'log:v1', of.appRestarts ?? 0, of.logRestarts ?? 0];
  const env = [{ name: 'IS_INJECTED', value: 'true' }];
  return story.write('Pod', name, {
    metadata: { annotations: { 'kruise.io/sidecarset-injected-list': 'logs' } },
    spec: {
      nodeName: of.node ?? 'n1',
      containers: [
        { name: 'app', image: 'app:v1' },
        { name: 'log', image, env },
      ],
    },
    status: {
      phase: 'Running',
      podIP: of.ip ?? '10.0.0.2',
      conditions: [isReady(of.isReady ?? true, story.time)],
      containerStatuses: [container('app', 'app:v1', app), container('log', image, log)],
    },
  });
};

export interface WebPod {
  readonly image?: string;
  readonly appRestarts?: number;
  readonly logRestarts?: number;
  readonly isReady?: boolean;
  readonly node?: string;
  readonly ip?: string;
}

export const logSet = (story: Story, maxUnavailable: number | string): Story =>
  story.write('SidecarSet', 'logs', {
    metadata: { generation: 1 },
    spec: { containers: [{ name: 'log', image: 'log:v1' }], updateStrategy: { maxUnavailable } },
    status: { observedGeneration: 1 },
  });

/** And four nodes for it. */
export const aJob = (story: Story, parallelism: number | string): Story =>
  ['n1', 'n2', 'n3', 'n4']
    .reduce((told, node) => told.write('Node', node, {}), story)
    .write('BroadcastJob', 'job', { metadata: { generation: 1 }, spec: { parallelism }, status: { desired: 4 } });

export const jobPod = (story: Story, name: string, of: JobPod): Story =>
  story.write('Pod', name, {
    metadata: {
      annotations: { 'berth/node-uid': of.nodeUid ?? `uid-${of.node}` },
      ownerReferences: [
        { apiVersion: 'apps.kruise.io/v1beta1', kind: 'BroadcastJob', uid: 'uid-job', controller: true },
      ],
    } as Wire,
    spec: { nodeName: of.node, containers: [{ name: 'main', image: 'a' }] },
    status: {
      phase: of.phase,
      containerStatuses: of.phase === 'Pending' ? [] : [{ name: 'main', containerID: 'c', restartCount: 0 }],
    },
  });

interface JobPod {
  readonly node: string;
  readonly phase: string;
  /** For a node that was made anew under the same name. */
  readonly nodeUid?: string;
}
