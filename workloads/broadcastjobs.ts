/** BroadcastJobs as the store keeps them. */

import {
  type BroadcastJobSpec,
  type BroadcastJobStatus,
  broadcastJobNames,
  normaliseBroadcastJob,
} from '../api/broadcastjob.ts';
import { isObject } from '../api/json.ts';
import type { Problem } from '../api/problem.ts';
import { type Instant, type KubeObject, type Resource, type Seen, seenOf, type Wire } from '../kube/contract.ts';
import { instantOf } from './pods/project.ts';

export interface BroadcastJobView extends Seen {
  readonly deletedAt?: Instant;
  /** Undefined if it cannot be read; `problems` says why. */
  readonly spec: BroadcastJobSpec | undefined;
  readonly problems: readonly Problem[];
  readonly status: BroadcastJobStatus;
  /** The status as it is stored, to be compared with the one to write. */
  readonly statusOnWire: Wire;
}

/** Jobs whose nodes still matter are found under this index: value `yes`. */
export const unfinished = 'unfinished';

export const BroadcastJobs: Resource<BroadcastJobView> = {
  ...broadcastJobNames,
  view: object => {
    const { spec, status, problems } = normaliseBroadcastJob(object);
    const deletedAt = instantOf(object.metadata.deletionTimestamp);
    return {
      ...seenOf(object),
      ...(deletedAt === undefined ? {} : { deletedAt }),
      spec,
      problems,
      status,
      statusOnWire: statusOnWire(object),
    };
  },
  indexes: {
    [unfinished]: { valuesOf: job => (isFinished(job) ? [] : ['yes']) },
  },
};

const statusOnWire = ({ status }: KubeObject & { readonly status?: unknown }): Wire =>
  isObject(status) ? { ...status } : {};

/** Complete or failed for good. */
export const isFinished = ({ status }: BroadcastJobView): boolean =>
  status.conditions?.some(c => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True') ?? false;
