/** Every flag and environment variable, parsed once into one readonly value. Nothing else reads the environment. */

import { hostname } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { defaultNamespace } from './api/names.ts';
import type { Ceiling } from './kube/act/bucket.ts';
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
  /** Most writes to the apiserver in the long run, and after a pause. */
  readonly writes: Ceiling;
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
  readonly patchPodMetadata: 'deny' | 'allow';
  readonly podReadyGate: 'owned' | 'all';
  readonly sidecarOrder: 'set' | 'container';
  readonly identity: string;
  readonly writesPerSecond: number;
  readonly writesBurst: number;
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
    .addOption(addressOption('--webhook-address <host:port>', 'where the webhook listens', '0.0.0.0:9443'))
    .addOption(addressOption('--pages-address <host:port>', 'where health and metrics are served', '0.0.0.0:8080'))
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
      new Option(
        '--patch-pod-metadata <verdict>',
        'whether SidecarSets may set annotations of pods where no whitelist has a rule for them',
      )
        .choices(['deny', 'allow'])
        .default('deny'),
    )
    .addOption(
      new Option(
        '--pod-ready-gate <pods>',
        'new pods that get the readiness gate KruisePodReady: those of kinds of apps.kruise.io, or all, of which then none becomes Ready without a controller',
      )
        .choices(['owned', 'all'])
        .default('owned'),
    )
    .addOption(
      new Option('--sidecar-order <by>', 'what containers of several SidecarSets are sorted by')
        .choices(['set', 'container'])
        .default('set'),
    )
    .addOption(
      new Option('--identity <name>', 'this process among its replicas')
        .env('POD_NAME')
        .default(`${hostname()}-${process.pid}`),
    )
    .option(
      '--writes-per-second <number>',
      'ceiling of writes to the apiserver; below it they adapt to how it answers',
      asCount,
      300,
    )
    .option('--writes-burst <number>', 'writes above that ceiling after a pause', asCount, 600)
    .addOption(new Option('--log-level <level>').choices(['debug', 'info', 'warn', 'error']).default('info'))
    .addOption(new Option('--log-format <format>').choices(['json', 'text']).default('json'));

const addressOption = (flags: string, description: string, usual: string): Option =>
  new Option(flags, description).argParser(asAddress).default(asAddress(usual), usual);

const optionsFrom = (role: Role, flags: Flags): Options => ({
  role,
  version: packageJson.version,
  source: flags.kubeconfig ? { kubeconfig: flags.kubeconfig } : 'in-cluster',
  installation: {
    namespace: flags.namespace,
    secretName: flags.secret,
    mutatingConfiguration: flags.mutatingConfiguration,
    validatingConfiguration: flags.validatingConfiguration,
    patchPodMetadata: flags.patchPodMetadata,
    podReadyGate: flags.podReadyGate,
    sidecarOrder: flags.sidecarOrder,
    ...(flags.webhookUrl === undefined ? {} : { webhookUrl: flags.webhookUrl }),
  },
  identity: flags.identity,
  leaseName: flags.lease,
  serviceName: flags.service,
  webhook: flags.webhookAddress,
  pages: flags.pagesAddress,
  writes: { perSecond: flags.writesPerSecond, burst: flags.writesBurst },
  log: { level: flags.logLevel, format: flags.logFormat },
});

/** @throws InvalidArgumentError */
export const asAddress = (text: string): Address => {
  const [, bracketed, plain = '', port = ''] = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(text) ?? [];
  if (port === '' || Number(port) > 65_535)
    throw new InvalidArgumentError('expected host:port, e.g. 127.0.0.1:9443 or [::1]:9443');
  return { host: (bracketed ?? plain) || '0.0.0.0', port: Number(port) };
};

/** @throws InvalidArgumentError */
export const asCount = (text: string): number => {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count) || count === 0)
    throw new InvalidArgumentError('expected a whole number above 0');
  return count;
};

/**
 * Nothing but where the server is: each webhook appends its own path.
 * @throws InvalidArgumentError
 */
export const asUrl = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.protocol !== 'https:' || url.href !== `${url.origin}/`)
    throw new InvalidArgumentError('expected https://host:port and nothing behind it');
  return url.origin;
};
