import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { InputError } from '../workloads/input-error.js';
import { listWorkloads, workloadFile } from '../workloads/load.js';
import { unknownName } from '../workloads/nearest.js';
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
    .usage('[show <name> | schema]')
    .argument('[command]')
    .addHelpText('after', EXAMPLES)
    .action((unknown?: string) =>
      run(() => {
        if (unknown !== undefined) throw new InputError(unknownName('command', unknown, ['show', 'schema']));
        return print(io, list());
      }),
    );
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
