/** A worker thread that plays one part in a race. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadEngine } from './engine.js';
import { type Player, Stage, type StageData } from './stage.js';

export interface PlayerData extends StageData {
  readonly root: string;
  readonly scenario: string;
  readonly part: string;
}

const data = workerData as PlayerData;
const parts = (await import(`./${data.scenario}.js`)) as Record<string, Player>;
const play = parts[data.part];
if (!play) throw new Error(`${data.scenario} has no part called ${data.part}`);
const stage = new Stage(await loadEngine(data.root), data);
const tally = play(stage) ?? {};
stage.waitsFor('nothing, it has finished');
parentPort?.postMessage(tally);
