/** Manifests of the documents, and what becomes of them on a real apiserver. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeObject, Wire } from '../../kube/contract.ts';
import type { Cluster } from '../cluster/cluster.ts';

const docs = join(import.meta.dirname, '..', '..', 'docs');

/** A file of `docs/`, e.g. `sidecarset.md`. */
export const document = (path: string): string => readFileSync(join(docs, path), 'utf8');

/** What stands between the fences of ```yaml, block by block. */
export const examplesIn = (page: string): readonly string[] =>
  [...page.matchAll(/^```yaml\n(.*?)^```$/gmsu)].map(([, text = '']) => text);

/** Arguments of the kubectl commands that a page shows behind a `$`, in order; lines may go on behind a backslash. */
export const commandsIn = (page: string): readonly (readonly string[])[] =>
  [...page.replaceAll(/\\\n\s*/gu, '').matchAll(/^\$ kubectl (.*)$/gmu)].map(([, line = '']) =>
    (line.match(/(?:'[^']*'|[^\s'])+/gu) ?? []).map(word => word.replaceAll("'", '')),
  );

export const objectsIn = (text: string): readonly KubeObject[] =>
  parseAllDocuments(text).map(parsed => parsed.toJS() as KubeObject);

/** Applied on the server, which refuses fields that it does not know. */
export const applyTo = ({ kubectl }: Cluster, text: string): Promise<string> =>
  kubectl(['apply', '--server-side', '--force-conflicts', '--validate=strict', '-f', '-'], text);

/** Tries until it goes well; what was wrong at last is thrown. For what webhooks and watches must learn first. */
export const eventually = async <T>(withinMs: number, attempt: () => Promise<T>): Promise<T> => {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }
};

export interface MadePod extends KubeObject {
  readonly spec: {
    readonly containers: readonly MadeContainer[];
    readonly initContainers?: readonly MadeContainer[];
    readonly volumes: readonly { readonly name: string }[];
    readonly imagePullSecrets?: readonly { readonly name: string }[];
  };
}

interface MadeContainer {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly resources?: { readonly limits?: Wire; readonly requests?: Wire };
}

export interface PodWish {
  readonly labels: Readonly<Record<string, string>>;
  readonly namespace?: string;
  /** Members of the container `main`. */
  readonly main?: Wire;
  readonly spec?: Wire;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The pod as it would be created: nothing is stored. */
export const injectedIn = async (cluster: Cluster, wish: PodWish): Promise<MadePod> => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'example',
      namespace: wish.namespace ?? 'default',
      labels: wish.labels,
      annotations: wish.annotations ?? {},
    },
    spec: { containers: [{ name: 'main', image: 'registry.example.com/app:1.0', ...wish.main }], ...wish.spec },
  };
  const made = await cluster.kubectl(['create', '--dry-run=server', '-f', '-', '-o', 'json'], JSON.stringify(pod));
  return JSON.parse(made) as MadePod;
};

export const namesOf = (pod: MadePod): readonly string[] => pod.spec.containers.map(c => c.name);
