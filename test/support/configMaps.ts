/** A small built-in resource for tests of the machine: its data, labels, and an index by label `app`. */

import { type KubeObject, type Resource, type Seen, seenOf } from '../../kube/contract.ts';
import { isRecord } from '../../kube/wire.ts';
import type { Draft } from './apiserver/scripted.ts';

export interface ConfigMapView extends Seen {
  readonly app: string;
  readonly data: Readonly<Record<string, string>>;
  readonly deleting: boolean;
}

const dataOf = ({ data }: KubeObject): Readonly<Record<string, string>> =>
  isRecord(data) ? Object.fromEntries(Object.entries(data).map(([key, value]) => [key, String(value)])) : {};

export const ConfigMap: Resource<ConfigMapView> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  scope: 'Namespaced',
  indexes: { app: { valuesOf: ({ app }) => (app === '' ? [] : [app]) } },
  view: object => ({
    ...seenOf(object),
    app: object.metadata.labels?.['app'] ?? '',
    data: dataOf(object),
    deleting: object.metadata.deletionTimestamp !== undefined,
  }),
};

/** In namespace `default`. */
export const aConfigMap = (name: string, data: Readonly<Record<string, string>> = {}, app = ''): Draft => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', ...(app === '' ? {} : { labels: { app } }) },
  data,
});
