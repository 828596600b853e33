/** Manifests as users write them, in both versions. */

export const manifests = {
  'a log agent': `
apiVersion: apps.kruise.io/v1alpha1
kind: SidecarSet
metadata: { name: log-agent }
spec:
  selector: { matchLabels: { logs: "on" } }
  updateStrategy: { type: RollingUpdate, maxUnavailable: 10%, partition: 980 }
  containers:
    - name: agent
      image: agent:7.16.2
      command: ["agent", "--follow"]
      shareVolumePolicy: { type: enabled }
      transferEnv: [{ sourceContainerName: main, envName: LOG_DIR }]
      volumeMounts: [{ name: logs, mountPath: /var/log }]
      resources: { limits: { cpu: 0.5, memory: 200Mi } }
  volumes:
    - name: logs
      emptyDir: {}
`,
  'a database': `
apiVersion: apps.kruise.io/v1beta1
kind: StatefulSet
metadata: { name: database }
spec:
  serviceName: database
  replicas: 5
  podManagementPolicy: Parallel
  selector: { matchLabels: { app: database } }
  reserveOrdinals: [1, 3-4]
  updateStrategy:
    rollingUpdate:
      maxUnavailable: 20%
      podUpdatePolicy: InPlaceIfPossible
      inPlaceUpdateStrategy: { gracePeriodSeconds: 10 }
  template:
    metadata: { labels: { app: database } }
    spec:
      readinessGates: [{ conditionType: InPlaceUpdateReady }]
      containers: [{ name: main, image: "database:1", volumeMounts: [{ name: data, mountPath: /data }] }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`,
  'a scan of all nodes': `
apiVersion: apps.kruise.io/v1alpha1
kind: BroadcastJob
metadata: { name: scan }
spec:
  parallelism: 30%
  completionPolicy: { type: Always, activeDeadlineSeconds: 600, ttlSecondsAfterFinished: 60 }
  failurePolicy: { type: Continue, restartLimit: 3 }
  template:
    spec:
      restartPolicy: OnFailure
      tolerations: [{ operator: Exists }]
      containers: [{ name: main, image: "scan:1", command: ["scan", "/host"] }]
`,
};
