/** Breaks the engine on purpose, one mutation after the other in a copy of it, and lets the fuzzer find out. */
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../workloads/package-root.js';
import { search } from './fuzz.js';
import { MUTATIONS, type Mutation } from './mutations.js';
import type { FuzzOptions } from './options.js';
import type { Engine } from './play.js';

/** The source with the mutation in it. Throws unless what it replaces is there exactly once. */
export function mutated(source: string, { name, file, find, replace }: Mutation): string {
  const found = source.split(find).length - 1;
  if (found !== 1) throw new Error(`mutation "${name}": what it replaces is ${found} times in engine/${file}`);
  return source.replace(find, () => replace);
}

/** A copy of the compiled engine, with the packages it needs beside it. Gives its folder. */
function copyEngine(home: string): string {
  const root = packageRoot();
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }\n');
  symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'));
  for (const part of ['protocol', 'actors', 'measure', 'sync', 'runtimes/virtual']) {
    cpSync(join(root, 'dist/engine', part), join(home, 'engine', part), {
      recursive: true,
      filter: (path) => !/\.(map|d\.ts)$/.test(path),
    });
  }
  return join(home, 'engine');
}

async function loadMutant(engine: string, mutation: Mutation): Promise<Engine> {
  const file = join(engine, mutation.file);
  const source = readFileSync(file, 'utf8');
  writeFileSync(file, mutated(source, mutation));
  const load = (name: string) => import(pathToFileURL(join(engine, 'runtimes/virtual', name)).href);
  const { createVirtualCluster } = (await load('cluster.js')) as Engine;
  const { sabotage } = (await load('faults.js')) as Engine;
  writeFileSync(file, source);
  return { createVirtualCluster, sabotage };
}

export async function tryMutations({ seed, runs }: FuzzOptions): Promise<number> {
  let missed = 0;
  const home = mkdtempSync(join(tmpdir(), 'acklab-mutants-'));
  try {
    let copy = copyEngine(home);
    for (const [index, mutation] of MUTATIONS.entries()) {
      // By another name it is loaded anew.
      const renamed = join(home, `engine-${index}`);
      renameSync(copy, renamed);
      copy = renamed;
      const { found } = await search(await loadMutant(copy, mutation), { seed, runs, shrinks: false });
      if (!found) missed++;
      const verdict = found ? `${found.violation.invariant} (run ${found.run})` : `NOT CAUGHT in ${runs} runs`;
      console.log(`${mutation.name}: ${verdict}`);
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  console.log(`${MUTATIONS.length - missed} of ${MUTATIONS.length} mutations caught`);
  return missed === 0 ? 0 : 1;
}
