/** Reads JSON that nobody has checked: each function answers something of the right shape, whatever it is given. */

import type { Wire } from '../../../kube/contract.ts';
import { isRecord } from '../../../kube/wire.ts';

export const objectIn = (value: unknown): Wire => (isRecord(value) ? value : {});
export const objectsIn = (value: unknown): readonly Wire[] => (Array.isArray(value) ? value.filter(isRecord) : []);
export const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');
export const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
export const numberIn = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
