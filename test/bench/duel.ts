/** Holds the duels, one run of each in turn, so that whatever else the machine does meets all of them alike. */
import { MessageChannel, type TransferListItem, Worker } from 'node:worker_threads';
import type { DuelData } from './duel-player.js';
import { DUELS } from './duels.js';
import { quantile, type Rate, type Rival } from './result.js';

/** Runs that the compiler has for warming up. */
const WARM_UP = 5;

export async function timeDuels(rounds: number): Promise<Rate[]> {
  const memories = DUELS.map(({ bytes }) => new SharedArrayBuffer(bytes));
  const start = new SharedArrayBuffer(4);
  const { port1, port2 } = new MessageChannel();
  const play = (side: 0 | 1, port: DuelData['port']): Promise<number[][]> => {
    const workerData: DuelData = { side, rounds: rounds + WARM_UP, memories, start, port };
    const worker = new Worker(new URL('duel-player.js', import.meta.url), {
      workerData,
      transferList: [port as TransferListItem],
    });
    return new Promise((resolve, reject) => {
      worker.once('message', resolve);
      // A side alone would wait for the other for ever.
      worker.once('error', reject);
    });
  };
  const [, seconds] = await Promise.all([play(0, port1), play(1, port2)]);
  const rates = DUELS.map(({ operations }, index) => seconds[index]!.slice(WARM_UP).map((each) => operations / each));
  const referenceRate = quantile(rates[0]!, 0.5);
  return DUELS.map(({ name, unit, rival }, index): Rate => {
    const own = rates[index]!;
    const median = quantile(own, 0.5);
    return {
      name,
      unit,
      median,
      low: quantile(own, 0.25),
      high: Math.max(...own),
      ratio: median / referenceRate,
      ...(rival !== undefined && { rival: against(own, rival, rates) }),
    };
  });
}

/** Run by run: what slows the machine down for some time slows both. */
function against(own: readonly number[], name: string, rates: readonly (readonly number[])[]): Rival {
  const other = rates[DUELS.findIndex((each) => each.name === name)]!;
  const ratios = own.map((rate, round) => rate / other[round]!);
  return { name, ratio: quantile(ratios, 0.5), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) };
}
