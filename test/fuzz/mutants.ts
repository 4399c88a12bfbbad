/** Breaks the engine on purpose, in a copy of its own for each mutation, and lets the fuzzer find out. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../workloads/package-root.js';
import { type Outcome, search } from './fuzz.js';
import { MUTATIONS, type Mutation } from './mutations.js';
import type { FuzzOptions } from './options.js';
import type { Engine } from './play.js';

/** The source with the mutation in it. Throws unless what it replaces is there exactly once. */
export function mutated(source: string, { name, file, find, replace }: Mutation): string {
  const found = source.split(find).length - 1;
  if (found !== 1) throw new Error(`mutation "${name}": what it replaces is ${found} times in engine/${file}`);
  return source.replace(find, () => replace);
}

async function withMutant<T>(mutation: Mutation, then: (engine: Engine) => Promise<T>): Promise<T> {
  const root = packageRoot();
  const folder = mkdtempSync(join(tmpdir(), 'acklab-mutant-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const part of ['protocol', 'actors', 'measure', 'sync', 'runtimes/virtual']) {
      cpSync(join(root, 'dist/engine', part), join(folder, 'engine', part), {
        recursive: true,
        filter: (path) => !/\.(map|d\.ts)$/.test(path),
      });
    }
    const file = join(folder, 'engine', mutation.file);
    writeFileSync(file, mutated(readFileSync(file, 'utf8'), mutation));
    const load = (name: string) => import(pathToFileURL(join(folder, 'engine/runtimes/virtual', name)).href);
    const { createVirtualCluster } = (await load('cluster.js')) as Engine;
    const { sabotage } = (await load('faults.js')) as Engine;
    return await then({ createVirtualCluster, sabotage });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function tryMutations({ seed, runs }: FuzzOptions): Promise<number> {
  let missed = 0;
  for (const mutation of MUTATIONS) {
    const { found } = await withMutant(
      mutation,
      (engine): Promise<Outcome> => search(engine, { seed, runs, shrinks: false }),
    );
    if (!found) missed++;
    const verdict = found ? `${found.violation.invariant} (run ${found.run})` : `NOT CAUGHT in ${runs} runs`;
    console.log(`${mutation.name}: ${verdict}`);
  }
  console.log(`${MUTATIONS.length - missed} of ${MUTATIONS.length} mutations caught`);
  return missed === 0 ? 0 : 1;
}
