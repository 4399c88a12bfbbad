/** Runs a race: a worker thread for every part, and somebody who watches that they get on. */
import { Worker } from 'node:worker_threads';
import type { PlayerData } from './player.js';
import type { Options, Tally } from './stage.js';
import { BEGUN, roundOf, textOf, watchBytes } from './stage.layout.js';

const PLAYER = new URL('../../../../dist/test/engine/sync/race/player.js', import.meta.url);
/** The primitives as they are, compiled. */
export const ENGINE = new URL('../../../../dist/engine/sync/', import.meta.url);

/** `npm run race` makes each race this many times as long. */
export const FACTOR = Number(process.env.RACE_FACTOR ?? 1);

/** Nobody gets on for so long: they hang. Long, for a machine that has other things to do must not fail a test. */
const PATIENCE_MS = 30_000;
/** They get on, and yet do not end: below the minute that a test has, so that it is this that is reported. */
const DEADLINE_MS = 50_000 * FACTOR;
const LOOK_EVERY_MS = 20;
const MEMORY_BYTES = 2 ** 20;

export interface Race {
  /** File of this folder, and what it exports for each part, in the order of the players. */
  readonly scenario: string;
  readonly parts: readonly string[];
  /** How many each player plays, or as the scenario says. */
  readonly rounds: number;
  readonly options?: Options;
  readonly root?: URL;
  readonly patienceMs?: number;
}

/** What each player counted. Throws what a player threw, or who waits for what when nobody gets on any more. */
export async function race({
  scenario,
  parts,
  rounds,
  options = {},
  root = ENGINE,
  patienceMs,
}: Race): Promise<Tally[]> {
  const memory = new SharedArrayBuffer(MEMORY_BYTES);
  const watch = new SharedArrayBuffer(watchBytes(parts.length));
  const workers = parts.map((part, player) => {
    const data: StageData = { player, players: parts.length, rounds, options, memory, watch };
    return new Worker(PLAYER, { workerData: { ...data, root: root.href, scenario, part } satisfies PlayerData });
  });
  const watcher = watchFor(watch, parts, patienceMs ?? PATIENCE_MS);
  try {
    return await Promise.race([watcher.stalled, Promise.all(workers.map((worker, i) => ended(worker, i, parts[i]!)))]);
  } finally {
    watcher.stop();
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

type StageData = Omit<PlayerData, 'root' | 'scenario' | 'part'>;

function ended(worker: Worker, player: number, part: string): Promise<Tally> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', (error) =>
      reject(new Error(`player ${player} (${part}): ${error.message}`, { cause: error })),
    );
    worker.once('exit', (code) => reject(new Error(`player ${player} (${part}) ended with code ${code}`)));
  });
}

function watchFor(memory: SharedArrayBuffer, parts: readonly string[], patienceMs: number) {
  const words = new Int32Array(memory);
  const rounds = (): number[] => parts.map((_, player) => Atomics.load(words, roundOf(player)));
  const text = (player: number): string => {
    const bytes = textOf(memory, parts.length, player).slice();
    return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
  };
  let timer: NodeJS.Timeout;
  const stalled = new Promise<never>((_, reject) => {
    let before = '';
    let stillMs = 0;
    let lookedMs = 0;
    timer = setInterval(() => {
      const now = rounds().join(' ');
      // Looks are counted, not a clock read: where the watcher itself is held up, so are the players.
      stillMs = now === before ? stillMs + LOOK_EVERY_MS : 0;
      before = now;
      const patience = Atomics.load(words, BEGUN) === parts.length ? patienceMs : PATIENCE_MS;
      lookedMs += LOOK_EVERY_MS;
      if (stillMs < patience && lookedMs < DEADLINE_MS) return;
      const who = parts.map((part, player) => `${part} (round ${rounds()[player]}) waits for ${text(player)}`);
      const what = stillMs < patience ? `not at its end after ${lookedMs} ms` : `nobody has got on for ${stillMs} ms`;
      reject(new Error(`${what}: ${who.join('; ')}`));
    }, LOOK_EVERY_MS);
  });
  return { stalled, stop: () => clearInterval(timer) };
}
