/** What an update is judged by. */

import { type Mutant, mutantsOf } from '../mutant.ts';

const evidence = 'workloads/inplace/evidence.test.ts';

export const formersMutants: readonly Mutant[] = [
  ...mutantsOf('workloads/inplace/former.ts', evidence, [
    {
      name: 'forgets what an earlier update left unproven',
      find: 'return new Map([...unproven(earlier, pod, now), ...formersSince(',
      replace: 'return new Map([...formersSince(',
      in: 'workloads/inplace/patches.test.ts',
      killedBy: 'does not forget a container that an earlier update changed and that is not proven yet',
    },
    {
      name: 'asks for proof again of what is proven',
      find: "return proof.is === 'proven' ? [] : [[name, ",
      replace: 'return [[name, ',
      in: 'workloads/inplace/patches.test.ts',
      killedBy: 'forgets what is proven',
    },
    {
      name: 'asks for proof of images that were never written',
      find: ' || former.image === container.image) return [];',
      replace: ') return [];',
      in: 'workloads/inplace/patches.test.ts',
      killedBy: 'asks for no proof of what was recorded for a drain and never written',
    },
    {
      name: 'goes on without the id where OpenKruise left none',
      find: "return { ...former, containerID: former.containerID ?? (isReplaced ? '' : (status?.containerID ?? '')) };",
      replace: 'return former;',
      in: 'workloads/inplace/patches.test.ts',
      killedBy: 'knows a container by its id from then on, if the record is one of OpenKruise',
    },
    {
      name: 'forgets that another image may still come up',
      find: 'pending ? { ...formerOf(container), pending } : formerOf(container)',
      replace: 'formerOf(container)',
      killedBy: 'a change on top of an unfinished retag remembers that the retag may still come up',
    },
    {
      name: 'forgets that a container that failed may come up once more',
      find: "state.is === 'terminated' || ",
      replace: '',
      killedBy: 'a container that has failed may come up once more before its successor',
    },
    {
      name: 'takes a flash of a crash loop for a container that runs',
      find: 'const flash: Millis = seconds(31);',
      replace: 'const flash: Millis = seconds(0);',
      killedBy: 'a container that was restarted a moment ago may be a flash of a crash loop, and come up once more',
    },
    {
      name: 'never takes a retag for what it is',
      find: "return proofOf(pod, earlier, now).is !== 'proven';",
      replace: 'return true;',
      killedBy: 'a retag on top of a retag that has run for half a minute is proven at once',
    },
    {
      name: 'loses at the drain what it knew before',
      find: 'return former.image !== image || former.pending === true;',
      replace: 'return former.image !== image;',
      killedBy: 'a record made while draining keeps that knowledge',
    },
  ]),
  ...mutantsOf('workloads/inplace/images.ts', 'workloads/inplace/images.test.ts', [
    {
      name: 'leaves out the tag that an image implies',
      find: 'return tagged ? name :',
      replace: 'return name !== "" ? name :',
      killedBy: 'nginx is docker.io/library/nginx:latest',
    },
    {
      name: "takes a registry's port for a tag",
      find: "name.slice(name.lastIndexOf('/')).includes(':')",
      replace: "name.includes(':')",
      killedBy: 'host:5000/img is host:5000/img:latest',
    },
    {
      name: 'takes a host with a port for a folder',
      find: "first.includes('.') || first.includes(':') || ",
      replace: "first.includes('.') || ",
      killedBy: 'host:5000/img is host:5000/img:latest',
    },
    {
      name: 'compares a digest by name only',
      find: 'return digest === digestOf(status.imageID) || wanted === status.image;',
      replace: 'return wanted === status.image;',
      killedBy: 'a digest is compared with the digest of what runs',
    },
    {
      name: 'takes nothing for equal to nothing',
      find: "a !== '' && (digestOf(a)",
      replace: '(digestOf(a)',
      killedBy: 'content is equal by digest, whatever stands before it, in both directions',
    },
    {
      name: 'compares contents with what stands before the digest',
      find: "a !== '' && (digestOf(a) ?? a) === (digestOf(b) ?? b)",
      replace: "a !== '' && a === b",
      killedBy: 'content is equal by digest, whatever stands before it, in both directions',
    },
  ]),
];
