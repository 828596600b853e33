/**
 * The two hashes of a SidecarSet, byte for byte as OpenKruise computes them: pods carry them, so any other text would
 * make every pod that was injected before the migration look as if it could not be updated.
 */

import { createHash } from 'node:crypto';
import { parseQuantity, printQuantity } from '../../api/quantity.ts';
import type { Wire } from '../../kube/contract.ts';
import { sidecarContainer } from './containerShape.ts';
import { defaultedContainer } from './defaults.ts';
import { list, typedJson } from './typedJson.ts';

export interface Hashes {
  /** Of the containers; 64 characters. */
  readonly hash: string;
  /** The same without images: pods of two revisions with one such hash can be changed in place. */
  readonly withoutImage: string;
}

/** What of a SidecarSet's spec takes part, as it is on the wire. */
export interface Hashed {
  readonly containers?: readonly Wire[] | undefined;
  readonly initContainers?: readonly Wire[] | undefined;
}

/** The hashes of a SidecarSet, defaults included. */
export const hashesOf = ({ containers, initContainers }: Hashed): Hashes =>
  hashesAsGiven({
    containers: containers?.map(c => defaultedContainer(c, 'containers')),
    initContainers: initContainers?.map(c => defaultedContainer(c, 'initContainers')),
  });

/** The hashes of containers that have their defaults already. */
export const hashesAsGiven = (of: Hashed): Hashes => ({
  hash: safe(sha256(textOf(of))),
  withoutImage: safe(
    sha256(
      textOf({ containers: of.containers?.map(withoutImage), initContainers: of.initContainers?.map(withoutImage) }),
    ),
  ),
});

/** Init containers take part as soon as one of them keeps running; then all of them do. */
const textOf = ({ containers, initContainers }: Hashed): string => {
  const main = `"containers":${listJson(containers)}`;
  const native = initContainers?.some(isNativeSidecar) === true;
  return native ? `{${main},"initContainers":${listJson(initContainers)}}` : `{${main}}`;
};

const listJson = (containers: readonly Wire[] | undefined): string =>
  containers === undefined || containers.length === 0
    ? 'null'
    : typedJson(containers, list(sidecarContainer), quantityText);

const quantityText = (text: string): string => {
  const amount = parseQuantity(text);
  return amount === undefined ? text : printQuantity(amount);
};

/** An init container that runs as long as its pod. */
export const isNativeSidecar = (container: { readonly restartPolicy?: unknown }): boolean =>
  container.restartPolicy === 'Always';

const withoutImage = ({ image: _image, ...rest }: Wire): Wire => rest;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Kubernetes' encoding of hashes in names: no vowels, so that no words come out, and no look-alikes. */
export const safe = (text: string): string =>
  Array.from(text, c => alphabet[(c.codePointAt(0) ?? 0) % alphabet.length]).join('');
