/** The images of a pretend registry: every name can be pulled unless it says otherwise, and its digest follows from its name. */

import { createHash } from 'node:crypto';

export interface Image {
  /** The name that a container's status shows: the first one that the node knows the digest by. */
  readonly shown: string;
  /** As in a container's status: repository and digest. */
  readonly id: string;
  readonly tag: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A name as a container runtime completes it: `nginx` is `docker.io/library/nginx:latest`. */
const completed = (name: string): { repository: string; tag: string; digest: string } => {
  const [named = '', digest = ''] = name.split('@');
  const slash = named.lastIndexOf('/');
  const colon = named.indexOf(':', slash + 1);
  const path = colon < 0 ? named : named.slice(0, colon);
  const tag = colon < 0 ? '' : named.slice(colon + 1);
  return { repository: withHost(path), tag: tag === '' && digest === '' ? 'latest' : tag, digest };
};

const withHost = (path: string): string => {
  const slash = path.indexOf('/');
  if (slash < 0) return `docker.io/library/${path}`;
  const first = path.slice(0, slash);
  return first.includes('.') || first.includes(':') || first === 'localhost' ? path : `docker.io/${path}`;
};

/** Tags that end in `again` are second names of the tag before: one digest, shown under the first name. */
const firstTag = (tag: string): string => tag.replace(/again$/, '') || tag;

/** What a node gets for an image name; undefined for one that cannot be pulled: repository `none`, or `no-such-image` in the name. */
export const pulled = (name: string): Image | undefined => {
  const { repository, tag, digest } = completed(name);
  if (repository.endsWith('/none') || name.includes('no-such-image')) return undefined;
  if (digest !== '') return { shown: `sha256:${sha256(digest)}`, id: `${repository}@${digest}`, tag };
  const shown = `${repository}:${firstTag(tag)}`;
  return { shown, id: `${repository}@sha256:${sha256(shown)}`, tag: firstTag(tag) };
};
