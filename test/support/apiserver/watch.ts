/** The open watches of a scripted apiserver. */

import type { KubeObject, Wire } from '../../../kube/contract.ts';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: Wire;
}

export const bookmark = (version: number, endsInitialEvents: 'ends initial events' | 'later'): WatchEvent => ({
  type: 'BOOKMARK',
  object: {
    metadata: {
      resourceVersion: String(version),
      ...(endsInitialEvents === 'later' ? {} : { annotations: { 'k8s.io/initial-events-end': 'true' } }),
    },
  },
});

export const added = (object: KubeObject): WatchEvent => ({ type: 'ADDED', object });

/** Chunks of one watch; a test may also send what no apiserver would. */
export class Watch implements AsyncIterable<Buffer> {
  readonly collection: string;
  readonly #waiting: Buffer[] = [];
  #end: 'open' | 'ended' | Error = 'open';
  #wake: () => void = () => {};

  constructor(collection: string, signal: AbortSignal | undefined) {
    this.collection = collection;
    signal?.addEventListener('abort', () => this.break(new Error('aborted')));
  }

  get isOpen(): boolean {
    return this.#end === 'open';
  }

  send(event: WatchEvent): void {
    this.sendText(`${JSON.stringify(event)}\n`);
  }

  sendText(text: string): void {
    this.#waiting.push(Buffer.from(text));
    this.#wake();
  }

  end(): void {
    this.#close('ended');
  }

  break(error: Error): void {
    this.#close(error);
  }

  #close(how: 'ended' | Error): void {
    if (this.#end === 'open') this.#end = how;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, void> {
    try {
      for (;;) {
        const chunk = this.#waiting.shift();
        if (chunk !== undefined) yield chunk;
        else if (this.#end instanceof Error) throw this.#end;
        else if (this.#end === 'ended') return;
        else await new Promise<void>(resolve => (this.#wake = resolve));
      }
    } finally {
      this.#close('ended');
    }
  }
}
