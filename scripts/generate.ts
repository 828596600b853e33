/**
 * `npm run generate`: writes config/ from the code. With --check it changes nothing, and fails if config/ is not what
 * the code says.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { broadcastJobCrd, broadcastJobNames } from '../api/broadcastjob.ts';
import { defaultNamespace } from '../api/names.ts';
import { sidecarSetCrd, sidecarSetNames } from '../api/sidecarset.ts';
import { statefulSetCrd, statefulSetNames } from '../api/statefulset.ts';
import { installation as keepsCertificates } from '../controllers/installation/controller.ts';
import { certificateSecret, endpointsOf, webhookConfiguration } from '../controllers/installation/resources.ts';
import type { Controller, Webhook } from '../kube/contract.ts';
import type { Installation } from '../workloads/installation.ts';
import { differences, type Files, write } from './generate/files.ts';
import { rbacOf } from './generate/rbac.ts';
import { serviceName, webhookConfigurationsOf } from './generate/webhooks.ts';
import { yamlOf } from './generate/yaml.ts';

const root = join(import.meta.dirname, '..');
const folders = ['config/crd', 'config/rbac', 'config/webhook'];

const installation: Installation = {
  namespace: defaultNamespace,
  secretName: 'berth-webhook-certificate',
  mutatingConfiguration: 'berth-mutating',
  validatingConfiguration: 'berth-validating',
};

/** Made as in main.ts, which adds it to the list; here it is only asked what it reads and writes. */
const certificates = keepsCertificates({
  secret: certificateSecret(installation.namespace, installation.secretName),
  namespace: installation.namespace,
  name: installation.secretName,
  configurations: [
    webhookConfiguration('MutatingWebhookConfiguration', installation.mutatingConfiguration),
    webhookConfiguration('ValidatingWebhookConfiguration', installation.validatingConfiguration),
  ],
  endpoints: endpointsOf(installation.namespace, serviceName),
  overlap: 0,
  inspect: () => ({ is: 'broken', why: 'never run' }),
});

const crdFiles = (): Files =>
  new Map(
    [
      { names: sidecarSetNames, crd: sidecarSetCrd },
      { names: statefulSetNames, crd: statefulSetCrd },
      { names: broadcastJobNames, crd: broadcastJobCrd },
    ].map(({ names, crd }) => [`config/crd/${names.plural}.${names.group}.yaml`, yamlOf(crd)]),
  );

/** The lists that the other folders are generated from; undefined until both exist. */
const lists = async (): Promise<
  { readonly controllers: readonly Controller[]; readonly webhooks: readonly Webhook[] } | undefined
> => {
  const paths = ['controllers/index.ts', 'webhooks/index.ts'].map(path => join(root, path));
  if (!paths.every(path => existsSync(path))) return undefined;
  const [controllers, webhooks] = await Promise.all(paths.map(path => import(pathToFileURL(path).href)));
  return {
    controllers: [certificates, ...controllers.controllersFor(installation)],
    webhooks: webhooks.webhooksFor(installation),
  };
};

const processFiles = async (): Promise<Files> => {
  const found = await lists();
  if (found === undefined) return new Map();
  const rbac = rbacOf(found.controllers, found.webhooks, { ...installation, leaseName: 'berth-controller' });
  const { mutating, validating } = webhookConfigurationsOf(found.webhooks, installation);
  return new Map([
    ['config/rbac/controller.yaml', yamlOf(...rbac.controller)],
    ['config/rbac/webhook.yaml', yamlOf(...rbac.webhook)],
    ['config/webhook/mutating.yaml', yamlOf(mutating)],
    ['config/webhook/validating.yaml', yamlOf(validating)],
  ]);
};

const files: Files = new Map([...crdFiles(), ...(await processFiles())]);

if (process.argv.includes('--check')) {
  const lines = differences(root, folders, files);
  if (lines.length > 0) {
    process.stderr.write(`${lines.join('\n')}\nRun \`npm run generate\` and commit what it writes.\n`);
    process.exitCode = 1;
  }
} else {
  write(root, folders, files);
}
