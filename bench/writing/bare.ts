/** The same patches by nothing but a pool of connections: the least that writing can cost. */

import { Pool } from 'undici';
import { given } from '../usage.ts';
import { inFlight, measured } from './measured.ts';
import { opsFor, podAt, type WriterOptions } from './writer.ts';

const options = given<WriterOptions>();
const { origin, authority, identity, pods } = options;
const pool = new Pool(origin, {
  connections: inFlight,
  pipelining: 1,
  allowH2: false,
  connect: { ca: authority, ...(identity === undefined ? {} : { cert: identity.certificate, key: identity.key }) },
});

const patch = async (index: number): Promise<void> => {
  const pod = podAt(pods, index);
  const { statusCode, body } = await pool.request({
    method: 'PATCH',
    path: `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`,
    headers: {
      'content-type': 'application/json-patch+json',
      accept: 'application/vnd.kubernetes.protobuf, application/json',
      'accept-encoding': 'identity',
    },
    body: JSON.stringify(opsFor(pod, index)),
  });
  await body.arrayBuffer();
  if (statusCode !== 200) throw new Error(`status ${statusCode}`);
};

await measured(patch, options);
