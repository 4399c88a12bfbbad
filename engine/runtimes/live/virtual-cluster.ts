/** A living cluster under virtual time, which goes on as its keeper lets it: what an administrator does happens at once. */
import { CommitRequest } from '../../actors/arrivals.js';
import { client } from '../../actors/client.js';
import { setParameter } from '../../actors/saboteur.js';
import type { SetEvent } from '../../protocol/faults.js';
import type { Microseconds, Settings } from '../../protocol/parameters.js';
import type { TransactionShape } from '../../protocol/positions.js';
import type { SemiSync } from '../../protocol/semi-sync.js';
import { createVirtualCluster, type VirtualCluster } from '../virtual/cluster.js';
import { VirtualFaults } from '../virtual/faults.js';
import { FREE, VirtualCondition } from '../virtual/mutex.js';
import type { Activity, DumpThread, IoThreadState, LiveCluster, LiveClusterOptions } from './cluster.js';

export class VirtualLiveCluster implements LiveCluster {
  readonly #cluster: VirtualCluster;
  readonly #faults: VirtualFaults;
  readonly #options: LiveClusterOptions;
  /** Index: session, after those of the load. */
  readonly #requests: CommitRequest[] = [];
  readonly #free: number[] = [];
  /** When each replica was registered last. */
  readonly #registeredAt: Microseconds[];
  registered: ((replica: number) => void) | undefined = undefined;

  constructor(settings: Settings, options: LiveClusterOptions) {
    this.#options = options;
    const given = { ...settings, clients: options.load };
    const sessions = options.loadMost + options.sessions;
    this.#cluster = createVirtualCluster(given, () => {}, options.loadMost, sessions);
    this.#registeredAt = options.started.map(() => 0);
    this.#faults = new VirtualFaults(this.#cluster, (what, replica) => {
      if (what !== 'connected' || replica === undefined) return;
      this.#registeredAt[replica] = this.now;
      this.registered?.(replica);
    });
    options.started.forEach((started, replica) => {
      if (started) return;
      this.#faults.afflict('stop-io', replica);
      // Nobody has ever connected: no reader is left that would have to find out.
      this.#cluster.replicas[replica]?.events.end();
    });
  }

  get now(): Microseconds {
    return this.#cluster.kernel.time;
  }

  get settings(): Settings {
    return this.#cluster.source.settings;
  }

  get shape(): TransactionShape {
    return this.#cluster.source.shape;
  }

  get load(): number {
    return this.#cluster.gate.active;
  }

  /** Lets time go on until then. */
  run(until: Microseconds): void {
    if (until <= this.now) return;
    // Where nothing is left to happen, time stands still of itself.
    if (!this.#cluster.kernel.run(until)) this.#cluster.kernel.time = until;
  }

  get semisync(): SemiSync {
    return this.#cluster.source.semisync;
  }

  get binlogEnd(): number {
    return this.#cluster.source.binlog.end;
  }

  get dumpThreads(): DumpThread[] {
    return this.#cluster.replicas.flatMap(({ index, reader }) =>
      reader && !reader.ended ? [{ replica: index, since: this.#registeredAt[index] as number }] : [],
    );
  }

  ioThread(replica: number): IoThreadState {
    const { ioThread, connected } = this.#replica(replica);
    if (!ioThread || ioThread.ended) return 'stopped';
    return connected ? 'running' : 'connecting';
  }

  acknowledges(replica: number): boolean {
    return this.ioThread(replica) === 'running' && this.#replica(replica).semisync;
  }

  relayEnd(replica: number): number {
    return this.#replica(replica).relayEnd;
  }

  acksSent(replica: number): number {
    return this.#replica(replica).acksSent;
  }

  moveRelayEnd(replica: number, position: number): void {
    const moved = this.#replica(replica);
    moved.relayEnd = position;
    moved.relaySynced = position;
  }

  #replica(index: number) {
    return this.#cluster.replicas[index] as VirtualCluster['replicas'][number];
  }

  async startIoThread(replica: number): Promise<void> {
    this.#faults.afflict('start-io', replica);
  }

  async stopIoThread(replica: number): Promise<void> {
    this.#faults.afflict('stop-io', replica);
  }

  set(event: SetEvent): Promise<void> {
    const { kernel } = this.#cluster;
    const faults = this.#faults;
    return new Promise((resolve) => {
      kernel.spawn('administrator', undefined, function* (self) {
        yield setParameter(self, faults, event);
        resolve();
      });
    });
  }

  takeSession(): number | undefined {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#requests.length === this.#options.sessions) return undefined;
    return this.#spawnSession();
  }

  giveSession(session: number): void {
    this.#free.push(session);
  }

  #spawnSession(): number {
    const { kernel, source, clientHost, streams } = this.#cluster;
    const session = this.#options.loadMost + this.#requests.length;
    const request = new CommitRequest(new VirtualCondition(kernel, FREE), source.clock);
    this.#requests.push(request);
    const load = {
      host: clientHost,
      think: streams.cost({ kind: 'constant', mean: 0 }),
      thinks: false,
      backlog: request,
      completed: () => request.answered(),
    };
    kernel.spawn(`session ${session}`, clientHost, (self) => client(self, source, load, session));
    return session;
  }

  commit(session: number): Promise<void> {
    const request = this.#requests[session - this.#options.loadMost] as CommitRequest;
    return new Promise((resolve) => request.ask(resolve));
  }

  wait(duration: Microseconds): Promise<void> {
    const { kernel } = this.#cluster;
    return new Promise((resolve) => {
      kernel.spawn('waiting', undefined, function* (self) {
        if (kernel.sleep(self, duration)) yield;
        resolve();
      });
    });
  }

  activity(session: number): Activity {
    return this.#cluster.source.meter.activity(session);
  }
}
