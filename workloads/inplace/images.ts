/** Whether an image that a kubelet reports is the image that a pod asks for. */

import type { ContainerStatusView } from '../pods/view.ts';

/** `repository@sha256:…` → `sha256:…`; kubelets prefix imageIDs with a scheme or any repository name, so only digests compare. */
export const digestOf = (reference: string): string | undefined => /@(sha256:[0-9a-f]+)$/.exec(reference)?.[1];

/**
 * The full name that runtimes report: `nginx` → `docker.io/library/nginx:latest`.
 * A colon is a tag only behind the last slash, else it is a registry's port.
 */
export const normalised = (image: string): string => {
  const name = withRegistry(image);
  const tagged = name.includes('@') || name.slice(name.lastIndexOf('/')).includes(':');
  return tagged ? name : `${name}:latest`;
};

const withRegistry = (image: string): string => {
  const slash = image.indexOf('/');
  if (slash < 0) return `docker.io/library/${image}`;
  const first = image.slice(0, slash);
  const isHost = first.includes('.') || first.includes(':') || first === 'localhost';
  if (!isHost) return `docker.io/${image}`;
  return image.replace(/^(index\.)?docker\.io\/(?=[^/]+$)/, 'docker.io/library/').replace(/^index\.docker/, 'docker');
};

/** The container's status shows the image that the spec names, by name or by digest. */
export const runs = (wanted: string, status: ContainerStatusView): boolean => {
  const digest = digestOf(wanted);
  if (digest !== undefined) return digest === digestOf(status.imageID) || wanted === status.image;
  return normalised(wanted) === normalised(status.image);
};

/** Two imageIDs name the same content; a runtime may give a bare digest or a repository before it. */
export const sameContent = (a: string, b: string): boolean => a !== '' && (digestOf(a) ?? a) === (digestOf(b) ?? b);
