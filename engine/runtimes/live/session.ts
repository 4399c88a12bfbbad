/** One client's connection to a server: what it has set, its transaction, what it is doing. */
import type { Warning } from '../../protocol/sql/errors.js';
import type { LiveServer } from './server.js';

/** What a connection runs now. */
export interface RunningStatement {
  readonly text: string;
  /** Virtual time at which it began. */
  readonly since: number;
}

export class Session {
  readonly server: LiveServer;
  readonly id: number;
  user: string;
  readonly host: string;
  database: string | undefined;
  warnings: readonly Warning[] = [];
  readonly userVariables = new Map<string, string | number | null>();
  /** Of variables that change nothing here. */
  readonly ownValues = new Map<string, string | number>();
  autocommit = true;
  inTransaction = false;
  /** Has the open transaction changed anything? */
  dirty = false;
  running: RunningStatement | undefined;
  /** Present while SLEEP() is under way: ends it, as KILL QUERY does. */
  wake: (() => void) | undefined;
  /** What the last SLEEP() was worth: 1 where it was interrupted. */
  slept: 0 | 1 = 0;
  /** The engine's session, while it commits. */
  engineSession: number | undefined;
  /** Virtual time of the last change between idle and busy. */
  since: number;
  /** Ends the connection. */
  readonly close: () => void;

  constructor(server: LiveServer, user: string, host: string, close: () => void) {
    this.server = server;
    this.id = server.nextThreadId();
    this.user = user;
    this.host = host;
    this.close = close;
    this.since = server.cluster.now;
    server.sessions.set(this.id, this);
  }

  /** SET sql_log_bin=0: what it changes does not go into the binlog, and nobody waits for it. */
  get writesBinlog(): boolean {
    return !/^(0|off)$/i.test(String(this.ownValues.get('sql_log_bin') ?? 'ON'));
  }

  /** SLEEP(): resolves when the time is over, or somebody wakes it. */
  async sleep(seconds: number): Promise<void> {
    this.slept = 0;
    const interrupted = new Promise<void>((resolve) => {
      this.wake = () => {
        this.slept = 1;
        resolve();
      };
    });
    await Promise.race([this.server.cluster.wait(1e6 * seconds), interrupted]);
    this.wake = undefined;
  }

  /** COM_RESET_CONNECTION: as if just connected; an open transaction is rolled back. */
  reset(): void {
    this.warnings = [];
    this.userVariables.clear();
    this.ownValues.clear();
    this.autocommit = true;
    this.inTransaction = false;
    this.dirty = false;
  }

  end(): void {
    this.wake?.();
    this.server.sessions.delete(this.id);
  }
}
