/** The events in the bytes of a watch. How they are framed is known here and in `protobufFrames.ts` alone. */

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

/** One watch. */
export interface Framing {
  /** @throws Error for bytes that are no events: a proxy that does not understand what it passes on proves nothing */
  push(chunk: Buffer): readonly Frame[];
  /** What a server says that no longer knows the version from which a watch was to go on. */
  readonly expired: Buffer;
}

/** An event a line. */
export const inLines = (): Framing => {
  const lines = new Lines();
  return { push: chunk => [...lines.push(chunk)].map(frameIn), expired: frameOf({ type: 'ERROR', object: gone }) };
};

const frameIn = (line: string): Frame => {
  const value = parseJson(line);
  if (!isRecord(value) || !isRecord(value['object'])) throw new Error(`no watch event: ${line.slice(0, 200)}`);
  return { bytes: Buffer.from(`${line}\n`), event: value as unknown as WatchEvent };
};

export const frameOf = (event: { readonly type: EventType; readonly object: object }): Buffer =>
  Buffer.from(`${JSON.stringify(event)}\n`);

export const gone = {
  apiVersion: 'v1',
  kind: 'Status',
  metadata: {},
  status: 'Failure',
  message: 'too old resource version: a fault proxy says so',
  reason: 'Expired',
  code: 410,
};
