/** The fake kubelet as a process: registers pretend nodes, then plays every pod that is bound to one of them. */

import { Command, InvalidArgumentError, Option } from 'commander';
import { connect } from '../../../kube/client/connect.ts';
import type { Client } from '../../../kube/client.ts';
import { systemClock } from '../../../kube/clock.ts';
import type { Millis } from '../../../kube/contract.ts';
import { type LogOptions, openLog } from '../../../kube/log.ts';
import { startMachine } from '../../../kube/machine.ts';
import { collectionPath } from '../../../kube/paths.ts';
import { logged } from '../../../kube/telemetry.ts';
import { asStatus, parseJson } from '../../../kube/wire.ts';
import { kubelets } from './controller.ts';
import { nodeHeartbeats, nodeObject, ourNodes } from './nodes.ts';
import { type Delays, durationIn, settingsAt } from './settings.ts';
import { objectIn, textIn } from './wire.ts';

interface Options {
  readonly kubeconfig: string;
  readonly nodes: number;
  readonly scale: number;
  readonly delay: Partial<Delays>;
  readonly logLevel: LogOptions['level'];
}

const numberFrom = (text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError('not a number of at least 0');
  return value;
};

const delayFrom = (text: string, before: Partial<Delays>): Partial<Delays> => {
  const [name = '', duration = ''] = text.split('=');
  const value: Millis | undefined = durationIn(duration);
  if (!Object.hasOwn(settingsAt(1, 0).delays, name) || value === undefined)
    throw new InvalidArgumentError(`known: ${Object.keys(settingsAt(1, 0).delays).join(', ')}, as in start=800ms`);
  return { ...before, [name]: value };
};

const options = (): Options =>
  new Command()
    .requiredOption('--kubeconfig <file>', 'the cluster')
    .requiredOption('--nodes <count>', 'how many nodes to register', numberFrom)
    .option('--scale <factor>', 'multiplies all delays', numberFrom, 1)
    .option('--delay <name=duration>', 'one delay of the cluster; may be repeated', delayFrom, {})
    .addOption(new Option('--log-level <level>').choices(['debug', 'info', 'warn', 'error']).default('info'))
    .parse()
    .opts<Options>();

interface Version {
  /** e.g. `v1.36.3` */
  readonly full: string;
  readonly minor: number;
}

/** The kubelets are as old as the server. */
const versionOf = async (client: Client): Promise<Version> => {
  const { status, body } = await client.request({ method: 'GET', path: '/version' });
  const version = objectIn(parseJson(body.toString('utf8')));
  if (status !== 200) throw new Error(`the server does not tell its version: ${status}`);
  return { full: textIn(version['gitVersion']), minor: Number.parseInt(textIn(version['minor']), 10) };
};

const register = async (client: Client, index: number, version: string): Promise<void> => {
  const body = JSON.stringify(nodeObject(index, version, systemClock.now()));
  const path = collectionPath(ourNodes, '');
  const answer = await client.request({ method: 'POST', path, contentType: 'application/json', body });
  const text = answer.body.toString('utf8');
  const { code, message } = asStatus(parseJson(text), answer.status, text);
  // A kubelet that was restarted finds its node.
  if (code >= 300 && code !== 409) throw new Error(`node-${index} cannot be registered: ${message}`);
};

const untilSignalled = (): Promise<unknown> =>
  new Promise(resolve => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });

const main = async ({ kubeconfig, nodes, scale, delay, logLevel }: Options): Promise<void> => {
  const signal = untilSignalled();
  const log = openLog({ level: logLevel, format: 'text' });
  const clock = systemClock;
  const client = await connect({ source: { kubeconfig }, role: 'fake-kubelet', clock });
  const version = await versionOf(client);
  await Promise.all(Array.from({ length: nodes }, (_, index) => register(client, index, version.full)));
  const standard = settingsAt(scale, version.minor);
  const settings = { ...standard, delays: { ...standard.delays, ...delay } };
  const machine = startMachine({
    client,
    clock,
    controllers: [kubelets(settings), nodeHeartbeats],
    telemetry: logged(log),
  });
  await machine.synced;
  process.stdout.write(`fake kubelet: plays ${nodes} nodes of Kubernetes ${version.full}\n`);
  await signal;
  await machine.stop();
  await client.close();
  await log.flush();
};

await main(options());
