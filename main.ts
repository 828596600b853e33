/** The composition root: options in, everything wired, signals handled. The only file that knows all rooms. */

import { spawn } from 'node:child_process';
import { Registry } from 'prom-client';
import { controllersFor } from './controllers/index.ts';
import { installation } from './controllers/installation/controller.ts';
import {
  certificateSecret,
  endpointsOf,
  type SecretView,
  spareCertificate,
  webhookConfiguration,
} from './controllers/installation/resources.ts';
import { Throttle } from './kube/act/throttle.ts';
import { inspect } from './kube/certificates/inspect.ts';
import { serveCertificateFrom } from './kube/certificates/present.ts';
import { keepSpare } from './kube/certificates/spare.ts';
import { hostIn, serviceNames, year } from './kube/certificates.ts';
import { connect } from './kube/client/connect.ts';
import type { Client } from './kube/client.ts';
import { type Clock, systemClock } from './kube/clock.ts';
import { type Controller, type Resource, seconds } from './kube/contract.ts';
import { stand } from './kube/election.ts';
import { openRecorder } from './kube/events.ts';
import { endByFault } from './kube/fault.ts';
import { type Check, type Health, openHealth } from './kube/health.ts';
import { type OpenLog, openLog } from './kube/log.ts';
import { type Machine, startMachine } from './kube/machine.ts';
import { openMetrics } from './kube/metrics.ts';
import { pages } from './kube/server/pages.ts';
import { type DrainTimes, servePages, serveWebhooks } from './kube/server.ts';
import { logged, together } from './kube/telemetry.ts';
import { type Options, parseOptions } from './options.ts';
import { webhooksFor } from './webhooks/index.ts';

/** What both roles stand on. */
interface Ground {
  readonly options: Options;
  readonly log: OpenLog;
  readonly clock: Clock;
  readonly client: Client;
  readonly registry: Registry;
  readonly health: Health;
  /** Holds the webhook's certificate. */
  readonly secret: Resource<SecretView>;
}

/** Ends what was started, without a failed call. */
type Stop = () => Promise<void>;

const run = async (options: Options): Promise<void> => {
  if (options.role === 'all') return runAll(options);
  const { role, source, installation: place } = options;
  const log = openLog(options.log);
  const clock = systemClock;
  const client = await connect({ source, role, clock });
  const secret = certificateSecret(place.namespace, place.secretName);
  const ground: Ground = { options, log, clock, client, registry: new Registry(), health: openHealth(), secret };
  const stop = role === 'webhook' ? await startWebhook(ground) : await startController(ground);
  // Until here an error is told in full: it is about a flag, a port or a file.
  endByFault(log);
  await stopRequested();
  log.info('stopping');
  await stop();
  await client.close();
  await log.flush();
};

const startWebhook = async (ground: Ground): Promise<Stop> => {
  const { options, client, clock, log, health, registry, secret } = ground;
  const metrics = openMetrics(registry, { silences: () => machine.silences() });
  const webhooks = webhooksFor(options.installation);
  const resources = [...webhooks.flatMap(webhook => webhook.reads), secret];
  const telemetry = together(logged(log), metrics);
  const machine = startMachine({ client, clock, controllers: [], resources, telemetry });
  const served = pagesOf(ground);
  const server = await serveWebhooks(options.webhook, {
    ...{ webhooks, pages: served, clock, log },
    reader: machine.store,
    ready: () => machine.missing().length === 0,
    answered: metrics.reviewAnswered,
  });
  for (const check of [...checksOf(machine), ...server.checks]) health.add(check);
  const stopPresenting = serveCertificateFrom({ store: machine.store, secret, server, log });
  const plain = await servePages(options.pages, { pages: served, clock });
  log.info('webhook listens', { port: server.port, pages: plain.port });
  return async () => {
    await server.drain(drainTimesOf(options));
    stopPresenting();
    await Promise.all([plain.close(), machine.stop()]);
  };
};

const startController = async (ground: Ground): Promise<Stop> => {
  const { options, client, clock, log, health, registry, secret } = ground;
  const { identity, leaseName: name, installation: place } = options;
  const election = stand({
    ...{ client, clock, log, name, identity, namespace: place.namespace },
    onGained: term => machine.lead(term),
    onLost: () => machine.retreat(),
  });
  const reporter = { controller: 'berth.dev/controller', instance: identity };
  const throttle = new Throttle({ clock, ceiling: options.writes });
  const recorder = openRecorder({ client, clock, log, reporter, throttle });
  const { mayWrite } = election;
  const metrics = openMetrics(registry, {
    isLeader: mayWrite,
    queued: () => machine.queued(),
    silences: () => machine.silences(),
    throttle,
  });
  const machine = startMachine({
    ...{ client, clock, recorder, mayWrite, throttle },
    controllers: [installationController(options, secret), ...controllersFor(place)],
    local: [spareCertificate],
    telemetry: together(logged(log), metrics),
  });
  const stopSparing = startSparing(ground, machine);
  for (const check of checksOf(machine)) health.add(check);
  const plain = await servePages(options.pages, { pages: pagesOf(ground), clock });
  log.info('controller runs', { pages: plain.port, identity });
  return async () => {
    // The Lease is given away when no write is in flight any more.
    await Promise.all([machine.stop(), stopSparing(), plain.close()]);
    await election.stop();
    recorder.stop();
  };
};

const installationController = (options: Options, secret: Resource<SecretView>): Controller => {
  const { namespace, secretName, mutatingConfiguration, validatingConfiguration, webhookUrl } = options.installation;
  return installation({
    secret,
    namespace,
    name: secretName,
    configurations: [
      webhookConfiguration('MutatingWebhookConfiguration', mutatingConfiguration),
      webhookConfiguration('ValidatingWebhookConfiguration', validatingConfiguration),
    ],
    endpoints: endpointsOf(namespace, options.serviceName),
    ...(webhookUrl === undefined ? {} : { webhookUrl }),
    overlap: seconds(60),
    inspect: (data, now) => inspect(data, webhookNames(options), now),
  });
};

const startSparing = ({ options, clock, secret }: Ground, { store }: Machine): Stop => {
  const ending = new AbortController();
  const { namespace, secretName: name } = options.installation;
  const wanted = { names: webhookNames(options), lifetime: year };
  const ended = keepSpare({ store, spare: spareCertificate, secret, namespace, name, wanted, clock }, ending.signal);
  return () => {
    ending.abort();
    return ended;
  };
};

const webhookNames = ({ serviceName, installation: { namespace, webhookUrl } }: Options): readonly string[] => [
  ...new Set([...serviceNames(serviceName, namespace), ...(webhookUrl === undefined ? [] : [hostIn(webhookUrl)])]),
];

const pagesOf = ({ options: { role, version }, health, registry }: Ground) =>
  pages({ title: `berth ${role} ${version}`, health, registry });

const checksOf = (machine: Machine): readonly Check[] => [
  { name: 'synced', problem: () => naming('not read yet', machine.missing()) },
  { name: 'current', problem: () => naming('nothing is heard any more of', machine.silent()) },
];

const naming = (what: string, resources: readonly string[]): string | undefined =>
  resources.length === 0 ? undefined : `${what}: ${resources.join(', ')}`;

/** Endpoints are told before the server stops, and the apiserver leaves connections that were idle for 90 s. */
const drainTimesOf = ({ installation: { webhookUrl } }: Options): DrainTimes =>
  webhookUrl === undefined ? { announce: seconds(5), leave: seconds(95), grace: seconds(10) } : withoutService;

/** There is nobody to tell, and nobody else to call. */
const withoutService: DrainTimes = { announce: 0, leave: 0, grace: seconds(10) };

const stopRequested = (): Promise<void> =>
  new Promise(resolve => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });

/** Two processes, as in a cluster, so that a busy controller slows no webhook down. When one ends, so does the other. */
const runAll = async ({ pages: { host, port } }: Options): Promise<void> => {
  const start = (role: string, pagesPort: number) => {
    const [, script = ''] = process.argv;
    const flags = [...process.argv.slice(3), '--pages-address', `${host}:${pagesPort}`];
    return spawn(process.execPath, [...process.execArgv, script, role, ...flags], { stdio: 'inherit' });
  };
  const children = [start('webhook', port), start('controller', port === 0 ? 0 : port + 1)];
  const end = (): void => {
    for (const child of children) child.kill('SIGTERM');
  };
  void stopRequested().then(end);
  const codes = children.map(
    child => new Promise<number>(resolve => child.once('exit', code => resolve(code ?? 1)).once('exit', end)),
  );
  process.exitCode = Math.max(...(await Promise.all(codes)));
};

await parseOptions(process.argv.slice(2), run);
