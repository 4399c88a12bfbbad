/** A living cluster whose time goes on only as a test lets it. */
import { defaultSettings, type Settings } from '../../../../engine/protocol/parameters.js';
import type { SqlError } from '../../../../engine/protocol/sql/errors.js';
import { execute } from '../../../../engine/runtimes/live/execute.js';
import type { Outcome, ResultSet } from '../../../../engine/runtimes/live/result.js';
import type { LiveServer, ServerConfiguration } from '../../../../engine/runtimes/live/server.js';
import { clusterOf, LiveServers } from '../../../../engine/runtimes/live/servers.js';
import { Session } from '../../../../engine/runtimes/live/session.js';
import { VirtualLiveCluster } from '../../../../engine/runtimes/live/virtual-cluster.js';
import { serversJustSetUp, switchOnSemiSync } from './walk-through.js';

const STEP_US = 200;
/** Longer than anything here waits, in virtual time. */
const PATIENCE_US = 60e6;

export class World {
  readonly servers: LiveServers<VirtualLiveCluster>;

  constructor(settings: Partial<Settings> = {}, each: Partial<ServerConfiguration> = {}, load = 0) {
    const all = { ...defaultSettings(settings.profile ?? 'mysql-5.7'), ...settings, clients: load };
    const servers = serversJustSetUp(all.replicas, each);
    const begins = clusterOf(all, servers);
    const cluster = new VirtualLiveCluster(begins.settings, begins.options);
    this.servers = new LiveServers(cluster, all, { servers, onShutdown: () => {} });
  }

  get source(): LiveServer {
    return this.servers.source;
  }

  replica(number = 1): LiveServer {
    return this.servers.all[number] as LiveServer;
  }

  connect(server: LiveServer = this.source): Session {
    return new Session(server, 'root', 'localhost', () => {});
  }

  pass(seconds: number): void {
    this.servers.cluster.run(this.servers.cluster.now + seconds * 1e6);
  }

  /** Lets time go on until the work is done. */
  async finish<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const settle = () => {
      settled = true;
    };
    work.then(settle, settle);
    const { cluster } = this.servers;
    const until = cluster.now + PATIENCE_US;
    // Promises settle between the steps.
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (settled) return work;
      if (cluster.now >= until) throw new Error(`not done after ${PATIENCE_US / 1e6} s of virtual time`);
      cluster.run(cluster.now + STEP_US);
    }
  }

  /** A statement of a session, or of one that lives for this statement alone. */
  async run(text: string, at: LiveServer | Session = this.source): Promise<Outcome> {
    const session = at instanceof Session ? at : this.connect(at);
    try {
      return await this.finish(execute(this.servers, session, text));
    } finally {
      if (session !== at) session.end();
    }
  }

  async rows(text: string, at?: LiveServer | Session): Promise<ResultSet['rows']> {
    const outcome = await this.run(text, at);
    if (outcome.kind !== 'rows') throw new Error(`${text} gave no rows`);
    return outcome.rows;
  }

  /** `ERROR 1064 (42000)`: what a statement is refused with, and its message. */
  async refusal(text: string, at?: LiveServer | Session): Promise<string> {
    try {
      await this.run(text, at);
    } catch (error) {
      const { code, sqlState, message } = error as SqlError;
      return `${code} (${sqlState}) ${message}`;
    }
    throw new Error(`${text} was not refused`);
  }

  async counter(name: string, server: LiveServer = this.source): Promise<string> {
    return String((await this.rows(`SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_${name}'`, server))[0]?.[1]);
  }

  async switchOnSemiSync(): Promise<void> {
    await switchOnSemiSync(this.servers.all, (text, at) => this.run(text, at));
    this.pass(1);
  }
}
