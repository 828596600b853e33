/** The fields of a sidecar container in the order in which the Kubernetes 1.32 types print them. */

import { always, filled, list, map, nullable, quantity, type Shape, scalar, set, struct } from './typedJson.ts';

const strings = list(scalar);
const quantities = map(quantity);

const port = struct(
  filled('name'),
  filled('hostPort'),
  always('containerPort', scalar, '0'),
  filled('protocol'),
  filled('hostIP'),
);

const fieldRef = struct(filled('apiVersion'), always('fieldPath'));
const reference = struct(filled('name'), set('optional'));
const key = struct(filled('name'), always('key'), set('optional'));

const envFrom = struct(filled('prefix'), set('configMapRef', reference), set('secretRef', reference));

const env = struct(
  always('name'),
  filled('value'),
  set(
    'valueFrom',
    struct(
      set('fieldRef', fieldRef),
      set('resourceFieldRef', struct(filled('containerName'), always('resource'), always('divisor', quantity, '"0"'))),
      set('configMapKeyRef', key),
      set('secretKeyRef', key),
    ),
  ),
);

const resources = struct(
  filled('limits', quantities),
  filled('requests', quantities),
  filled('claims', list(struct(always('name'), filled('request')))),
);

const volumeMount = struct(
  always('name'),
  filled('readOnly'),
  set('recursiveReadOnly'),
  always('mountPath'),
  filled('subPath'),
  set('mountPropagation'),
  filled('subPathExpr'),
);

const exec = struct(filled('command', strings));
const httpGet = struct(
  filled('path'),
  always('port', scalar, '0'),
  filled('host'),
  filled('scheme'),
  filled('httpHeaders', list(struct(always('name'), always('value')))),
);
const tcpSocket = struct(always('port', scalar, '0'), filled('host'));

const probe = struct(
  set('exec', exec),
  set('httpGet', httpGet),
  set('tcpSocket', tcpSocket),
  set('grpc', struct(always('port', scalar, '0'), nullable('service'))),
  filled('initialDelaySeconds'),
  filled('timeoutSeconds'),
  filled('periodSeconds'),
  filled('successThreshold'),
  filled('failureThreshold'),
  set('terminationGracePeriodSeconds'),
);

const handler = struct(
  set('exec', exec),
  set('httpGet', httpGet),
  set('tcpSocket', tcpSocket),
  set('sleep', struct(always('seconds', scalar, '0'))),
);

const profile = struct(always('type'), set('localhostProfile'));

const securityContext = struct(
  set('capabilities', struct(filled('add', strings), filled('drop', strings))),
  set('privileged'),
  set('seLinuxOptions', struct(filled('user'), filled('role'), filled('type'), filled('level'))),
  set(
    'windowsOptions',
    struct(set('gmsaCredentialSpecName'), set('gmsaCredentialSpec'), set('runAsUserName'), set('hostProcess')),
  ),
  set('runAsUser'),
  set('runAsGroup'),
  set('runAsNonRoot'),
  set('readOnlyRootFilesystem'),
  set('allowPrivilegeEscalation'),
  set('procMount'),
  set('seccompProfile', profile),
  set('appArmorProfile', profile),
);

const policy = struct(filled('type'));
const amounts = struct(filled('cpu'), filled('memory'));

const resourcesPolicy = struct(
  always('targetContainersMode'),
  filled('targetContainersNameRegex'),
  always('resourcesExpr', struct(set('limits', amounts), set('requests', amounts)), '{}'),
);

export const sidecarContainer: Shape = struct(
  always('name'),
  filled('image'),
  filled('command', strings),
  filled('args', strings),
  filled('workingDir'),
  filled('ports', list(port)),
  filled('envFrom', list(envFrom)),
  filled('env', list(env)),
  always('resources', resources, '{}'),
  filled('resizePolicy', list(struct(always('resourceName'), always('restartPolicy')))),
  set('restartPolicy'),
  filled('volumeMounts', list(volumeMount)),
  filled('volumeDevices', list(struct(always('name'), always('devicePath')))),
  set('livenessProbe', probe),
  set('readinessProbe', probe),
  set('startupProbe', probe),
  set('lifecycle', struct(set('postStart', handler), set('preStop', handler))),
  filled('terminationMessagePath'),
  filled('terminationMessagePolicy'),
  filled('imagePullPolicy'),
  set('securityContext', securityContext),
  filled('stdin'),
  filled('stdinOnce'),
  filled('tty'),
  filled('podInjectPolicy'),
  always('upgradeStrategy', struct(filled('upgradeType'), filled('hotUpgradeEmptyImage')), '{}'),
  always('shareVolumePolicy', policy, '{}'),
  set('shareVolumeDevicePolicy', policy),
  filled(
    'transferEnv',
    list(
      struct(
        filled('sourceContainerName'),
        set('sourceContainerNameFrom', struct(set('fieldRef', fieldRef))),
        filled('envName'),
        filled('envNames', strings),
      ),
    ),
  ),
  set('resourcesPolicy', resourcesPolicy),
);
