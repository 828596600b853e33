/** Which revision of a set goes into a new pod: the current spec, or the one that the set is pinned to. */

import type { RevisionView } from '../resources.ts';
import type { Injection } from './injection.ts';
import type { Matched } from './match.ts';
import { isPin, pinnedRevision, recordedInjection } from './revision.ts';

export interface Asked {
  /** Of the pod. */
  readonly labels: Readonly<Record<string, string>>;
  /** Any text that is new for each pod: a share of all texts draws the pinned revision. */
  readonly draw: string;
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
  const pin = set.spec.injectionStrategy.revision;
  if (!isPin(pin) || !wantsPinned({ view, set }, asked))
    return { injection: set.injection, of: 'Current', warnings: [] };
  const revision = pinnedRevision(view.name, pin, asked.revisions());
  const pinned = revision && recordedInjection(view.name, revision);
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

const wantsPinned = ({ set }: Matched, { labels, draw }: Asked): boolean => {
  const { updateStrategy, injectionStrategy } = set.spec;
  if (updateStrategy.paused || injectionStrategy.revision?.policy !== 'Partial') return true;
  if (updateStrategy.selector !== undefined && !updateStrategy.selector.matches(labels)) return true;
  return updateStrategy.partition.is === 'percent' && drawn(draw) < updateStrategy.partition.value;
};

/** From 0 up to 100, evenly spread: FNV-1a with a last mix, because ids differ in few places. */
const drawn = (text: string): number => {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (((hash ^ (hash >>> 16)) >>> 0) % 10_000) / 100;
};
