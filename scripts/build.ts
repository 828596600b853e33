/** `npm run build`: the one file of the image, with everything but Node itself. An argument names another file. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const output = resolve(process.argv[2] ?? join(root, 'dist', 'berth.mjs'));
mkdirSync(dirname(output), { recursive: true });
const { metafile, errors } = await build({
  entryPoints: [join(root, 'main.ts')],
  outfile: output,
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  minifySyntax: true,
  metafile: true,
  // CommonJS dependencies call `require` for Node's own modules.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
  },
});
writeFileSync(join(dirname(output), 'meta.json'), JSON.stringify(metafile));
const [size] = Object.values(metafile.outputs).map(({ bytes }) => bytes);
process.stdout.write(`${output}: ${((size ?? 0) / 1e6).toFixed(1)} MB\n`);
process.exitCode = errors.length === 0 ? 0 : 1;
