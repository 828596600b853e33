import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { restartsNativeSidecars } from './kubelet.ts';

describe('A kubelet restarts native sidecars whose image changed:', () => {
  const rows: readonly [string | undefined, 'yes' | 'no' | 'unknown'][] = [
    ['v1.32.0', 'yes'],
    ['v1.36.3', 'yes'],
    ['v1.33.1-gke.1386000', 'yes'],
    ['1.40.0', 'yes'],
    ['v2.0.0', 'yes'],
    ['v1.31.9', 'no'],
    ['v1.30.4+k3s1', 'no'],
    ['v1.9.0', 'no'],
    ['', 'unknown'],
    [undefined, 'unknown'],
    ['N/A', 'unknown'],
    ['fake', 'unknown'],
  ];
  for (const [version, answer] of rows)
    it(`${version ?? 'of a node that is not known'}: ${answer}`, () =>
      assert.equal(restartsNativeSidecars(version), answer));
});
