/** Programs that are measured run in processes of their own; they end with this one. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

export class Child implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #file: string;
  readonly #said: unknown[] = [];
  #heard = (): void => undefined;

  /** `given` is the program's first argument, as JSON. */
  constructor(file: string, given: unknown, flags: readonly string[] = []) {
    this.#file = file;
    this.#process = fork(file, [JSON.stringify(given)], {
      execArgv: [...flags],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#process.on('message', message => {
      this.#said.push(message);
      this.#heard();
    });
    this.#process.once('exit', () => this.#heard());
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  tell(order: object): void {
    this.#process.send(order);
  }

  /** The next thing that the program says. Throws if it ends first, or says nothing for `within` milliseconds. */
  async next<T>(within = 180_000): Promise<T> {
    const deadline = performance.now() + within;
    while (this.#said.length === 0) {
      if (this.#process.exitCode !== null) throw new Error(`${this.#file} ended with ${this.#process.exitCode}`);
      if (performance.now() > deadline) throw new Error(`${this.#file} said nothing for ${within / 1000} s`);
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, 1000);
        this.#heard = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.#said.shift() as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const gone = once(this.#process, 'exit');
    // The programs end when nobody talks to them any more.
    this.#process.disconnect();
    const late = setTimeout(() => this.#process.kill('SIGKILL'), 5000);
    await gone;
    clearTimeout(late);
  }
}
