/** Takes a path of the API apart. */

export interface Address {
  /** e.g. `apps/v1/deployments` or `/v1/pods` */
  readonly collection: string;
  readonly namespace: string;
  /** Empty for a collection. */
  readonly name: string;
  readonly subresource: string;
}

const form =
  /^\/(?:api\/(?<core>[^/]+)|apis\/(?<group>[^/]+)\/(?<version>[^/]+))(?:\/namespaces\/(?<namespace>[^/]+)(?=\/))?\/(?<plural>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<subresource>[^/]+))?$/;

/** @throws Error for a path of another form */
export const addressIn = (path: string): Address => {
  const parts = form.exec(path)?.groups;
  if (parts === undefined) throw new Error(`no path of the API: ${path}`);
  const { core, group = '', version = core ?? '', namespace = '', plural = '', name = '', subresource = '' } = parts;
  return { collection: `${group}/${version}/${plural}`, namespace, name: decodeURIComponent(name), subresource };
};
