/** How long it takes from waking a fiber of another thread until that thread has it: asleep, or looking. */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Arena, allocateFor } from '../../engine/sync/arena.js';
import { takeWakeMemory, WakeReceiver, WakeSender } from '../../engine/sync/wake-ring.js';
import { type Latency, quantile } from './result.js';

/** Time enough for the other thread to have gone to sleep. */
const PAUSE_MS = 0.2;

interface WakeData {
  readonly memory: SharedArrayBuffer;
  readonly samples: number;
}

/** What all threads of a process agree on, µs. */
const now = (): number => Number(process.hrtime.bigint()) / 1000;

function build(arena: Arena) {
  return { wake: takeWakeMemory(arena, 1), sentAt: arena.float64(1), done: arena.int32(1) };
}

/** The thread that is woken: half of the samples asleep, then half looking all the time. */
function receive({ memory, samples }: WakeData): number[][] {
  const { wake, sentAt, done } = build(new Arena(memory));
  const receiver = new WakeReceiver(wake);
  return [true, false].map((sleeps) => {
    const latencies: number[] = [];
    while (latencies.length < samples) {
      const rings = receiver.rings();
      if (receiver.poll() < 0) {
        if (sleeps) receiver.sleep(rings, Number.POSITIVE_INFINITY);
        continue;
      }
      latencies.push(now() - sentAt[0]!);
      Atomics.add(done, 0, 1);
    }
    return latencies;
  });
}

export async function timeWakes(samples: number): Promise<Latency[]> {
  const memory = allocateFor(build);
  const worker = new Worker(new URL(import.meta.url), { workerData: { memory, samples } satisfies WakeData });
  const received = new Promise<number[][]>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await new Promise((resolve) => worker.once('online', resolve));
  const { wake, sentAt, done } = build(new Arena(memory));
  const sender = new WakeSender(wake);
  const nap = new Int32Array(new SharedArrayBuffer(4));
  for (let sample = 0; sample < 2 * samples; sample++) {
    Atomics.wait(nap, 0, 0, PAUSE_MS);
    sentAt[0] = now();
    sender.wake(0);
    while (Atomics.load(done, 0) <= sample) Atomics.wait(nap, 0, 0, 0.02);
  }
  const [asleep, looking] = await received;
  return [
    { name: 'wake-up of a thread that sleeps', ...summary(asleep!) },
    { name: 'wake-up of a thread that looks', ...summary(looking!) },
  ];
}

const summary = (latencies: readonly number[]): Omit<Latency, 'name'> => ({
  samples: latencies.length,
  p50_us: quantile(latencies, 0.5),
  p99_us: quantile(latencies, 0.99),
});

if (!isMainThread && (workerData as Partial<WakeData> | null)?.memory) {
  parentPort?.postMessage(receive(workerData as WakeData));
}
