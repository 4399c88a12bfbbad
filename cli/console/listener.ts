/** A server of a living cluster on a port of its own, for any client that speaks MySQL's protocol. */
import { createServer, type Server, type Socket } from 'node:net';
import mysql from 'mysql2';
import { execute } from '../../engine/runtimes/live/execute.js';
import { MAX_CONNECTIONS, SERVER_VERSIONS } from '../../engine/runtimes/live/fixed-variables.js';
import type { LiveServer } from '../../engine/runtimes/live/server.js';
import type { LiveServers } from '../../engine/runtimes/live/servers.js';
import { Session } from '../../engine/runtimes/live/session.js';
import { InputError } from '../../workloads/input-error.js';
import type { Pace } from './pace.js';
import { refusal, type ServerSideConnection, type Service, serveWire } from './wire.js';

export interface ListenerOptions {
  readonly host: string;
  readonly password: string | undefined;
}

export class Listener {
  readonly #servers: LiveServers;
  readonly #server: LiveServer;
  readonly #pace: Pace;
  readonly #options: ListenerOptions;
  readonly #listening: Server;
  readonly #sockets = new Set<Socket>();

  constructor(servers: LiveServers, server: LiveServer, pace: Pace, options: ListenerOptions) {
    this.#servers = servers;
    this.#server = server;
    this.#pace = pace;
    this.#options = options;
    this.#listening = createServer((socket) => this.#serve(socket));
  }

  #serve(socket: Socket): void {
    if (this.#sockets.size >= MAX_CONNECTIONS) {
      socket.on('error', () => {});
      socket.end(refusal('tooManyConnections', 'Too many connections'));
      return;
    }
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    const options = { isServer: true, stream: socket } as mysql.ConnectionOptions;
    const connection = mysql.createConnection(options) as unknown as ServerSideConnection;
    const address = socket.remoteAddress?.replace('::ffff:', '') ?? '';
    // As a server that resolves names says it, without the port that a Unix socket has not.
    const host = /^(127\.|::1$)/.test(address) ? 'localhost' : `${address}:${socket.remotePort}`;
    const session = new Session(this.#server, 'unauthenticated user', host, () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      session.end();
    });
    serveWire(connection, this.#service(session));
  }

  #service(session: Session): Service {
    return {
      version: SERVER_VERSIONS[this.#server.profile],
      threadId: session.id,
      password: this.#options.password,
      login: (user, database) => {
        session.user = user;
        session.database = database;
      },
      use: (database) => {
        session.database = database;
      },
      execute: (text) => this.#pace.during(() => execute(this.#servers, session, text)),
      status: () => session,
      statistics: () => {
        const { cluster, questions, sessions, isSource } = this.#server;
        const threads = sessions.size + (isSource ? cluster.load : 0);
        return `Uptime: ${Math.floor(cluster.now / 1e6)}  Threads: ${threads}  Questions: ${questions}`;
      },
      reset: () => session.reset(),
    };
  }

  /** Resolves when clients may connect. `first`: the source's port, as it was asked for. */
  listen(port: number, first: number): Promise<void> {
    const { host } = this.#options;
    return new Promise((resolve, reject) => {
      this.#listening.once('error', (error: NodeJS.ErrnoException) => {
        reject(
          new InputError(
            `--port ${first}: ${port === first || first === 0 ? '' : `replica ${port - first} would listen on ${port}, and `}${LISTEN_FAILURES[error.code ?? ''] ?? `cannot listen on ${host} (${error.code})`}`,
          ),
        );
      });
      this.#listening.listen(port, host, () => resolve());
    });
  }

  close(): void {
    this.#listening.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

const LISTEN_FAILURES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something listens there already; choose another with --port',
  EACCES: 'no permission to listen there; choose one above 1023 with --port',
  EADDRNOTAVAIL: 'this machine has no such address; choose another with --host',
};

/** Ports that nothing uses now, one for each server. */
export async function freePorts(host: string, count: number): Promise<number[]> {
  const probes = await Promise.all(
    Array.from({ length: count }, () => {
      const probe = createServer();
      return new Promise<Server>((resolve, reject) => {
        probe.once('error', reject);
        probe.listen(0, host, () => resolve(probe));
      });
    }),
  );
  const ports = probes.map((probe) => (probe.address() as { port: number }).port);
  await Promise.all(probes.map((probe) => new Promise((resolve) => probe.close(resolve))));
  return ports;
}
