/** A hundred thousand pods from two templates: only the digits that differ are written, so that serving them costs little. */

import type { KubeObject } from '../../kube/contract.ts';
import { encode, envelope, frame } from '../../test/support/protobuf/encode.ts';
import { podFields } from '../../test/support/protobuf/kinds.ts';
import { foreignPod, managedPod, marks } from './pods.ts';

export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';
export type Encoding = 'protobuf' | 'json';

/** One pod at one version. */
export interface Which {
  /** Below a million. */
  readonly pod: number;
  readonly version: number;
}

interface Hole {
  readonly mark: keyof typeof marks;
  readonly at: number;
}

const workloads = 2000;
const nodes = 5000;
/** Every tenth pod is managed. */
const managedOneIn = 10;

/** Fills a template for one pod after the other; the bytes are valid until the next. */
class Template {
  readonly #bytes: Buffer;
  readonly #holes: readonly Hole[];

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#holes = Object.entries(marks).flatMap(([mark, digits]) =>
      placesOf(bytes, digits).map(at => ({ mark: mark as keyof typeof marks, at })),
    );
  }

  get length(): number {
    return this.#bytes.length;
  }

  fill({ pod, version }: Which): Buffer {
    const values = { pod, version, workload: pod % workloads, node: pod % nodes };
    for (const { mark, at } of this.#holes)
      writeDigits(this.#bytes, at, { value: values[mark], width: marks[mark].length });
    return this.#bytes;
  }
}

const placesOf = (bytes: Buffer, digits: string): number[] => {
  const places: number[] = [];
  for (let at = bytes.indexOf(digits); at >= 0; at = bytes.indexOf(digits, at + 1)) places.push(at);
  return places;
};

const writeDigits = (bytes: Buffer, at: number, { value, width }: { value: number; width: number }): void => {
  let rest = value;
  for (let i = width - 1; i >= 0; i--) {
    bytes[at + i] = 0x30 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
};

type Make = (pod: KubeObject) => Buffer;

/** Bytes of one pod, in one form and encoding. */
export type Bytes = (which: Which) => Buffer;

const either = (make: Make): Bytes => {
  const foreign = new Template(make(foreignPod));
  const managed = new Template(make(managedPod));
  return which => (which.pod % managedOneIn === 0 ? managed : foreign).fill(which);
};

/** Where JSON has an object in a pod's managed fields, protobuf has its text. */
const withRawFields = (pod: KubeObject): KubeObject => {
  const metadata = pod.metadata as { readonly managedFields?: readonly { readonly fieldsV1: object }[] };
  const managedFields = metadata.managedFields?.map(entry => ({
    ...entry,
    fieldsV1: { raw: JSON.stringify(entry.fieldsV1) },
  }));
  return { ...pod, metadata: { ...pod.metadata, managedFields } as KubeObject['metadata'] };
};

const enveloped: Make = pod => envelope('v1', 'Pod', encode(podFields, withRawFields(pod)));

export const objects: Readonly<Record<Encoding, Bytes>> = {
  protobuf: either(enveloped),
  json: either(pod => Buffer.from(JSON.stringify(pod))),
};

export const eventBytes = (encoding: Encoding, type: EventType): Bytes =>
  either(pod =>
    encoding === 'protobuf' ? frame(type, enveloped(pod)) : Buffer.from(`${JSON.stringify({ type, object: pod })}\n`),
  );

/** The bookmark that ends the initial events. */
export const bookmarkBytes = (version: number): Buffer => {
  const metadata = { resourceVersion: String(version), annotations: { 'k8s.io/initial-events-end': 'true' } };
  return frame('BOOKMARK', envelope('v1', 'Pod', encode(podFields, { metadata })));
};
