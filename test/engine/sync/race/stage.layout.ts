/**
 * What the players of a race tell the one who watches them.
 *
 *     words (Int32)
 *     word   0         32                 64
 *            │ BEGUN   │ player 0's ROUND │ player 1's ROUND │ …
 *     bytes behind them
 *            │ player 0 waits for (TEXT_BYTES, ends with a zero) │ player 1 waits for │ …
 */
import { ISOLATION_WORDS } from '../../../../engine/sync/arena.js';

/** Players that stand ready; the race begins when all do. */
export const BEGUN = 0;
export const roundOf = (player: number): number => (1 + player) * ISOLATION_WORDS;
export const TEXT_BYTES = 512;

const textsBegin = (players: number): number => 4 * roundOf(players);
export const watchBytes = (players: number): number => textsBegin(players) + players * TEXT_BYTES;

export const textOf = (memory: SharedArrayBuffer, players: number, player: number): Uint8Array =>
  new Uint8Array(memory, textsBegin(players) + player * TEXT_BYTES, TEXT_BYTES);
