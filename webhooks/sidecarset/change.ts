/** What an update of a SidecarSet may not change: pods that have its containers could not follow. */

import { invalid, type Problem } from '../../api/problem.ts';
import { itemsOf, memberOf, type Raw, textOf } from './raw.ts';

export const changeProblems = (before: Raw, after: Raw): readonly Problem[] => {
  // Empty in objects of very old versions: anything may follow.
  const types = new Map(
    itemsOf(before, 'containers').map(c => [textOf(c, 'name'), textOf(memberOf(c, 'upgradeStrategy'), 'upgradeType')]),
  );
  return itemsOf(after, 'containers').flatMap((container, index) => {
    const name = textOf(container, 'name');
    const path = `spec.containers[${index}]`;
    const type = types.get(name);
    if (type === undefined)
      return [
        invalid(
          `${path}.name`,
          `container ${name} is not found in the stored SidecarSet: containers cannot be added or renamed`,
        ),
      ];
    return type === '' || type === typeOf(container)
      ? []
      : [invalid(`${path}.upgradeStrategy.upgradeType`, `container ${name} upgradeType is immutable`)];
  });
};

const typeOf = (container: Raw): string =>
  textOf(memberOf(container, 'upgradeStrategy'), 'upgradeType') || 'ColdUpgrade';
