import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { GENERATOR, readBundle, writeExplorer } from '../results/explorer/explorer.js';
import { explorerData } from '../results/explorer/explorer-data.js';
import { InputError } from '../workloads/input-error.js';
import { EXIT_DONE } from './exit-code.js';
import type { Io } from './io.js';
import { calibrationOption } from './options.js';
import type { RunWork } from './run-work.js';

interface ExploreOptions {
  readonly out: string;
  readonly calibration: readonly string[];
}

const EXAMPLES = `
Examples:
  acklab explore                                writes explorer.html: open it in a browser, no server needed
  acklab explore --calibration mine.yaml        with the costs of your own servers to choose besides
  acklab explore --out /srv/www/semisync.html   for colleagues: the file is all there is`;

export const exploreCommand = (io: Io, run: RunWork): Command =>
  new Command('explore')
    .description('write one offline HTML file with the simulator in it: sliders, curves that follow, one commit played')
    .addOption(new Option('--out <file>', 'the file to write').default('explorer.html'))
    .addOption(calibrationOption())
    .addHelpText('after', EXAMPLES)
    .action((options: ExploreOptions) => run(() => explore(io, options)));

function explore(io: Io, { out, calibration }: ExploreOptions): number {
  const page = writeExplorer({ bundle: readBundle(), data: explorerData(calibration) });
  refuseOthers(out);
  try {
    writeFileSync(out, page);
  } catch (error) {
    throw new InputError(`${out}: cannot be written (${(error as Error).message}); choose another file with --out`);
  }
  io.stdout.write(`${out}\n`);
  return EXIT_DONE;
}

/** An explorer of before is written over; anything else might be missed. */
function refuseOthers(file: string): void {
  if (!existsSync(file)) return;
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // A directory, or what may not be read.
  }
  if (!text.includes(`<meta name="generator" content="${GENERATOR}">`)) {
    throw new InputError(`${file}: exists, and is no explorer; choose another file with --out`);
  }
}
