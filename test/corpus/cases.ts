/** What OpenKruise 1.9 really answered, recorded case by case and packed: one file of JSON lines for each area. */

import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import type { KubeObject, Wire } from '../../kube/contract.ts';

/** A: pods that are created. B: SidecarSets that are written. E: revisions of SidecarSets. F: conversions. */
export const areas = ['A', 'B', 'E', 'F'] as const;
export type Area = (typeof areas)[number];

export interface RecordedCase<Request = Wire, Answer = Wire> {
  readonly id: string;
  readonly title: string;
  /**
   * `plain`: pod metadata is not patched without a whitelist; the others allow it. `e2e`: all pods get the gate
   * KruisePodReady, and sidecars are sorted by their names.
   */
  readonly gates: { readonly set: 'default' | 'e2e' | 'plain' };
  readonly given: Given;
  readonly request: Request;
  readonly answer: Answer;
  /** Other answers to the same request: any of them is right. */
  readonly alternatives?: readonly Answer[];
  /** What became of the same request at an apiserver, whose schema and own rules come on top. */
  readonly apiServer?: { readonly code: number };
}

/** The state of the cluster, as it was stored. */
export interface Given {
  readonly namespaces?: readonly { readonly name: string; readonly labels?: Readonly<Record<string, string>> }[];
  readonly sidecarSets?: readonly { readonly stored: KubeObject }[];
  readonly controllerRevisions?: readonly KubeObject[];
  /** The value of the whitelist's key, or the whole data of its ConfigMap. */
  readonly whitelist?: string | Wire | null;
  readonly steps?: unknown;
}

/** The request of an AdmissionReview. */
export type AdmissionRequest = Wire & { readonly operation: string; readonly object: KubeObject };

export interface AdmissionAnswer {
  readonly allowed: boolean;
  readonly code: number;
  readonly message?: string;
  readonly resultObject?: KubeObject;
}

export const packedIn = (area: Area): URL => new URL(`${area.toLowerCase()}.jsonl.br`, import.meta.url);

export interface RevisionsRequest {
  readonly kind: string;
  readonly sequence: readonly { readonly operation: 'create' | 'update'; readonly object: KubeObject }[];
}

export interface RevisionsAnswer {
  /** One for each operation, when the controllers had come to rest. */
  readonly steps: readonly RevisionsStep[];
}

export interface RevisionsStep {
  readonly status: { readonly latestRevision?: string; readonly collisionCount?: number };
  readonly controllerRevisions: readonly RecordedRevision[];
}

export interface RecordedRevision {
  readonly name: string;
  readonly revision: number;
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly annotations?: Readonly<Record<string, string>> | null;
  /** JSON, byte for byte. */
  readonly data: string;
}

export interface ConversionRequest {
  readonly desiredAPIVersion: string;
  readonly objects: readonly KubeObject[];
}

export interface ConversionAnswer {
  readonly convertedObjects: readonly KubeObject[] | null;
}

/** The cases of an area; its kind of request and answer is the caller's to know. */
export const casesOf = <Request, Answer>(area: Area): readonly RecordedCase<Request, Answer>[] =>
  brotliDecompressSync(readFileSync(packedIn(area)))
    .toString()
    .split('\n')
    .map(line => JSON.parse(line) as RecordedCase<Request, Answer>);
