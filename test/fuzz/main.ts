/**
 * `npm run fuzz`: a simulation that tries to break the rules. Draws clusters, settings, faults and changes of variables,
 * runs the real actors, and checks the invariants after every event. The first violation is shrunk and ends the run.
 */
import { fuzz } from './fuzz.js';
import { INVARIANTS } from './invariants.js';
import { tryMutations } from './mutants.js';
import { parseOptions } from './options.js';

const options = parseOptions(process.argv.slice(2));
if (options === undefined) process.exitCode = 2;
else if (options.list) {
  for (const [name, sentence] of Object.entries(INVARIANTS)) console.log(`${name}: ${sentence}`);
} else process.exitCode = options.mutations ? await tryMutations(options) : await fuzz(options);
