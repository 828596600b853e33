/**
 * Rules of the containers and volumes of a set. The apiserver would refuse every pod that a broken one goes into, so
 * what breaks most often is refused here, where its author sees it.
 */

import { invalid, type Problem, required } from '../../api/problem.ts';
import { parseQuantity } from '../../api/quantity.ts';
import { isGiven, itemsOf, memberOf, type Raw, textOf } from './raw.ts';
import { resourcesProblems } from './resources.ts';
import { transferProblems } from './transferEnv.ts';

export const containerProblems = (spec: Raw): readonly Problem[] => {
  const init = itemsOf(spec, 'initContainers');
  const main = itemsOf(spec, 'containers');
  const volumes = itemsOf(spec, 'volumes');
  const names = [...main, ...init].map(c => textOf(c, 'name'));
  if (names.length === 0) return [required('spec', 'no initContainer or container defined for SidecarSet')];
  return [
    ...volumes.flatMap((volume, i) => volumeProblems(volume, i, volumes)),
    ...main.flatMap((c, i) => problemsOf(c, `spec.containers[${i}]`, volumes)),
    ...init.flatMap((c, i) => problemsOf(c, `spec.initContainers[${i}]`, volumes)),
    ...init.flatMap((c, i) => initProblems(c, `spec.initContainers[${i}]`)),
    ...main.flatMap((_, i) => repeated(names, i, `spec.containers[${i}].name`)),
    ...init.flatMap((_, i) => repeated(names, main.length + i, `spec.initContainers[${i}].name`)),
  ];
};

const repeated = (names: readonly string[], index: number, field: string): readonly Problem[] => {
  const name = names[index] ?? '';
  return name !== '' && names.indexOf(name) < index ? [duplicate(field, name)] : [];
};

const duplicate = (field: string, name: string): Problem => ({
  field,
  message: `${JSON.stringify(name)} is used twice`,
  reason: 'FieldValueDuplicate',
});

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

const nameProblems = (name: string, field: string): readonly Problem[] => {
  if (name === '') return [required(field, 'must be given')];
  return name.length <= 63 && dnsLabel.test(name)
    ? []
    : [
        invalid(
          field,
          `${JSON.stringify(name)}: must be at most 63 lower case letters, digits or '-', and begin and end with a letter or a digit`,
        ),
      ];
};

const volumeProblems = (volume: Raw, index: number, all: readonly Raw[]): readonly Problem[] => {
  const field = `spec.volumes[${index}].name`;
  return [
    ...nameProblems(textOf(volume, 'name'), field),
    ...repeated(
      all.map(v => textOf(v, 'name')),
      index,
      field,
    ),
  ];
};

const problemsOf = (container: Raw, path: string, volumes: readonly Raw[]): readonly Problem[] => [
  ...nameProblems(textOf(container, 'name'), `${path}.name`),
  ...imageProblems(container, `${path}.image`),
  ...mountProblems(container, path, new Set(volumes.map(v => textOf(v, 'name')))),
  ...envProblems(itemsOf(container, 'env'), `${path}.env`),
  ...resourceProblems(memberOf(container, 'resources'), `${path}.resources`),
  ...transferProblems(itemsOf(container, 'transferEnv'), `${path}.transferEnv`),
  ...resourcesProblems(container, `${path}.resourcesPolicy`),
];

const imageProblems = (container: Raw, field: string): readonly Problem[] => {
  const image = textOf(container, 'image');
  if (image === '') return [required(field, 'must be given')];
  return image.trim() === image ? [] : [invalid(field, 'must not have leading or trailing whitespace')];
};

const mountProblems = (container: Raw, path: string, volumes: ReadonlySet<string>): readonly Problem[] => {
  const mounts = itemsOf(container, 'volumeMounts');
  const devices = itemsOf(container, 'volumeDevices');
  const paths = [...mounts.map(m => textOf(m, 'mountPath')), ...devices.map(d => textOf(d, 'devicePath'))];
  const known = (item: Raw, field: string): readonly Problem[] =>
    volumes.has(textOf(item, 'name'))
      ? []
      : [invalid(`${field}.name`, `volume ${JSON.stringify(textOf(item, 'name'))} is not in spec.volumes`)];
  const place = (index: number, field: string): readonly Problem[] => {
    const at = paths[index] ?? '';
    if (at === '') return [required(field, 'must be given')];
    return paths.indexOf(at) < index ? [invalid(field, `${JSON.stringify(at)}: must be unique`)] : [];
  };
  return [
    ...mounts.flatMap((m, i) => [
      ...known(m, `${path}.volumeMounts[${i}]`),
      ...place(i, `${path}.volumeMounts[${i}].mountPath`),
    ]),
    ...devices.flatMap((d, i) => [
      ...known(d, `${path}.volumeDevices[${i}]`),
      ...place(mounts.length + i, `${path}.volumeDevices[${i}].devicePath`),
    ]),
  ];
};

const envProblems = (env: readonly Raw[], path: string): readonly Problem[] =>
  env.flatMap((variable, i) =>
    textOf(variable, 'name') === '' ? [required(`${path}[${i}].name`, 'must be given')] : [],
  );

const resourceProblems = (resources: Raw, path: string): readonly Problem[] => {
  const limits = memberOf(resources, 'limits');
  return Object.entries(memberOf(resources, 'requests')).flatMap(([name, amount]) => {
    const request = parseQuantity(amount);
    const limit = isGiven(limits, name) ? parseQuantity(limits[name]) : undefined;
    return request !== undefined && limit !== undefined && request.nano > limit.nano
      ? [invalid(`${path}.requests[${name}]`, `must be less than or equal to the limit of ${String(limits[name])}`)]
      : [];
  });
};

/** What only a container that keeps running may have. */
const initProblems = (container: Raw, path: string): readonly Problem[] => {
  if (textOf(container, 'restartPolicy') === 'Always') return [];
  const without = 'without restartPolicy=Always';
  return [
    ...(isGiven(container, 'resourcesPolicy')
      ? [
          invalid(
            `${path}.resourcesPolicy`,
            'resourcesPolicy is only supported for containers with RestartPolicy Always',
          ),
        ]
      : []),
    ...['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle']
      .filter(member => isGiven(container, member))
      .map(
        (member): Problem => ({
          field: `${path}.${member}`,
          message: `may not be set for init containers ${without}`,
          reason: 'FieldValueForbidden',
        }),
      ),
  ];
};
