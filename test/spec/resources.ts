/** Sections 8 to 10: computed resources, metadata of pods, and revisions. */

import { type Row, rowsOf } from './row.ts';

export const resources: readonly Row[] = [
  ...rowsOf('8.1', [
    ['targets', "the pod's containers and native sidecars whose name matches", 'A169 A170 A171 A173 A203'],
    ['not targets', 'containers of the injected sets', 'A207 A208'],
    ['none', 'refuses the pod'],
  ]),
  ...rowsOf('8.2', [
    ['sum', 'unlimited if one is; missing requests are zero', 'A167 A177 A179'],
    ['max', 'the same with the greatest', 'A176'],
  ]),
  ...rowsOf('8.3', [
    ['limits', 'are left out if unlimited', 'A176 A200'],
    ['requests', 'are always computed, zero included', 'A179 A180'],
    ['result', 'takes the place of the resources, truncated', 'A190 A191 A192 A224'],
    ['twins', 'both get it'],
  ]),
  ...rowsOf('8.4', [
    ['both', 'policy and fixed resources are refused'],
    ['regex', 'must compile'],
    ['neither', 'limits nor requests is refused', 'B198'],
    ['expressions', 'that can never work are refused', 'B203 B211 B214 B217 B225 B226'],
  ]),
  ...rowsOf('8.5', [
    ['grammar', 'of expressions', 'A210 A213 A214 B227 B228 B229 B243'],
    ['numbers', 'and quantities', 'A211 A212 B218 B219 B234 B235 B240'],
    ['functions', 'max and min of two', 'A195 A222 B215 B216 B217 B244'],
    ['types', 'number and quantity', 'A217 A218 A219 A220 B223 B255 B257'],
  ]),
  ...rowsOf('9', [
    ['Retain', 'only absent annotations', 'A139 A141'],
    ['Overwrite', 'always', 'A142'],
    ['MergePatchJson', 'merges JSON', 'A145 A150 A151 A154 A155 A156'],
    ['unknown', 'policies are passed over', 'A159'],
    ['on update', 'it comes with the next image'],
    ['whitelist #1', 'none: as the installation says', 'B269 B269-plain B270-plain'],
    ['whitelist #2', 'no rule for the set: as the installation says', 'B271 B271-plain B272-plain'],
    ['whitelist #3', 'a rule: every annotation must match', 'B275 B279'],
    ['whitelist broken', 'refuses', 'B281 B282'],
  ]),
  ...rowsOf('10', [
    ['name', 'and namespace', 'E001'],
    ['data', 'the five fields, null where absent', 'E001 E002 E010 E022'],
    ['labels', 'of the set, its name, hash and custom version', 'E028'],
    ['annotations', 'of the set', 'E028'],
    ['owner', 'is the set'],
    ['reuse', 'of an equal one', 'E036 E044'],
    ['rollback', 'makes an older one the newest', 'E032 E033 E034'],
    ['collision', 'of names takes another name', 'E047'],
    ['custom version', 'is put on the latest, and never taken away', 'E042'],
    ['limit', 'oldest first, never one in use', 'E038 E040'],
    ['adoption', 'equal in meaning is equal'],
  ]),
];
