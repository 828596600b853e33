/** What a proxy does to which requests and watch events. */

import type { Millis } from '../../../kube/contract.ts';
import type { WatchEvent } from './frames.ts';
import type { Asked } from './traffic.ts';

/** Whether the request reaches the server first. */
export type Moment = 'before' | 'after';

export type RequestFault = { readonly when: Moment } /** The given answer instead of the server's. */ & (
  | { readonly do: 'answer'; readonly status: number; readonly retryAfterSeconds?: number }
  | { readonly do: 'wait'; readonly for: Millis | Promise<unknown> }
  | { readonly do: 'reset' }
  /** No byte of an answer, ever; the connection stays. */
  | { readonly do: 'black hole' }
  /** The client's process is ended by this call; what it sent is not answered. */
  | { readonly do: 'crash'; readonly crash: (asked: Asked) => void }
);

export type EventFault =
  | { readonly do: 'drop'; readonly dropped?: (watch: Asked) => void }
  | { readonly do: 'duplicate' }
  /** This event and what follows it on the same watch come later: the order of a watch is never broken. */
  | { readonly do: 'wait'; readonly for: Millis | Promise<unknown> }
  /** 410 in place of the event, and the end. */
  | { readonly do: 'expire' }
  /** The end in place of the event. */
  | { readonly do: 'end' }
  | { readonly do: 'reset' }
  /** Neither this event nor any other; the connection stays. */
  | { readonly do: 'black hole' };

export interface RequestRule {
  readonly on: (asked: Asked) => boolean;
  readonly fault: RequestFault;
  /** How often it applies; always if absent. */
  readonly times?: number;
}

export interface EventRule {
  readonly on: (event: WatchEvent, watch: Asked) => boolean;
  readonly fault: EventFault;
  readonly times?: number;
}

export interface Armed {
  /** How often the rule has applied. */
  readonly hits: number;
  disarm(): void;
}

/** Rules in the order in which they were added: the first that applies is the only one. */
export class Rules<On extends (...seen: never[]) => boolean, Fault> {
  readonly #rules: { readonly on: On; readonly fault: Fault; readonly times: number; hits: number }[] = [];

  add({ on, fault, times = Infinity }: { on: On; fault: Fault; times?: number }): Armed {
    const rule = { on, fault, times, hits: 0 };
    this.#rules.push(rule);
    return {
      get hits() {
        return rule.hits;
      },
      disarm: () => {
        const index = this.#rules.indexOf(rule);
        if (index >= 0) this.#rules.splice(index, 1);
      },
    };
  }

  /** Each rule sees everything until it is spent, so that one that counts counts right. */
  faultFor(...seen: Parameters<On>): Fault | undefined {
    const applying = this.#rules.filter(({ hits, times, on }) => hits < times && on(...seen));
    const [first] = applying;
    if (first === undefined) return undefined;
    first.hits += 1;
    return first.fault;
  }

  clear(): void {
    this.#rules.length = 0;
  }
}
