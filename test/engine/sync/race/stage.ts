/** What a player of a race has: the primitives, the shared memory, its number, and a way to say what it waits for. */
import type { Arena } from '../../../../engine/sync/arena.js';
import type { Engine } from './engine.js';
import { BEGUN, roundOf, TEXT_BYTES, textOf } from './stage.layout.js';

/** What a race counts, by outcome. */
export type Tally = Record<string, number>;
export type Options = Readonly<Record<string, number>>;
export type Player = (stage: Stage) => Tally | undefined;

export interface StageData {
  readonly player: number;
  readonly players: number;
  readonly rounds: number;
  readonly options: Options;
  readonly memory: SharedArrayBuffer;
  readonly watch: SharedArrayBuffer;
}

/** Tries before a player that waits gives its core away: others may have to run for it to go on. */
const TRIES = 200;
const NAP_MS = 0.02;

export class Stage {
  readonly engine: Engine;
  readonly arena: Arena;
  readonly player: number;
  readonly players: number;
  readonly rounds: number;
  readonly #options: Options;
  readonly #watch: Int32Array;
  readonly #round: number;
  readonly #text: Uint8Array;
  readonly #nap = new Int32Array(new SharedArrayBuffer(4));
  #random: number;
  #sink = 0;

  constructor(engine: Engine, { player, players, rounds, options, memory, watch }: StageData) {
    this.engine = engine;
    this.arena = new engine.arena.Arena(memory);
    this.player = player;
    this.players = players;
    this.rounds = rounds;
    this.#options = options;
    this.#watch = new Int32Array(watch);
    this.#round = roundOf(player);
    this.#text = textOf(watch, players, player);
    this.#random = 0x9e3779b9 ^ (player + 1);
  }

  option(name: string): number {
    const value = this.#options[name];
    if (value === undefined) throw new Error(`this race has no option ${name}`);
    return value;
  }

  /** Waits until every player stands here. */
  begin(): void {
    this.waitsFor('the others to begin');
    Atomics.add(this.#watch, BEGUN, 1);
    for (let tries = 0; Atomics.load(this.#watch, BEGUN) < this.players; ) tries = this.retry(tries, 'the others');
  }

  /** It goes on: a new round begins. */
  round(round: number): void {
    this.#watch[this.#round] = round + 1;
  }

  waitsFor(what: string): void {
    const length = Math.min(what.length, TEXT_BYTES - 1);
    for (let i = 0; i < length; i++) this.#text[i] = what.charCodeAt(i);
    this.#text[length] = 0;
  }

  /** Call it after a try that failed, with how many have; naps after some. The answer is how many have now. */
  retry(tries: number, what: string): number {
    if (tries === TRIES) this.waitsFor(what);
    if (tries >= TRIES) this.nap();
    return tries + 1;
  }

  /**
   * Waits until all have come here for the round, so that they do what follows at the same time, and nobody comes by later
   * who would make up for what went wrong. `arrived`: a word of its own.
   */
  meet(arrived: Int32Array, round: number): void {
    Atomics.add(arrived, 0, 1);
    const all = this.players * (round + 1);
    for (let tries = 0; Atomics.load(arrived, 0) < all; ) tries = this.retry(tries, 'the others');
    this.dawdle(this.below(100));
  }

  /** Away for some ten microseconds at least, as somebody is whose core is taken away. */
  nap(): void {
    Atomics.wait(this.#nap, 0, 0, NAP_MS);
  }

  /** A whole number below `bound`: always the same ones for the same player. */
  below(bound: number): number {
    // xorshift32 (G. Marsaglia, 2003).
    let x = this.#random;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#random = x;
    return (x >>> 0) % bound;
  }

  /** Busy for so many steps of about a nanosecond: shifts what two players do against each other. */
  dawdle(steps: number): void {
    let sink = this.#sink;
    for (let i = 0; i < steps; i++) sink = (sink * 5 + i) | 0;
    this.#sink = sink;
  }
}
