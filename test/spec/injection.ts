/** Section 7: what becomes of a new pod. */

import { type Row, rowsOf } from './row.ts';

export const injection: readonly Row[] = [
  ...rowsOf('7.1', [
    ['order', 'sidecars come before launch priorities, which a set may ask for', 'A163 A307 A309'],
    ['unknown fields', 'of a pod survive', 'A325 A329'],
  ]),
  ...rowsOf('7.2', [
    ['#1', 'sets that match, each in its suitable revision', 'A005 A065 A357'],
    ['#2', 'without bases of matching canaries', 'A248'],
    ['#3', 'annotations come first', 'A142 A164 A165'],
    ['#4', 'init containers, containers, secrets, volumes', 'A066 A078 A137'],
    ['#5', 'init containers are sorted by name', 'A012 A059'],
  ]),
  ...rowsOf('7.3', [
    ['no pin', 'the current spec', 'A249'],
    ['paused', 'the pinned revision, whatever the policy', 'A261'],
    ['Always', 'the pinned revision, whatever the selector', 'A250 A251'],
    ['Partial, not selected', 'the pinned revision'],
    ['Partial, share', 'the pinned revision for that share of pods', 'A259 A260'],
    ['Partial, number', 'the current spec', 'A257'],
    ['restored', 'are the five recorded fields', 'A269 A273'],
    ['gone', 'costs no pod: the current spec, with a warning'],
  ]),
  ...rowsOf('7.4', [
    ['before and after', 'the app, in the order of the spec', 'A006 A008 A062'],
    ['several sets', 'by name of the set'],
    ['init containers', 'by name over all sets', 'A011 A012 A059'],
    ['same name', 'takes the place of a container', 'A072 A073 A233'],
    ['twins', 'stand side by side', 'A226 A227'],
  ]),
  ...rowsOf('7.5', [
    ['volumes', 'that are mounted are added, and no others', 'A078 A079 A080 A081'],
    ['existing volume', 'of the pod wins'],
    ['shared mounts', 'of the app, not at a path of its own', 'A084 A085 A087 A089 A091 A092 A093 A361'],
    ['subPathExpr', 'brings its variables', 'A096 A097 A098 A101'],
    ['shared devices', 'by device path', 'A104 A108 A109'],
    ['secrets', 'are united by name', 'A135 A136'],
  ]),
  ...rowsOf('7.6', [
    ['order', 'own variables, the mark, those taken over', 'A112'],
    ['sources', "the pod's own containers", 'A116 A134'],
    ['names', 'one or several, each once', 'A121 A367'],
    ['from a label', 'or annotation, which names the container', 'A124'],
    ['missing', 'sources are passed over', 'A117 A133'],
    ['init containers', 'take over too', 'A129'],
  ]),
  ...rowsOf('7.7', [
    ['plain', 'init containers are injected once, and never hot', 'A055'],
    ['native', 'sidecars are sidecars', 'A049 A050 A052'],
  ]),
  ...rowsOf('7.8', [
    ['hash', 'with its revision', 'A357 A279'],
    ['hash without image', 'without it', 'A279'],
    ['injected list', 'sorted, united with what is there', 'A065 A275 A276'],
    ['sidecarList', 'base names, sorted'],
    ['legacy', 'forms are read', 'A280 A281'],
    ['corrupt', 'annotations refuse the pod', 'A282 A283 A284'],
  ]),
  ...rowsOf('7.9', [
    ['canary', 'in place of its base'],
    ['no canary', 'unless it matches and says so exactly', 'A241 A242 A243'],
  ]),
  ...rowsOf('7.10', [
    ['expression', 'that fails refuses the pod', 'A182 A184 A185 A186 A187'],
    ['no target', 'refuses the pod'],
    ['merge', 'with what is no JSON refuses the pod', 'A152'],
    ['annotation', 'that is corrupt refuses the pod', 'A283 A284'],
  ]),
  ...rowsOf('7.11', [['update', 'of a pod injects nothing']]),
  ...rowsOf('7.12', [['dry run', 'gives the same answer, and has no side effects']]),
];
