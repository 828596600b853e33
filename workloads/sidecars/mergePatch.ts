/**
 * RFC 7386 on JSON text, printed as Go does it: numbers keep their spelling, also beyond 2^53; objects that were not
 * touched keep the order of their keys, all others are sorted; HTML characters are escaped.
 */

import { byBytes, escapedForHtml, goJson } from './typedJson.ts';

/** The patched document; undefined if one of the texts is not JSON, is null, or the patch is a scalar. */
export const mergeJson = (document: string, patch: string): string | undefined => {
  const target = compact(document);
  const change = compact(patch);
  if (target === undefined || change === undefined || target === 'null' || !/^[{[]/.test(change)) return undefined;
  return isObject(target) && !isObject(change) ? pruned(change) : merged(target, change);
};

/** Texts from here on are compact and valid. */
const merged = (target: string, change: string): string => {
  if (!isObject(target)) return pruned(change);
  if (!isObject(change)) return change;
  const members = new Map(membersOf(target));
  for (const [key, value] of membersOf(change)) {
    const before = members.get(key);
    if (value === 'null') members.delete(key);
    else members.set(key, before === undefined || before === 'null' ? pruned(value) : merged(before, value));
  }
  return printed(members);
};

/** A new value has no members to be removed. */
const pruned = (value: string): string => {
  if (isObject(value))
    return printed(new Map(membersOf(value).flatMap(([k, v]) => (v === 'null' ? [] : [[k, pruned(v)]]))));
  return value.startsWith('[') ? `[${partsOf(value).map(pruned).join()}]` : value;
};

const isObject = (text: string): boolean => text.startsWith('{');

const printed = (members: ReadonlyMap<string, string>): string =>
  `{${[...members]
    .sort(([a], [b]) => byBytes(a, b))
    .map(([key, value]) => `${goJson(key)}:${value}`)
    .join()}}`;

const string = /"(?:[^"\\]|\\.)*"/y;

const membersOf = (object: string): readonly (readonly [string, string])[] =>
  partsOf(object).map(part => {
    string.lastIndex = 0;
    const key = string.exec(part)?.[0] ?? '""';
    return [String(JSON.parse(key)), part.slice(key.length + 1)];
  });

/** The members of an object or the items of a list, as text. */
const partsOf = (text: string): readonly string[] => {
  const parts: string[] = [];
  let from = 1;
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]/g)) {
    if (depth === 1 && (token === ',' || index === text.length - 1)) {
      if (index > from) parts.push(text.slice(from, index));
      from = index + 1;
    }
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
  }
  return parts;
};

/** Deeper documents are refused: nobody writes them, and they would exhaust the stack. */
const deepest = 200;

const compact = (text: string): string | undefined => {
  if (!isJson(text)) return undefined;
  const short = text.replace(/"(?:[^"\\]|\\.)*"|\s+/g, token => (token.startsWith('"') ? escapedForHtml(token) : ''));
  return depthOf(short) > deepest ? undefined : short;
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const depthOf = (text: string): number => {
  let depth = 0;
  let most = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '{' || token === '[') most = Math.max(most, ++depth);
    if (token === '}' || token === ']') depth -= 1;
  }
  return most;
};
