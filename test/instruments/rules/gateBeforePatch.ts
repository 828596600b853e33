/**
 * I7, gate before patch: images of a pod's own containers change only while its gate is closed and it is out of its
 * Services; the gate opens only when the new containers run.
 */

import type { Rule } from '../checker.ts';
import { imagesChanged, type Pod } from '../objects.ts';

interface Written {
  readonly former: string;
  readonly seenAt: number;
}

/** A kubelet that has had nothing to do says nothing; after so long the product may take that for an answer. */
const nothingToDoAfter = 30_000;

export const gateBeforePatch = (): Rule => {
  /** By pod uid, then container: what was replaced while the gate was closed. */
  const closed = new Map<string, Map<string, Written>>();
  return {
    invariant: 'gate before patch',
    needs: ['Pod'],
    see: ({ pod, entry: { seenAt } }) => {
      const { before, after } = pod ?? {};
      if (before === undefined || after === undefined || after.gate === undefined) return [];
      const changed = imagesChanged(before, after).filter(name => !after.containers.get(name)?.isInjected);
      const written = closed.get(after.uid) ?? new Map<string, Written>();
      for (const name of changed) written.set(name, { former: before.containers.get(name)?.id ?? '', seenAt });
      closed.set(after.uid, written);
      const opened = before.gate === 'False' && after.gate === 'True';
      const wrong = [
        ...(changed.length > 0 ? undrained(before, changed) : []),
        ...(opened ? unproven(after, written, seenAt) : []),
      ];
      if (opened) closed.delete(after.uid);
      return wrong;
    },
  };
};

const undrained = (before: Pod, changed: readonly string[]): readonly string[] => {
  const what = `the image of ${changed.join(', ')} in ${before.key} changed`;
  if (before.gate !== 'False') return [`${what} before its gate was closed`];
  return before.isReady ? [`${what} while it was still Ready`] : [];
};

const unproven = (after: Pod, written: ReadonlyMap<string, Written>, now: number): readonly string[] =>
  [...written].flatMap(([name, { former, seenAt }]) => {
    const container = after.containers.get(name);
    if (container === undefined) return [];
    if (container.isRunning && (container.id !== former || now - seenAt >= nothingToDoAfter)) return [];
    return [`the gate of ${after.key} opened before the new container ${name} ran`];
  });
