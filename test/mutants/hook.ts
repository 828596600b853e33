/** Loaded before a test: the module that BERTH_MUTANT names is loaded with its mistake. Nothing on disk changes. */

import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { repository } from '../cluster/folder.ts';
import { mutated } from './mutant.ts';
import { mutantNamed } from './mutants.ts';

// The same draws every time, and the first that fails is enough.
fc.configureGlobal({ seed: 1, endOnFailure: true });

const name = process.env['BERTH_MUTANT'];
if (name !== undefined) {
  const mutant = mutantNamed(name);
  const target = pathToFileURL(join(repository, mutant.file)).href;
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      if (url !== target) return loaded;
      return { ...loaded, source: mutated(mutant, readFileSync(join(repository, mutant.file), 'utf8')) };
    },
  });
}
