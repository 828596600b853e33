import type { Log } from '../../kube/log.ts';

/** A log for tests that assert on states. */
export const quietLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
