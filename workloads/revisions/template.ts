/** The pod template in a revision's data: `{spec: {template: {…, $patch: replace}}}`, the form that kubectl knows. */

import { isObject } from '../../api/json.ts';
import type { PodTemplate } from '../../api/kubernetes.ts';
import { podTemplate } from '../../api/podTemplate.ts';
import type { Wire } from '../../kube/contract.ts';

const schema = podTemplate();

/** Undefined for data that somebody else wrote in another form. */
export const templateIn = (data: unknown): PodTemplate | undefined => {
  const found = member(member(data, 'spec'), 'template');
  if (!isObject(found)) return undefined;
  const { $patch: _, ...template } = found;
  const parsed = schema.parse(template, 'data.spec.template');
  return parsed.is === 'fine' ? parsed.value : undefined;
};

export const dataOf = (template: PodTemplate): Wire => ({ spec: { template: { ...template, $patch: 'replace' } } });

const member = (of: unknown, name: string): unknown => (isObject(of) && Object.hasOwn(of, name) ? of[name] : undefined);
