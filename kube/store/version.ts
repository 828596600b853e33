/** Order of resource versions: integers of any size, comparable within one resource (KEP-5504). */

export const isNewer = (version: string, than: string): boolean =>
  version.length === than.length ? version > than : version.length > than.length;
