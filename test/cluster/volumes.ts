/**
 * The controller-manager's host-path provisioner makes an empty folder for every volume, at a place of its own that
 * no flag changes. The audit log names them all, which holds after a crash too.
 */
import { createReadStream, existsSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const volumesFolder = '/tmp/hostpath_pv';
const provisionedAt = /"(\/tmp\/hostpath_pv\/[0-9a-f-]{36})"/;

/** Removes the folders of this cluster's volumes that are empty, as only they can be: no container ever ran. */
export const removeProvisionedVolumes = async (folder: string): Promise<void> => {
  const log = join(folder, 'logs', 'audit-kube-apiserver.log');
  if (!existsSync(log)) return;
  for await (const line of createInterface({ input: createReadStream(log) })) {
    const path = line.includes('/persistentvolumes') ? provisionedAt.exec(line)?.[1] : undefined;
    if (path !== undefined) removeIfEmpty(path);
  }
  removeIfEmpty(volumesFolder);
};

const removeIfEmpty = (path: string): void => {
  try {
    rmdirSync(path);
  } catch {
    // Gone already, or still used by another cluster.
  }
};
