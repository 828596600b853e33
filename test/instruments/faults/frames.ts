/** The events in the bytes of a watch: the one place that knows how they are framed. */

import type { KubeObject } from '../../../kube/contract.ts';
import { Lines } from '../../../kube/reflector/decode.ts';
import { isRecord, parseJson } from '../../../kube/wire.ts';

export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

export interface WatchEvent {
  readonly type: EventType;
  /** Of an ERROR it is a Status. */
  readonly object: KubeObject;
}

export interface Frame {
  /** As it came, to be passed on unchanged. */
  readonly bytes: Buffer;
  readonly event: WatchEvent;
}

export interface Framing {
  push(chunk: Buffer): readonly Frame[];
}

/** What the proxy asks watches for, whatever the client would rather have: the encoding that it can read. */
export const readableWatch = 'application/json';

/** One watch in JSON: an event a line. */
export const lineFraming = (): Framing => {
  const lines = new Lines();
  return { push: chunk => [...lines.push(chunk)].flatMap(frameIn) };
};

/** @throws Error if the line is no event: a proxy that does not understand what it passes on proves nothing */
const frameIn = (line: string): readonly Frame[] => {
  const value = parseJson(line);
  if (!isRecord(value) || !isRecord(value['object'])) throw new Error(`no watch event: ${line.slice(0, 200)}`);
  return [{ bytes: Buffer.from(`${line}\n`), event: value as unknown as WatchEvent }];
};

export const frameOf = (event: { readonly type: EventType; readonly object: object }): Buffer =>
  Buffer.from(`${JSON.stringify(event)}\n`);

/** What a server says that no longer knows the version from which a watch was to go on. */
export const expired = (): Buffer =>
  frameOf({
    type: 'ERROR',
    object: {
      apiVersion: 'v1',
      kind: 'Status',
      metadata: {},
      status: 'Failure',
      message: 'too old resource version (a fault proxy says so)',
      reason: 'Expired',
      code: 410,
    },
  });
