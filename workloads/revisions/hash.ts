/** Names of revisions. Equal templates of one set get equal names, so that a revision made twice is one revision. */

import { canonicalTemplate } from './canonical.ts';

/** A pod carries the name as a label, whose value may have 63 characters: the hash takes up to 11 of them. */
const longestPrefix = 52;

/** @param collisions how often the name was found taken by something else */
export const revisionName = (set: string, template: unknown, collisions: number): string =>
  `${set.slice(0, longestPrefix)}-${templateHash(template, collisions)}`;

export const templateHash = (template: unknown, collisions: number): string =>
  safe(String(fnv1(Buffer.from(`${JSON.stringify(canonicalTemplate(template))}${collisions}`))));

const fnv1 = (bytes: Uint8Array): number =>
  bytes.reduce((hash, byte) => (Math.imul(hash, 0x01000193) ^ byte) >>> 0, 0x811c9dc5);

/** Letters and digits that form no words. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const safe = (text: string): string =>
  [...Buffer.from(text)].map(byte => alphabet[byte % alphabet.length] ?? '').join('');
