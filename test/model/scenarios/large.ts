/** Scenarios beyond what can be explored, for walks that are drawn: more pods, more edits, more that goes wrong. */

import fc from 'fast-check';
import type { SetOptions } from '../../support/statefulsets.ts';
import type { Edit, Scenario } from '../scenario.ts';
import { deleting, settingImage, specEdit, story } from './statefulSets.ts';

const images = ['app:v1', 'app:v2', 'app:v2again', 'app:v3', 'app:bad', 'app:crash'];

const setOptions: fc.Arbitrary<SetOptions> = fc.record({
  image: fc.constantFrom(...images),
  replicas: fc.integer({ min: 3, max: 6 }),
  rolling: fc.record({
    maxUnavailable: fc.constantFrom<number | string>(1, 2, '50%'),
    partition: fc.constantFrom(0, 0, 0, 2),
    paused: fc.constantFrom(false, false, false, true),
  }),
});

const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: setOptions.map(specEdit) },
  { weight: 1, arbitrary: fc.nat(5).map(deleting) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(5), fc.constantFrom(...images)).map(([pod, image]) => settingImage(pod, image)),
  },
);

/** Whatever was wanted in between, the last wish is one that can be fulfilled. */
const last: SetOptions = { replicas: 5, image: 'app:v9' };

export const largeScenario: fc.Arbitrary<Scenario> = fc
  .record({ options: setOptions, edits: fc.array(edit, { maxLength: 6 }) })
  .map(({ options, edits }) => ({
    ...story('drawn', {
      options: { ...options, image: 'app:v1', rolling: {} },
      edits: [...edits, specEdit(last)],
      wanted: { image: 'app:v9', replicas: 5 },
      recreates: true, // an image that somebody set on a pod may have to be undone by a new pod
    }),
    lags: 3,
    crashes: 3,
  }));
