/** Every flag and environment variable, parsed once into one readonly value. Nothing else reads the environment. */

import { hostname } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { defaultNamespace } from './api/names.ts';
import type { Source } from './kube/client/credentials.ts';
import type { LogOptions } from './kube/log.ts';
import type { Address } from './kube/server.ts';
import packageJson from './package.json' with { type: 'json' };
import type { Installation } from './workloads/installation.ts';

export type Role = 'webhook' | 'controller' | 'all';

export interface Options {
  readonly role: Role;
  readonly version: string;
  readonly source: Source;
  readonly installation: Installation;
  /** Names this process among its replicas, e.g. in the Lease. */
  readonly identity: string;
  readonly leaseName: string;
  readonly serviceName: string;
  readonly webhook: Address;
  /** Health and metrics, over plain HTTP. */
  readonly pages: Address;
  readonly log: LogOptions;
}

interface Flags {
  readonly kubeconfig?: string;
  readonly namespace: string;
  readonly webhookUrl?: string;
  readonly webhookAddress: Address;
  readonly pagesAddress: Address;
  readonly secret: string;
  readonly service: string;
  readonly lease: string;
  readonly mutatingConfiguration: string;
  readonly validatingConfiguration: string;
  readonly identity: string;
  readonly logLevel: LogOptions['level'];
  readonly logFormat: LogOptions['format'];
}

const about: Readonly<Record<Role, string>> = {
  webhook: 'answer admission reviews; any number of replicas',
  controller: 'run the controllers; one replica leads, the others stand by',
  all: 'start a webhook and a controller process, for laptops and demos',
};

/**
 * Parses the arguments behind the program's name and hands the result to `run`.
 * Wrong flags end the process with a message and code 1, as users of command lines expect.
 */
export const parseOptions = async (
  args: readonly string[],
  run: (options: Options) => Promise<void>,
): Promise<void> => {
  const program = new Command('berth')
    .description(
      'Workload controllers and admission webhooks for Kubernetes that change software inside pods which stay where they are.',
    )
    .version(packageJson.version);
  for (const role of ['webhook', 'controller', 'all'] as const)
    withFlags(program.command(role).description(about[role])).action((flags: Flags) => run(optionsFrom(role, flags)));
  await program.parseAsync(args, { from: 'user' });
};

const withFlags = (command: Command): Command =>
  command
    .addOption(
      new Option('--kubeconfig <file>', 'connect with this file instead of as a pod of the cluster').env('KUBECONFIG'),
    )
    .addOption(
      new Option('--namespace <name>', 'where our Secret, Lease and SidecarSet revisions live')
        .env('POD_NAMESPACE')
        .default(defaultNamespace),
    )
    .option(
      '--webhook-url <url>',
      'how the apiserver reaches the webhook if not through its Service, e.g. https://127.0.0.1:9443',
      asUrl,
    )
    .option('--webhook-address <host:port>', 'where the webhook listens', asAddress, { host: '0.0.0.0', port: 9443 })
    .option('--pages-address <host:port>', 'where health and metrics are served', asAddress, {
      host: '0.0.0.0',
      port: 8080,
    })
    .option('--secret <name>', "Secret of the webhook's certificate", 'berth-webhook-certificate')
    .option('--service <name>', 'Service in front of the webhook', 'berth-webhook')
    .option('--lease <name>', 'Lease of the leading controller', 'berth-controller')
    .option('--mutating-configuration <name>', 'MutatingWebhookConfiguration to keep certificates in', 'berth-mutating')
    .option(
      '--validating-configuration <name>',
      'ValidatingWebhookConfiguration to keep certificates in',
      'berth-validating',
    )
    .addOption(
      new Option('--identity <name>', 'this process among its replicas')
        .env('POD_NAME')
        .default(`${hostname()}-${process.pid}`),
    )
    .addOption(new Option('--log-level <level>').choices(['debug', 'info', 'warn', 'error']).default('info'))
    .addOption(new Option('--log-format <format>').choices(['json', 'text']).default('json'));

const optionsFrom = (role: Role, flags: Flags): Options => ({
  role,
  version: packageJson.version,
  source: flags.kubeconfig === undefined ? 'in-cluster' : { kubeconfig: flags.kubeconfig },
  installation: {
    namespace: flags.namespace,
    secretName: flags.secret,
    mutatingConfiguration: flags.mutatingConfiguration,
    validatingConfiguration: flags.validatingConfiguration,
    ...(flags.webhookUrl === undefined ? {} : { webhookUrl: flags.webhookUrl }),
  },
  identity: flags.identity,
  leaseName: flags.lease,
  serviceName: flags.service,
  webhook: flags.webhookAddress,
  pages: flags.pagesAddress,
  log: { level: flags.logLevel, format: flags.logFormat },
});

const asAddress = (text: string): Address => {
  const colon = text.lastIndexOf(':');
  const port = Number(text.slice(colon + 1));
  if (colon < 0 || !Number.isInteger(port) || port < 0 || port > 65535)
    throw new InvalidArgumentError('expected host:port, e.g. 127.0.0.1:9443');
  return { host: text.slice(0, colon) || '0.0.0.0', port };
};

const asUrl = (text: string): string => {
  if (!URL.canParse(text) || new URL(text).protocol !== 'https:' || text.endsWith('/'))
    throw new InvalidArgumentError('expected https://host:port without a last slash');
  return text;
};
