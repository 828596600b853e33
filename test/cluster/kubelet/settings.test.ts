import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podView } from './pod.ts';
import { delaysOf, durationIn, settingsAt } from './settings.ts';

test('durations are read as Go writes them', () => {
  assert.equal(durationIn('800ms'), 800);
  assert.equal(durationIn('1m1.5s'), 61_500);
  assert.equal(durationIn('0'), 0);
  for (const text of ['', '5', 'fast', '-1s', '1s ']) assert.equal(durationIn(text), undefined);
});

test('a scale multiplies every delay, and a pod can have its own', () => {
  const settings = settingsAt(2, 36);
  assert.equal(settings.delays.start, 2 * settingsAt(1, 36).delays.start);
  const annotations = { 'fake-kubelet/start-delay': '1s', 'fake-kubelet/stop-delay': 'soon' };
  const pod = podView({ apiVersion: 'v1', kind: 'Pod', metadata: { annotations }, spec: { nodeName: 'n' } });
  assert.ok(pod !== undefined);
  assert.deepEqual(delaysOf(pod, settings), { ...settings.delays, start: 1000 });
});
