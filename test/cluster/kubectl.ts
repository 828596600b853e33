/** kubectl as a function, for what a user would type. */
import { execFile } from 'node:child_process';

/** What every call shares. */
export interface Kubectl {
  readonly command: string;
  readonly kubeconfig: string;
  /** Folder where it may keep what it learned about the server, instead of the user's home. */
  readonly cache: string;
}

/** Its standard output; rejects with its standard error. `input` is what `-f -` reads. */
export const runKubectl = (kubectl: Kubectl, args: readonly string[], input = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const all = [`--kubeconfig=${kubectl.kubeconfig}`, `--cache-dir=${kubectl.cache}`, ...args];
    const child = execFile(kubectl.command, all, { maxBuffer: 256 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`kubectl ${args.join(' ')}: ${stderr.trim() || error.message}`));
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
