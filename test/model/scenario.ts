/** What is explored: controllers at work, objects to begin with, and what people do to them. */

import type { Controller, Key, KubeObject, Resource, Webhook } from '../../kube/contract.ts';
import type { Cell } from './cells.ts';
import type { Judge } from './judge.ts';
import type { ProcessOf } from './kubelet.ts';

export interface Scenario {
  readonly name: string;
  readonly controllers: readonly { readonly controller: Controller; readonly key: Key }[];
  readonly webhook?: Webhook;
  readonly objects: readonly Given[];
  /** Everything is left alone until nothing happens any more, and only then the walk begins. */
  readonly settled: boolean;
  /** In this order, at any time. */
  readonly script: readonly Edit[];
  readonly processOf: ProcessOf;
  readonly judges: readonly Judge[];
  /** Plurals of the resources whose watch may lag. */
  readonly lagging: readonly string[];
  readonly lags: number;
  readonly crashes: number;
  /** Statuses arrive at once: fewer states, where it is of no interest how they get there. */
  readonly promptStatus?: true;
  /** Writes of who has crashed may arrive when others have begun, which the lease keeps from happening. */
  readonly lateWrites?: boolean;
}

export interface Given {
  readonly resource: Resource;
  readonly object: KubeObject;
}

/** What somebody does to one object. */
export interface Edit {
  readonly says: string;
  readonly slot: string;
  readonly resource: Resource;
  /** The object as it is to be; undefined removes it at once. Nothing is done where `there` is missing. */
  make(there: Cell | undefined): KubeObject | undefined | 'nothing';
}
