#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { SettingsError } from '../engine/protocol/check-settings.js';
import { RealDiskError } from '../engine/runtimes/threads/crew-error.js';
import { packageVersion } from '../results/package-version.js';
import { InputError } from '../workloads/input-error.js';
import { EXIT_DONE, EXIT_WRONG_INPUT } from './exit-code.js';
import { type Io, processIo } from './io.js';
import type { RunWork } from './run-work.js';

type MakeCommand = (io: Io, run: RunWork) => Command;

/** Only what is asked for is loaded: most of what a command needs, the others do not. */
const COMMANDS: Readonly<Record<string, () => Promise<MakeCommand>>> = {
  sweep: async () => (await import('./sweep.js')).sweepCommand,
  run: async () => (await import('./run.js')).runCommand,
  explore: async () => (await import('./explore.js')).exploreCommand,
  console: async () => (await import('./console.js')).consoleCommand,
  validate: async () => (await import('./validate.js')).validateCommand,
  calibrate: async () => (await import('./calibrate.js')).calibrateCommand,
  plan: async () => (await import('./plan.js')).planCommand,
  fit: async () => (await import('./fit.js')).fitCommand,
  workloads: async () => (await import('./workloads.js')).workloadsCommand,
  report: async () => (await import('./report.js')).reportCommand,
  export: async () => (await import('./export.js')).exportCommand,
  compare: async () => (await import('./compare.js')).compareCommand,
  baseline: async () => (await import('./baseline.js')).baselineCommand,
  trend: async () => (await import('./trend.js')).trendCommand,
};

/** Each command runs its work through `run`, which keeps the exit code that the work ends with. */
async function main(argv: readonly string[], io: Io): Promise<number> {
  let exitCode = EXIT_DONE;
  const run: RunWork = async (work) => {
    exitCode = await work();
  };
  const program = new Command('acklab')
    .description('A workbench for deciding how to run MySQL with semi-synchronous replication.')
    .version(packageVersion())
    .addHelpText('after', EXAMPLES);
  // For the list of all, and to guess what was meant, all are needed.
  const asked = COMMANDS[argv[0] ?? ''];
  for (const load of asked === undefined ? Object.values(COMMANDS) : [asked]) {
    const makeCommand = await load();
    program.addCommand(makeCommand(io, run));
  }
  everyCommand(program, (command) => {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(usageError(command, text)),
    });
  });
  try {
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error, io);
  }
}

const EXAMPLES = `
Examples:
  acklab sweep                                    the default tour, with its report
  acklab sweep latency --set clients=64           one built-in sweep, with one parameter set
  acklab run --set profile=mysql-5.6 --set rtt=5ms
  acklab explore                                  a page to turn every parameter in, for a browser
  acklab plan --tps 3000 --p99 5ms                is it feasible, and what would make it so?
  acklab console                                  a living cluster for the mysql client, with a prompt
  acklab workloads show replicas > mine.yaml      a start for a sweep of your own
  acklab export results/<run> --format json
  acklab compare results/<before> results/<after>  what got worse, and what moved it`;

function everyCommand(command: Command, change: (command: Command) => void): void {
  change(command);
  for (const child of command.commands) everyCommand(child, change);
}

/** Commander puts its suggestion on a line of its own; whoever greps a log wants it beside the error. */
function usageError(command: Command, text: string): string {
  const line = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\.$/, '')
    .replaceAll(/\s*\n\s*/g, ' ');
  const path = pathOf(command);
  return `acklab: ${line}${line.includes('Did you mean') ? '' : `; see ${path} --help`}\n`;
}

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;

function explain(error: unknown, io: Io): number {
  // Commander has already printed what it had to say.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_DONE : EXIT_WRONG_INPUT;
  const theirs = [InputError, SettingsError, RealDiskError].some((kind) => error instanceof kind);
  if (theirs) io.stderr.write(`acklab: ${(error as Error).message}\n`);
  else io.stderr.write(`acklab: this is a bug in acklab, please report it: ${(error as Error)?.stack ?? error}\n`);
  return EXIT_WRONG_INPUT;
}

process.exitCode = await main(process.argv.slice(2), processIo());
