import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { listWorkloads, workloadFile } from '../workloads/load.js';
import { workloadJsonSchema } from '../workloads/schema.js';
import { EXIT_DONE } from './exit-code.js';
import type { Io } from './io.js';
import type { RunWork } from './run-work.js';
import { plainTable } from './table.js';

const EXAMPLES = `
Examples:
  acklab workloads
  acklab workloads show replicas > mine.yaml
  acklab workloads schema > workload.schema.json     for an editor that completes YAML`;

export const workloadsCommand = (io: Io, run: RunWork): Command => {
  const command = new Command('workloads')
    .description('list the built-in sweeps; show one, or the schema that all obey')
    .addHelpText('after', EXAMPLES)
    .action(() => run(() => print(io, list())));
  command
    .command('show')
    .description('print the YAML of a built-in sweep, a start for one of your own')
    .argument('<name>')
    .action((name: string) => run(() => print(io, readFileSync(workloadFile(name), 'utf8'))));
  command
    .command('schema')
    .description('print the JSON Schema of workload files')
    .action(() => run(() => print(io, `${JSON.stringify(workloadJsonSchema(), null, 2)}\n`)));
  return command;
};

function print(io: Io, text: string): number {
  io.stdout.write(text);
  return EXIT_DONE;
}

const list = (): string =>
  plainTable(
    ['workload', 'points', ''],
    listWorkloads().map(({ name, points, title }) => [name, points, title]),
  );
