/** Images that are changed at the door. */

import { type Mutant, mutantsOf } from '../mutant.ts';

export const imagesMutants: readonly Mutant[] = [
  ...mutantsOf('webhooks/pod/keepImage.ts', 'webhooks/pod/keepImage.test.ts', [
    {
      name: 'puts back the images that our own controller writes',
      find: '!isRecorded(before, after, container.name) && ',
      replace: '',
      killedBy: 'that our own controller sends',
    },
    {
      name: 'takes an old record for that of this update',
      find: 'after.value.formers.has(container) && !isSame(before, after);',
      replace: 'after.value.formers.has(container);',
      killedBy: 'unless its record is an old one, or names another container',
    },
    {
      name: 'takes a record of another container for that of this one',
      find: "after.is === 'read' && after.value.formers.has(container) && !isSame(before, after);",
      replace: "after.is === 'read' && !isSame(before, after);",
      killedBy: 'unless its record is an old one, or names another container',
    },
    {
      name: 'lets a user do what he has wished for',
      find: 'wished.value.images.get(container) === image && !isStillWished;',
      replace: 'wished.value.images.get(container) === image;',
      killedBy: 'unless it names the wished image and leaves the wish where it is, as a user does who repeats himself',
    },
    {
      name: 'forgets a wish that still waits',
      find: 'const images = new Map([...waiting, ...changes.map(',
      replace: 'const images = new Map([...changes.map(',
      killedBy: 'joins a wish that still waits',
    },
    {
      name: 'joins the wish of another revision',
      find: "earlier.is === 'read' && earlier.value.revision === revision ? earlier.value.images : [];",
      replace: "earlier.is === 'read' ? earlier.value.images : [];",
      killedBy: 'leaves out what a rollout wishes for: the rollout finds its images anew',
    },
  ]),
];
