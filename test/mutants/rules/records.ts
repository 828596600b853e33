/** What an update leaves on its pod, and the guards of its writes. */

import { type Mutant, mutantsOf } from '../mutant.ts';

export const recordsMutants: readonly Mutant[] = [
  ...mutantsOf('api/json.ts', 'workloads/inplace/record.test.ts', [
    {
      name: 'throws at an annotation that is no JSON',
      find: '  try {\n    return JSON.parse(text);\n  } catch {\n    return undefined;\n  }',
      replace: '  return JSON.parse(text);',
      killedBy: 'never throws, whatever the annotation holds',
    },
  ]),
  ...mutantsOf('workloads/inplace/record.ts', 'workloads/inplace/record.test.ts', [
    {
      name: 'takes pods of OpenKruise for pods that never served',
      find: 'wasReady: wasReady !== false,',
      replace: 'wasReady: wasReady === true,',
      killedBy: 'reads what OpenKruise wrote',
    },
    {
      name: 'loses what other SidecarSets recorded',
      find: 'const all: [string, unknown][] = [...others, [sidecarSet, mine]];',
      replace: 'const all: [string, unknown][] = [[sidecarSet, mine]];',
      killedBy: 'keep the members of other sets as they are',
    },
    {
      name: 'finds a record of a set that is named like a part of every object',
      find: "Object.hasOwn(all, sidecarSet) ? recordFrom(all[sidecarSet]) : 'absent'",
      replace: "sidecarSet in all ? recordFrom(all[sidecarSet]) : 'absent'",
      killedBy: 'are absent for a set that is named like a part of every object',
    },
    {
      name: 'takes a broken annotation for none',
      find: "return value === undefined ? { is: 'broken' } : { is: 'read', value };",
      replace: "return value === undefined ? { is: 'absent' } : { is: 'read', value };",
      killedBy: 'tells a broken annotation from an absent one',
    },
    {
      name: 'forgets what is pending',
      find: '...(pending === true ? { pending } : {}),',
      replace: '',
      killedBy: 'reads what it printed',
    },
    {
      name: 'wishes for images that are no text',
      find: "typeof image === 'string' ? [[name, image] as const] : []",
      replace: '[[name, image] as const]',
      killedBy: 'takes only images that are text',
    },
  ]),
  ...mutantsOf('workloads/inplace/patches.ts', 'workloads/inplace/patches.test.ts', [
    {
      name: 'drains without claiming the pod',
      find: "  disrupts: step.pod.uid,\n  part: 'status',",
      replace: "  part: 'status',",
      killedBy: 'closes the gate and leaves both records in one write of the status',
    },
    {
      name: 'drains whatever has become of the pod meanwhile',
      find: "  disrupts: step.pod.uid,\n  part: 'status',\n  guard: 'uid and version',",
      replace: "  disrupts: step.pod.uid,\n  part: 'status',\n  guard: 'uid',",
      killedBy: 'closes the gate and leaves both records in one write of the status',
    },
    {
      name: 'closes the gate without the record that opens it again',
      find: '          [annotations.inPlaceState]: printRecord(recordFor(step, wish)),\n',
      replace: '',
      killedBy: 'closes the gate and leaves both records in one write of the status',
    },
    {
      name: 'writes images on whatever has become of the pod meanwhile',
      find: "part: 'object',\n  guard: 'uid and version',\n  patch: { as: 'json', ops: [...imageOps(",
      replace: "part: 'object',\n  guard: 'uid',\n  patch: { as: 'json', ops: [...imageOps(",
      killedBy: 'holds only for the pod as it was seen, because the record tells of its containers',
    },
    {
      name: 'writes images and leaves the wish',
      find: '    ...removal(annotations.inPlaceGrace),\n  ];',
      replace: '  ];',
      killedBy: 'writes image, revision and record at once, and ends the wish',
    },
    {
      name: 'lets a template write its own revision',
      find: "    ...mapOps('labels', metadata.labels), // before ours, which a template cannot name otherwise\n    { op: 'add', path: pointer('metadata', 'labels', labels.revision), value: revision },\n",
      replace:
        "    { op: 'add', path: pointer('metadata', 'labels', labels.revision), value: revision },\n    ...mapOps('labels', metadata.labels),\n",
      killedBy: 'sets and removes labels of the template, but never the revision',
    },
    {
      name: 'claims a pod that only comes back',
      find: "export const rejoin = (step: Step): Action => ({\n  do: 'patch',\n  ...act(step),\n",
      replace:
        "export const rejoin = (step: Step): Action => ({\n  do: 'patch',\n  ...act(step),\n  disrupts: step.pod.uid,\n",
      killedBy: 'Rejoining opens the gate and disrupts nobody',
    },
    {
      name: 'backs out and still asks for proof',
      find: 'updatedAt: step.now, formers: down(step.pod, record.value) }',
      replace: 'updatedAt: step.now }',
      killedBy: 'ends the wish, and the record that was made for it asks for no proof',
    },
    {
      name: 'backs out and opens the gate of what is down',
      find: 'updatedAt: step.now, formers: down(step.pod, record.value) }',
      replace: 'updatedAt: step.now, formers: new Map() }',
      killedBy: 'has containers that are down come up before the gate opens',
    },
    {
      name: 'backs out and forgets what another update left unproven',
      find: "const isItsRecord = record.is === 'read' && record.value.revision === wish.revision;",
      replace: "const isItsRecord = record.is === 'read';",
      killedBy: 'keeps the record of another update, which may still be unproven',
    },
  ]),
];
