/** Tells the chapters one after the other: acts, then watches the record until what must come of it has come. */

import type { Bar, Branch, Screen } from './screen.ts';
import type { Chapter, Kubectl, Newest, Progress, Step } from './story.ts';

export interface Stage {
  readonly kubectl: Kubectl;
  readonly newest: Newest;
  readonly screen: Screen;
}

export interface Told {
  readonly title: string;
  readonly seconds: number;
}

const chapterWithinMs = 120_000;
const refreshMs = 100;

/** @throws Error naming the chapter and how far it came, when it takes longer than two minutes */
export const tell = async (chapters: readonly Chapter[], stage: Stage): Promise<readonly Told[]> => {
  const told: Told[] = [];
  const branches: Branch[] = chapters.map(({ title }) => ({ title, mark: 'waiting', detail: '' }));
  for (const [index, { title, steps }] of chapters.entries()) {
    const show = (mark: Branch['mark'], detail: string, bar?: Bar): void => {
      branches[index] = { title, mark, detail, ...(bar === undefined ? {} : { bar }) };
      stage.screen.show(branches);
    };
    const began = performance.now();
    const seconds = () => (performance.now() - began) / 1000;
    for (const step of steps)
      await follow(step, stage, progress => show('running', progress.detail, progress)).catch((error: unknown) => {
        show('failed', String(error));
        throw error;
      });
    show('done', `${lastDetail(branches[index])} in ${seconds().toFixed(1)} s`);
    told.push({ title, seconds: seconds() });
  }
  return told;
};

const lastDetail = (branch: Branch | undefined): string => branch?.detail ?? '';

const follow = async (step: Step, { kubectl, newest }: Stage, show: (progress: Progress) => void): Promise<void> => {
  await step.act(kubectl);
  const deadline = performance.now() + chapterWithinMs;
  for (;;) {
    const progress = step.progress(newest);
    show(progress);
    if (progress.done >= progress.of) return;
    if (performance.now() > deadline)
      throw new Error(`not finished after ${chapterWithinMs / 1000} s: ${progress.detail}`);
    await new Promise(resolve => setTimeout(resolve, refreshMs));
  }
};
