/** The console as a process of its own, the real client against it, and what is sent to it byte by byte. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import mysql from 'mysql2/promise';
import { expect } from 'vitest';
import { start } from './acklab.js';

export interface RunningConsole {
  readonly child: ChildProcess;
  /** Of the source, then of each replica. */
  readonly ports: readonly number[];
  readonly stderr: () => string;
  stop(): Promise<number | null>;
}

/** Stands still unless its arguments give it a load: counters are then what the test did. */
export async function startConsole(cwd: string, ...args: readonly string[]): Promise<RunningConsole> {
  const child = start(cwd, ['console', '--port', '0', '--no-prompt', '--load', '0', ...args]);
  let stderr = '';
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await new Promise<void>((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      stderr += text;
      if (stderr.includes('acklab: connect with')) resolve();
    });
    child.on('close', () => reject(new Error(`the console ended: ${stderr}`)));
  });
  const ports = [...stderr.matchAll(/^acklab: (?:source|replica \d+) +\S+:(\d+)$/gm)].map((match) => Number(match[1]));
  const stop = (): Promise<number | null> => {
    child.kill('SIGTERM');
    return ended;
  };
  return { child, ports, stderr: () => stderr, stop };
}

/** Runs a console in the folder while `work` is done. */
export async function withConsole(
  cwd: string,
  args: readonly string[],
  work: (console: RunningConsole) => Promise<void>,
): Promise<void> {
  const running = await startConsole(cwd, ...args);
  try {
    await work(running);
    // Whatever happened, nobody was told of a bug.
    expect(running.stderr()).not.toMatch(/bug|Error:|at .*\.js/);
  } finally {
    await running.stop();
  }
}

export const driver = (port: number, options: mysql.ConnectionOptions = {}): Promise<mysql.Connection> =>
  mysql.createConnection({ host: '127.0.0.1', port, user: 'root', ...options });

export async function counter(connection: mysql.Connection, name: string): Promise<string> {
  const [rows] = await connection.query(`SHOW GLOBAL STATUS LIKE '${name}'`);
  return String((rows as { Value: string }[])[0]?.Value);
}

/** Asks until it is so: another process takes its time. */
export async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 20));
}

export const hasClient = (): boolean => spawnSync('mariadb', ['--version']).status === 0;

export interface ClientOutput {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Debian's client: rows separated by tabs, without names. */
export function client(port: number, statement: string, ...options: readonly string[]): Promise<ClientOutput> {
  const args = ['--no-defaults', '-h', '127.0.0.1', '-P', String(port), '-u', 'root', ...options, '-e', statement];
  const child = spawn('mariadb', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

/** A connection without any client: what comes is collected. */
export class RawConnection {
  readonly socket: Socket;
  received = Buffer.alloc(0);
  readonly closed: Promise<void>;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('data', (data) => {
      this.received = Buffer.concat([this.received, data]);
    });
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve()));
  }

  /** The next packet: header and payload. */
  async packet(): Promise<Buffer> {
    const complete = (): boolean =>
      this.received.length >= 4 && this.received.length >= 4 + this.received.readUIntLE(0, 3);
    while (!complete()) {
      if (this.socket.destroyed) throw new Error('the connection has ended');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const length = 4 + this.received.readUIntLE(0, 3);
    const packet = this.received.subarray(0, length);
    this.received = this.received.subarray(length);
    return packet;
  }

  send(sequenceId: number, payload: Buffer): void {
    const header = Buffer.alloc(4);
    header.writeUIntLE(payload.length, 0, 3);
    header[3] = sequenceId;
    this.socket.write(Buffer.concat([header, payload]));
  }

  query(text: string): void {
    this.send(0, Buffer.concat([Buffer.from([3]), Buffer.from(text)]));
  }

  /** Answers the greeting; the salt of the greeting comes back. */
  async login(token = Buffer.alloc(0), plugin = 'mysql_native_password'): Promise<Buffer> {
    const greeting = await this.packet();
    const versionEnd = greeting.indexOf(0, 5);
    const salt = Buffer.concat([
      greeting.subarray(versionEnd + 5, versionEnd + 13),
      greeting.subarray(versionEnd + 32, versionEnd + 44),
    ]);
    const head = Buffer.alloc(32);
    // PROTOCOL_41, SECURE_CONNECTION, PLUGIN_AUTH.
    head.writeUInt32LE(0x200 | 0x8000 | 0x80000);
    head[8] = 45;
    this.send(
      1,
      Buffer.concat([head, Buffer.from('root\0'), Buffer.from([token.length]), token, Buffer.from(`${plugin}\0`)]),
    );
    return salt;
  }
}

const sha1 = (...parts: readonly Buffer[]): Buffer => createHash('sha1').update(Buffer.concat(parts)).digest();

export function nativeToken(password: string, salt: Buffer): Buffer {
  const once = sha1(Buffer.from(password));
  const mask = sha1(salt, sha1(once));
  return Buffer.from(once.map((byte, index) => byte ^ (mask[index] as number)));
}
