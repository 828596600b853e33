/** Writes generated files, or says how those in the repository differ from them. */

import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Contents by path below the root. */
export type Files = ReadonlyMap<string, string>;

/** Files in these folders that are not generated do not belong there. */
const present = (root: string, folders: readonly string[]): readonly string[] =>
  folders.flatMap(folder => globSync(`${folder}/*.yaml`, { cwd: root })).sort();

export const write = (root: string, folders: readonly string[], files: Files): void => {
  for (const path of present(root, folders)) if (!files.has(path)) rmSync(join(root, path));
  for (const [path, content] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
};

/** One line for each file that is not as generated; none if all is well. */
export const differences = (root: string, folders: readonly string[], files: Files): readonly string[] => {
  const there = new Map(present(root, folders).map(path => [path, readFileSync(join(root, path), 'utf8')]));
  return [
    ...[...there.keys()].filter(path => !files.has(path)).map(path => `${path}: nothing generates it`),
    ...[...files].flatMap(([path, wanted]) => difference(path, there.get(path), wanted)),
  ];
};

const difference = (path: string, is: string | undefined, wanted: string): readonly string[] => {
  if (is === wanted) return [];
  if (is === undefined) return [`${path}: missing`];
  const [before, after] = [is.split('\n'), wanted.split('\n')];
  const line = after.findIndex((text, i) => text !== before[i]);
  const at = line < 0 ? after.length : line;
  return [`${path}:${at + 1}: is "${before[at] ?? ''}", the code says "${after[at] ?? ''}"`];
};
