import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asAddress, asCount, asUrl, type Options, parseOptions } from './options.ts';

const parsed = async (...args: readonly string[]): Promise<Options> => {
  const { promise, resolve } = Promise.withResolvers<Options>();
  await parseOptions(args, async options => resolve(options));
  return promise;
};

describe('options', () => {
  it('of a controller say where it connects, and who it is', async () => {
    const options = await parsed('controller', '--kubeconfig', 'a/file', '--identity', 'me', '--log-format', 'text');
    assert.equal(options.role, 'controller');
    assert.deepEqual(options.source, { kubeconfig: 'a/file' });
    assert.equal(options.identity, 'me');
    assert.deepEqual(options.log, { level: 'info', format: 'text' });
  });

  it('without a kubeconfig mean the cluster around', async () => {
    assert.equal((await parsed('webhook', '--kubeconfig', '')).source, 'in-cluster');
  });

  it('name the installation', async () => {
    const { installation } = await parsed('webhook', '--namespace', 'mine', '--webhook-url', 'https://10.0.0.1:9443');
    assert.deepEqual(installation, {
      namespace: 'mine',
      secretName: 'berth-webhook-certificate',
      mutatingConfiguration: 'berth-mutating',
      validatingConfiguration: 'berth-validating',
      patchPodMetadata: 'deny',
      podReadyGate: 'owned',
      sidecarOrder: 'set',
      webhookUrl: 'https://10.0.0.1:9443',
    });
  });

  it('say whether pod metadata may be patched without a whitelist', async () => {
    const { installation } = await parsed('webhook', '--patch-pod-metadata', 'allow');
    assert.equal(installation.patchPodMetadata, 'allow');
  });

  it('say which pods get the gate, and how sidecars are sorted', async () => {
    const flags = ['--pod-ready-gate', 'all', '--sidecar-order', 'container'];
    const { podReadyGate, sidecarOrder } = (await parsed('webhook', ...flags)).installation;
    assert.deepEqual([podReadyGate, sidecarOrder], ['all', 'container']);
  });
});

describe('writes', () => {
  it('have a ceiling, which flags move', async () => {
    assert.deepEqual((await parsed('controller')).writes, { perSecond: 300, burst: 600 });
    const { writes } = await parsed('controller', '--writes-per-second', '50', '--writes-burst', '100');
    assert.deepEqual(writes, { perSecond: 50, burst: 100 });
  });

  it('are not stopped by a ceiling that is none', () => {
    for (const text of ['', '0', '-1', '1.5', '1e3', '0x10', 'all', '99999999999999999999'])
      assert.throws(() => asCount(text), /whole number above 0/, text);
  });
});

describe('an address', () => {
  it('is a host and a port; without a host, all of them', () => {
    assert.deepEqual(asAddress('127.0.0.1:9443'), { host: '127.0.0.1', port: 9443 });
    assert.deepEqual(asAddress(':0'), { host: '0.0.0.0', port: 0 });
    assert.deepEqual(asAddress('[::1]:80'), { host: '::1', port: 80 });
  });

  it('is refused without a port, or with one that is none', () => {
    for (const text of ['', '9443', 'localhost', 'localhost:', 'localhost:http', 'localhost:65536', 'a:0x50', '::1:80'])
      assert.throws(() => asAddress(text), /expected host:port/, text);
  });
});

describe('the URL of the webhook', () => {
  it('is the beginning of what the apiserver calls', () => {
    assert.equal(asUrl('https://127.0.0.1:9443'), 'https://127.0.0.1:9443');
    assert.equal(asUrl('https://Berth.Example/'), 'https://berth.example');
  });

  it('has no path: the next look would take it for a part of the webhook’s own, and add it again for ever', () => {
    for (const text of ['https://h/x', 'https://h?x', 'https://h#x', 'https://u@h', 'http://h', 'h:9443', ''])
      assert.throws(() => asUrl(text), /expected https:/, text);
  });
});
