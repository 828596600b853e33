/** Makes room for a run, and clears up after it, by plain requests: a kubectl for each would take longer than some runs. */

import type { Client, Request } from '../../../kube/client.ts';
import { clusterScoped, type Place } from './names.ts';

export const makeNamespace = async (client: Client, { namespace }: Place): Promise<void> => {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  await carriedOut(client, { method: 'POST', path: '/api/v1/namespaces', ...json(object) });
};

/** Owners go first: a namespace that ends under a controller at work makes noise. Resolves when all is asked for. */
export const clearAway = async (client: Client, place: Place): Promise<void> => {
  const { namespace } = place;
  const paths = [
    `/apis/apps.kruise.io/v1beta1/namespaces/${namespace}/statefulsets`,
    `/apis/apps.kruise.io/v1beta1/namespaces/${namespace}/broadcastjobs`,
    `/apis/apps/v1/namespaces/${namespace}/deployments`,
    `/apis/apps.kruise.io/v1beta1/sidecarsets/${clusterScoped('agent', place)}`,
    `/api/v1/namespaces/${namespace}`,
  ];
  for (const path of paths)
    await carriedOut(client, { method: 'DELETE', path, ...json({ propagationPolicy: 'Background' }) });
};

const json = (body: object): Pick<Request, 'contentType' | 'body'> => ({
  contentType: 'application/json',
  body: JSON.stringify(body),
});

/** What is not there needs no deletion. */
const carriedOut = async (client: Client, request: Request): Promise<void> => {
  const { status, body } = await client.request(request);
  if (status >= 300 && status !== 404)
    throw new Error(`${request.method} ${request.path}: ${status} ${body.toString('utf8').slice(0, 200)}`);
};
