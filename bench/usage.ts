/** What this process has used, as the system counts it: garbage collection and TLS included. */

import { readFileSync } from 'node:fs';

export interface Usage {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** The most that it ever had. */
  readonly peakRssMb: number;
}

/** Returns the function that tells what was used since. */
export const startUsage = (): (() => Usage) => {
  const began = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return {
      seconds: (performance.now() - began) / 1000,
      cpuSeconds: (user + system) / 1e6,
      peakRssMb: process.resourceUsage().maxRSS / 1024,
    };
  };
};

/** Says something to the program that started this one. */
export const say = (message: object): void => void process.send?.(message);

/** What this program was started with. */
export const given = <T>(): T => JSON.parse(process.argv[2] ?? '{}') as T;

/** The same of another process of this machine, as Linux tells it. */
export const usageOf = (pid: number): { readonly cpuSeconds: number; readonly peakRssMb: number } => {
  const [, after = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user, system] = after.split(' ').slice(11, 13).map(Number);
  const [, peak] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  // The kernel counts in hundredths, whatever its own tick.
  return { cpuSeconds: ((user ?? 0) + (system ?? 0)) / 100, peakRssMb: Number(peak ?? 0) / 1024 };
};
