/** Which revision of a set goes into a new pod: the current spec, or the one that the set is pinned to. */

import type { RevisionView } from '../resources.ts';
import type { UsableSidecarSet } from '../sidecarsets.ts';
import type { Injection } from './injection.ts';
import type { Matched } from './match.ts';
import { isPin, pinnedRevision, recordedInjection } from './revision.ts';

export interface Asked {
  /** Of the pod. */
  readonly labels: Readonly<Record<string, string>>;
  /** Any text that is new for each pod: a share of all texts draws the pinned revision. */
  readonly draw: string;
  /** Whether the pod has this very injection in it already. */
  readonly carries: (injection: Injection) => boolean;
  /** Looked at only for pinned sets. */
  revisions(): readonly RevisionView[];
}

export interface Choice {
  readonly injection: Injection;
  readonly of: 'Current' | 'Pinned' | 'PinnedRevisionMissing';
  readonly warnings: readonly string[];
}

/** A pinned revision that is gone never costs a pod: the current spec goes in, and a warning says so. */
export const choiceFor = ({ view, set }: Matched, asked: Asked): Choice => {
  const current: Choice = { injection: set.injection, of: 'Current', warnings: [] };
  const pin = set.spec.injectionStrategy.revision;
  if (!isPin(pin)) return current;
  const share = pinnedShare(set, asked.labels);
  if (share === 0) return current;
  const revision = pinnedRevision(view.name, pin, asked.revisions());
  const pinned = revision && recordedInjection(view.name, revision);
  if (share < 100 && !isDrawn({ current: set.injection, pinned, share }, asked)) return current;
  // The set as it is has decided for what it was.
  const { generation } = set.injection;
  if (pinned !== undefined) return { injection: { ...pinned, generation }, of: 'Pinned', warnings: [] };
  const name = pin.revisionName ?? `customVersion ${pin.customVersion}`;
  return {
    injection: set.injection,
    of: 'PinnedRevisionMissing',
    warnings: [`SidecarSet ${view.name}: the pinned revision ${name} cannot be found; the current one is injected`],
  };
};

/** How many of a hundred pods of these labels get the pinned revision. */
const pinnedShare = ({ spec }: UsableSidecarSet, labels: Asked['labels']): number => {
  const { updateStrategy, injectionStrategy } = spec;
  if (updateStrategy.paused || injectionStrategy.revision?.policy !== 'Partial') return 100;
  if (updateStrategy.selector !== undefined && !updateStrategy.selector.matches(labels)) return 100;
  return updateStrategy.partition.is === 'percent' ? updateStrategy.partition.value : 0;
};

interface Draw {
  readonly current: Injection;
  readonly pinned: Injection | undefined;
  readonly share: number;
}

/** Drawn once: the review of one pod may come again, under another id, when another webhook has changed the pod. */
const isDrawn = ({ current, pinned, share }: Draw, { carries, draw }: Asked): boolean => {
  if (carries(current)) return false;
  return (pinned !== undefined && carries(pinned)) || drawn(draw) < share;
};

/** From 0 up to 100, evenly spread: FNV-1a with a last mix, because ids differ in few places. */
const drawn = (text: string): number => {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (((hash ^ (hash >>> 16)) >>> 0) % 10_000) / 100;
};
