/** Sections 11 and 12: rollouts and hot upgrades. */

import { type Row, rowsOf } from './row.ts';

export const controller: readonly Row[] = [
  ...rowsOf('11.1', [
    ['set', 'its creation and change wake it; its deletion leaves pods as they are'],
    ['pod', 'each change wakes the sets that injected it, Ready and deletion at once'],
    ['uninjected', 'pods wake the sets that they lack'],
    ['namespace', 'labels wake the sets that select by them, which OpenKruise does not watch'],
    ['NotUpdate', 'is woken by its pods too'],
  ]),
  ...rowsOf('11.2', [
    ['#1', 'pods that it looks after'],
    ['#2', 'the revision is recorded first'],
    ['#3', 'status is written if it differs'],
    ['#4', 'what was written counts before the watch tells of it'],
    ['#5', 'NotUpdate takes no pod'],
    ['#6', 'paused takes no pod'],
    ['#7', 'hot upgrades are ended before others begin'],
    ['#8', 'when all are updated nothing is done'],
    ['#9', 'pods are taken'],
  ]),
  ...rowsOf('11.3', [['expectations', 'an update that was sent is not sent again, and is forgotten with its pod']]),
  ...rowsOf('11.4', [
    ['statuses', 'a container without status is not there yet'],
    ['digests', 'are compared as digests'],
    ['record', 'what was replaced must be gone'],
  ]),
  ...rowsOf('11.5', [['ready', 'Ready, not leaving, and no twin that is still to be emptied']]),
  ...rowsOf('11.6', [
    ['a', 'pods at another revision that can be changed in place, and are selected'],
    ['b order', 'those that serve least first'],
    ['b weight', 'then by the sum of weights'],
    ['b ordered', 'then by numbers of labels'],
    ['b scatter', 'then spread'],
    ['c', 'the partition keeps some'],
    ['d', 'within the budget; pods that are down are free'],
  ]),
  ...rowsOf('11.7', [
    ['images', 'and nothing else of a container is written'],
    ['hash', 'is written with them'],
    ['record', 'of what the containers were'],
    ['metadata', 'is patched with them'],
    ['condition', 'comes after'],
    ['never', 'deletes a pod'],
  ]),
  ...rowsOf('11.8', [
    ['condition', 'False for a pod that cannot be changed in place, True after an update'],
    ['message', 'a map of sets'],
    ['not upgradable', 'is told in an event'],
    ['reset', 'is told in an event on the pod'],
  ]),
  ...rowsOf('11.9', [
    ['image', 'moves pods'],
    ['other fields', 'move none'],
    ['taken back', 'lets them move again'],
    ['native', 'images move pods, which OpenKruise leaves'],
    ['not hashed', 'fields leave pods updated, and make a revision', 'E036'],
    ['removed container', 'moves none'],
    ['deleted set', 'leaves pods as they are'],
  ]),
  ...rowsOf('12.1', [['injection', 'a pair with its versions', 'A226 A227 A235']]),
  ...rowsOf('12.2', [
    ['empty twin', 'gets the image'],
    ['broken twin', 'gets it if none is empty'],
    ['versions', 'tell which one is new'],
    ['same image', 'as the healthy twin goes back to it'],
  ]),
  ...rowsOf('12.3', [
    ['when', 'the new one serves'],
    ['what', 'the former one is emptied, versions are zero'],
    ['table', 'versions at every moment'],
    ['paused', 'what was begun is ended'],
  ]),
];
