/** Events for users, in events.k8s.io/v1. Best effort, and always behind everything else. */

import type { Throttle } from './act/throttle.ts';
import type { Answer, Client, Request } from './client.ts';
import type { Cancel, Clock } from './clock.ts';
import { type Millis, type Regarding, seconds } from './contract.ts';
import { eventAddress, namespaceOf, newEvent, repetition } from './events/wire.ts';
import type { Log } from './log.ts';
import { collectionPath, objectPath } from './paths.ts';
import { Queue } from './queue.ts';
import { asObject, parseJson } from './wire.ts';

export interface Recorder {
  /** Never blocks, never throws; a repeated event is counted. */
  record(happening: Happening): void;
}

export interface Happening {
  readonly about: Regarding;
  readonly type: 'Normal' | 'Warning';
  /** At most 128 characters. */
  readonly reason: string;
  /** What was done, in one word. */
  readonly action: string;
  /** Cut off at 1024 bytes. */
  readonly note: string;
}

export interface Reporter {
  /** e.g. `apps.kruise.io/berth` */
  readonly controller: string;
  /** e.g. the name of the pod */
  readonly instance: string;
}

/** For those who tell nobody. */
export const untold: Recorder = { record: () => {} };

export interface EventOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
  readonly reporter: Reporter;
  /** Shared with those whose writes events wait behind. */
  readonly throttle: Throttle;
}

/** A recorder that writes in the background, one event at a time. */
export const openRecorder = (options: EventOptions): Recorder & { stop(): void } => new EventRecorder(options);

// What does not fit is lost: events must not become a burden.
const most = 1000;
// The count of a repeated event is written at most so often.
const betweenRepetitions: Millis = seconds(10);

/** One event, and how often it was told. */
interface Story {
  readonly happening: Happening;
  count: number;
  /** What the server knows of it. */
  written: { readonly name: string; readonly count: number; readonly at: Millis } | undefined;
}

class EventRecorder implements Recorder {
  readonly #options: EventOptions;
  readonly #stories = new Map<string, Story>();
  readonly #queue = new Queue();
  #alarm: Cancel | undefined;
  #busy = false;
  #stopped = false;

  constructor(options: EventOptions) {
    this.#options = options;
  }

  record(happening: Happening): void {
    if (this.#stopped) return;
    const id = identityOf(happening);
    const story = this.#stories.get(id) ?? this.#begin(id, happening);
    if (story === undefined) return;
    story.count += 1;
    const now = this.#options.clock.monotonic();
    this.#queue.add(id, story.written === undefined ? now : Math.max(now, story.written.at + betweenRepetitions));
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    this.#alarm?.();
  }

  #begin(id: string, happening: Happening): Story | undefined {
    if (this.#stories.size >= most && !this.#forgetOne()) return undefined;
    const story: Story = { happening, count: 0, written: undefined };
    this.#stories.set(id, story);
    return story;
  }

  /** The oldest that is not waiting to be written. */
  #forgetOne(): boolean {
    for (const [id, { count, written }] of this.#stories) {
      if (written?.count === count) return this.#stories.delete(id);
    }
    return false;
  }

  #arm(): void {
    const due = this.#queue.nextDue();
    if (this.#busy || this.#stopped || due === undefined) return;
    const { clock } = this.#options;
    this.#alarm?.();
    this.#alarm = clock.after(Math.max(0, due - clock.monotonic()), () => void this.#writeNext());
  }

  async #writeNext(): Promise<void> {
    const { clock, log } = this.#options;
    const id = this.#queue.take(clock.monotonic());
    const story = id === undefined ? undefined : this.#stories.get(id);
    if (id === undefined || story === undefined) return this.#arm();
    this.#busy = true;
    await this.#write(story).catch((error: unknown) => {
      this.#stories.delete(id);
      log.debug('event lost', { reason: story.happening.reason, error: String(error) });
    });
    this.#busy = false;
    this.#queue.done(id);
    this.#arm();
  }

  async #write(story: Story): Promise<void> {
    const { count, written } = story;
    const { status, body } = await (written === undefined ? this.#post(story) : this.#patch(story, written.name));
    const object = status < 300 ? asObject(parseJson(body.toString('utf8'))) : undefined;
    // 404: events expire after an hour. The next happening begins a new one.
    if (object === undefined) throw new Error(`${status}: ${body.toString('utf8').slice(0, 500)}`);
    story.written = { name: object.metadata.name ?? '', count, at: this.#options.clock.monotonic() };
  }

  #post({ happening }: Story): Promise<Answer> {
    const { clock, reporter } = this.#options;
    const path = collectionPath(eventAddress, namespaceOf(happening));
    const body = JSON.stringify(newEvent(happening, reporter, clock.now()));
    return this.#send(happening, { method: 'POST', path, contentType: 'application/json', body });
  }

  #patch({ happening, count }: Story, name: string): Promise<Answer> {
    const path = objectPath(eventAddress, { namespace: namespaceOf(happening), name });
    const body = JSON.stringify(repetition(count, this.#options.clock.now()));
    return this.#send(happening, { method: 'PATCH', path, contentType: 'application/merge-patch+json', body });
  }

  #send(happening: Happening, request: Request): Promise<Answer> {
    const { client, throttle } = this.#options;
    const place = { rank: 'event', namespace: namespaceOf(happening) } as const;
    return throttle.run(place, () => throttle.heed(() => client.request({ ...request, lane: 'events' })));
  }
}

const identityOf = ({ about, type, reason, action, note }: Happening): string =>
  JSON.stringify([about.uid, type, reason, action, note]);
