import { Command, InvalidArgumentError, Option } from 'commander';
import type { Settings } from '../engine/protocol/parameters.js';
import { PROFILE_NAMES, type ProfileName } from '../engine/protocol/profiles.js';
import { VARIABLES } from '../engine/protocol/variables.js';
import type { LiveServer, ServerConfiguration } from '../engine/runtimes/live/server.js';
import { LiveServers } from '../engine/runtimes/live/servers.js';
import { calibrationsWith } from '../workloads/calibration-file.js';
import { InputError } from '../workloads/input-error.js';
import { parseSetOption, resolveSettings } from '../workloads/load.js';
import { type FileOption, readOptionFile } from '../workloads/option-file.js';
import { serverOptions } from '../workloads/server-options.js';
import { DEFAULT_PROFILE } from '../workloads/setting.js';
import { now } from './clock.js';
import { freePorts, Listener } from './console/listener.js';
import { Prompt } from './console/prompt.js';
import { bringToLife, CONSOLE_RUNTIMES, type ConsoleRuntime } from './console/runtime.js';
import { EXIT_DONE, EXIT_INTERRUPTED } from './exit-code.js';
import { withInterrupt } from './interrupt.js';
import type { Io } from './io.js';
import { calibrationOption, seedOption, setOption, wholeNumber } from './options.js';
import type { RunWork } from './run-work.js';

interface ConsoleOptions {
  readonly runtime: ConsoleRuntime;
  readonly profile?: ProfileName;
  readonly replicas?: number;
  readonly port: number;
  readonly host: string;
  readonly password?: string;
  readonly defaultsFile?: string;
  readonly load: number;
  readonly prompt: boolean;
  readonly set: readonly string[];
  readonly calibration: readonly string[];
  readonly seed?: number;
}

const DEFAULT_PORT = 13306;
/** Between an answer and the next transaction of a client that commits all the time. */
const THINK = '100ms';

const EXAMPLES = `
Examples:
  acklab console                                a source and a replica of MySQL 5.7, and a prompt
  acklab console --profile mysql-5.6 --replicas 2 --set rtt=5ms --load 8
  acklab console --runtime threads --load 0     on the cores of this machine, and still until somebody commits
  acklab console --defaults-file my.cnf         servers as a my.cnf configures them: [mysqld], [mysqld1] the source
  mariadb -h 127.0.0.1 -P ${DEFAULT_PORT} -u root         in another terminal: the source; its replicas are on the ports behind
  echo "SHOW MASTER STATUS" | acklab console

Neither plugin is installed at first, and replication is asynchronous, as on servers just set up:
  SET GLOBAL acklab_load=0;                                          on the source: what moves is what you do
  INSTALL PLUGIN rpl_semi_sync_master SONAME 'semisync_master.so';   on the source
  INSTALL PLUGIN rpl_semi_sync_slave SONAME 'semisync_slave.so';     on the replica
  SET GLOBAL rpl_semi_sync_master_enabled=1;                         on the source
  SET GLOBAL rpl_semi_sync_slave_enabled=1;                          on the replica
  STOP SLAVE IO_THREAD; START SLAVE IO_THREAD;                       on the replica
docs/console.md goes on from there.`;

export const consoleCommand = (io: Io, run: RunWork): Command =>
  new Command('console')
    .description("a living cluster that speaks MySQL's own statements: at a prompt, and to any client on a port")
    .addOption(
      new Option('--profile <name>', `the servers' version (default: ${DEFAULT_PROFILE})`).choices(PROFILE_NAMES),
    )
    .addOption(
      new Option('--replicas <n>', 'replicas of the source (default: 1)').argParser((text) => wholeNumber(text, 1, 64)),
    )
    .addOption(
      new Option('--port <p>', "the source's port, its replicas listen on those behind; 0: any that are free")
        .argParser(port)
        .default(DEFAULT_PORT),
    )
    .addOption(
      new Option('--host <address>', 'where to listen; beyond loopback only with a password').default('127.0.0.1'),
    )
    .option('--password <text>', 'what clients must give, whatever their name (default: nothing is asked)')
    .option(
      '--defaults-file <my.cnf>',
      'options of the servers: [mysqld] for all, [mysqld1] for the source, [mysqld2] and so on for its replicas',
    )
    .addOption(
      new Option('--load <n>', 'clients that commit all the time beside yours; 0 for a cluster that stands still')
        .argParser((text) => wholeNumber(text, VARIABLES.acklab_load.min, VARIABLES.acklab_load.max))
        .default(VARIABLES.acklab_load.default),
    )
    .addOption(
      new Option(
        '--runtime <name>',
        'virtual time at the pace of the wall clock, or threads on the cores of this machine',
      )
        .choices(CONSOLE_RUNTIMES)
        .default('virtual'),
    )
    .option('--no-prompt', 'only listen, until interrupted')
    .addOption(setOption())
    .addOption(calibrationOption())
    .addOption(seedOption())
    .addHelpText('after', EXAMPLES)
    .action((options: ConsoleOptions) => run(() => openConsole(io, options)));

function port(text: string): number {
  const value = wholeNumber(text, 0, 65535);
  if (value > 65535 - 64) throw new InvalidArgumentError('Leave room for the ports of the replicas behind it.');
  return value;
}

async function openConsole(io: Io, options: ConsoleOptions): Promise<number> {
  const settings = settingsOf(options);
  const password = options.password || undefined;
  if (!/^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(options.host) && password === undefined) {
    throw new InputError(
      `--host ${options.host}: others could connect there; set a --password, or listen on 127.0.0.1`,
    );
  }
  const count = 1 + settings.replicas;
  const ports =
    options.port === 0
      ? await freePorts(options.host, count)
      : Array.from({ length: count }, (_, n) => options.port + n);
  const lines = options.defaultsFile === undefined ? [] : readOptionFile(options.defaultsFile);
  const configurations = ports.map((each, index) => configurationOf(io, lines, settings, each, index + 1));
  return withInterrupt((signal) => live(io, options, settings, configurations, signal));
}

function settingsOf(options: ConsoleOptions): Settings {
  const given = [
    `clients=${Math.max(1, options.load)}`,
    `think=${THINK}`,
    ...(options.profile === undefined ? [] : [`profile=${options.profile}`]),
    ...(options.replicas === undefined ? [] : [`replicas=${options.replicas}`]),
    ...(options.seed === undefined ? [] : [`seed=${options.seed}`]),
  ];
  const said = options.set.map(parseSetOption);
  const misplaced = said.find(({ name }) => name === 'clients' || name === 'semisync');
  if (misplaced) {
    const instead = misplaced.name === 'clients' ? '--load' : 'SET GLOBAL rpl_semi_sync_slave_enabled';
    throw new InputError(`${misplaced.place}: in the console that is ${instead}`);
  }
  const settings = resolveSettings([...given.map(parseSetOption), ...said], calibrationsWith(options.calibration));
  if (settings.arrival_rate > 0) {
    throw new InputError(`--set arrival_rate: the console's load is a closed loop; use --load with --set think`);
  }
  const ofHosts = said.find(({ name }) => /^(hosts|(\w+_)?cores)$/.test(name));
  if (options.runtime === 'threads' && ofHosts) {
    throw new InputError(`${ofHosts.place}: threads run on the cores that this machine has; leave it out`);
  }
  return { ...settings, clients: options.load };
}

/** What the file says to one server; notes go to whoever started it. */
function configurationOf(
  io: Io,
  lines: readonly FileOption[],
  settings: Settings,
  listensOn: number,
  number: number,
): ServerConfiguration {
  const options = serverOptions(lines, settings.profile, number);
  const who = number === 1 ? 'source' : `replica ${number - 1}`;
  for (const note of options.notes) io.stderr.write(`acklab: ${who}: ${note}\n`);
  return {
    serverId: options.serverId ?? number,
    port: listensOn,
    startedAt: now().getTime(),
    logBin: options.logBin ?? 'binlog',
    relayLog: options.relayLog ?? 'relay',
    skipSlaveStart: options.skipSlaveStart,
    variables: options.variables,
    plugins: options.plugins,
  };
}

async function live(
  io: Io,
  options: ConsoleOptions,
  settings: Settings,
  configurations: readonly ServerConfiguration[],
  signal: AbortSignal,
): Promise<number> {
  const ended = new AbortController();
  const listeners: Listener[] = [];
  const living = await bringToLife(options.runtime, settings, configurations);
  const { cluster, pace } = living;
  const servers = new LiveServers(cluster, settings, {
    servers: configurations,
    onShutdown: (server: LiveServer) => {
      // The answer to SHUTDOWN still has to leave.
      setImmediate(() => listeners[server.number]?.close());
      if (server.isSource) setImmediate(() => ended.abort());
    },
  });
  const accounts = setInterval(() => servers.replication.account(), 1000);
  const stop = AbortSignal.any([signal, ended.signal]);
  const serve = async (): Promise<void> => {
    await pace.during(() => servers.configure());
    const password = options.password || undefined;
    for (const server of servers.all) {
      const listener = new Listener(servers, server, pace, { host: options.host, password });
      listeners.push(listener);
      await listener.listen(server.configuration.port, options.port);
    }
    io.stderr.write(greeting(options, servers));
    if (options.prompt) await new Prompt(servers, pace, io).run(process.stdin, stop).catch(unlessAborted);
    else await new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }));
  };
  try {
    await Promise.race([serve(), living.failed]);
  } finally {
    clearInterval(accounts);
    for (const listener of listeners) listener.close();
    await living.end();
  }
  return signal.aborted && options.prompt ? EXIT_INTERRUPTED : EXIT_DONE;
}

function unlessAborted(error: unknown): void {
  if ((error as Error).name !== 'AbortError') throw error;
}

function greeting(options: ConsoleOptions, servers: LiveServers): string {
  const where = servers.all.map(({ isSource, number, configuration }) => {
    const who = isSource ? 'source' : `replica ${number}`;
    return `acklab: ${who.padEnd(10)} ${options.host}:${configuration.port}\n`;
  });
  const { load } = servers.cluster;
  const committing =
    load === 0
      ? ''
      : `acklab: ${load} ${load === 1 ? 'client commits' : 'clients commit'} all the time; SET GLOBAL acklab_load=0 stops them\n`;
  return `${where.join('')}${committing}acklab: connect with mariadb -h ${options.host} -P ${servers.source.configuration.port} -u root${options.prompt ? ', or type statements here; help explains' : ''}\n`;
}
