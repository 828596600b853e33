/** Rights as single permissions: those that the manifests grant, and those that an audit log shows at work. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/** e.g. `berth-controller: patch pods/status`, with the group behind the resource where it is not the core one. */
export type Permission = string;

const permission = (account: string, verb: string, group: string, resource: string): Permission =>
  `${account}: ${verb} ${resource}${group === '' ? '' : ` of ${group}`}`;

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly Rule[];
}

/** Roles have the names of the accounts that they are bound to. */
export const grantedIn = (folder: string): ReadonlySet<Permission> => {
  const manifests = readdirSync(folder).flatMap(file =>
    parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map(document => document.toJS() as Manifest),
  );
  return new Set(
    manifests.flatMap(({ metadata, rules = [] }) =>
      rules.flatMap(({ apiGroups, resources, verbs }) =>
        apiGroups.flatMap(group =>
          resources.flatMap(resource => verbs.map(verb => permission(metadata.name, verb, group, resource))),
        ),
      ),
    ),
  );
};

interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly apiGroup?: string; readonly resource?: string; readonly subresource?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Use {
  readonly permission: Permission;
  readonly isDenied: boolean;
}

const ours = 'system:serviceaccount:berth-system:';

/** Every call of Berth's accounts that an apiserver has written down; a last line that was cut off is left out. */
export const usesIn = (auditLog: string): readonly Use[] =>
  readFileSync(auditLog, 'utf8')
    .split('\n')
    .slice(0, -1)
    .filter(line => line.includes(ours))
    .map(line => JSON.parse(line) as AuditEvent)
    .filter(({ user }) => user.username.startsWith(ours))
    .map(({ user, verb, objectRef: { apiGroup = '', resource = '', subresource } = {}, annotations }) => ({
      permission: permission(
        user.username.slice(ours.length),
        verb,
        apiGroup,
        subresource === undefined ? resource : `${resource}/${subresource}`,
      ),
      isDenied: annotations?.['authorization.k8s.io/decision'] !== 'allow',
    }));
