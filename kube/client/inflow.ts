/** Chunks of an answer that goes on, between the socket that brings them and the loop that reads them. */

interface Valve {
  pause(): void;
  resume(): void;
}

/** Ends as the answer ended: normally, or by throwing the error it failed with. A slow reader slows the socket down. */
export class Inflow implements AsyncIterable<Buffer> {
  readonly #waiting: Buffer[] = [];
  readonly #valve: Valve;
  readonly #abandon: () => void;
  #end: { readonly error?: Error } | undefined;
  #wake: (() => void) | undefined;

  constructor(valve: Valve, abandon: () => void) {
    this.#valve = valve;
    this.#abandon = abandon;
  }

  push(chunk: Buffer): void {
    this.#waiting.push(chunk);
    if (this.#waiting.length > 16) this.#valve.pause();
    this.#wake?.();
  }

  end(error?: Error): void {
    this.#end = error === undefined ? {} : { error };
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, void> {
    try {
      for (;;) {
        const chunk = this.#waiting.shift();
        if (chunk !== undefined) yield chunk;
        else if (this.#end === undefined) await this.#more();
        else break;
      }
    } finally {
      if (this.#end === undefined) this.#abandon();
    }
    if (this.#end?.error !== undefined) throw this.#end.error;
  }

  #more(): Promise<void> {
    return new Promise(resolve => {
      this.#wake = resolve;
      this.#valve.resume();
    });
  }
}
