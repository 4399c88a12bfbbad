/**
 * One client's connection in the MySQL protocol. mysql2's server side frames packets, greets and encodes rows; what it lacks
 * is here: SQLSTATE in errors, status flags, the length limit, another authentication method asked for, and calm about
 * whatever arrives.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { ERRORS, type ErrorName, SqlError } from '../../engine/protocol/sql/errors.js';
import { MAX_ALLOWED_PACKET } from '../../engine/runtimes/live/fixed-variables.js';
import type { Cell, Column, Outcome, ResultSet } from '../../engine/runtimes/live/result.js';
import { binaryRow, PARAMETER_DEFINITION, preparedOk } from './binary-protocol.js';
import { PreparedStatements } from './prepared.js';

/** What mysql2's connection is on its server side; its types leave most of that out. */
export interface ServerSideConnection {
  readonly stream: Socket;
  sequenceId: number;
  readonly packetParser: { readonly length: number };
  readonly clientHelloReply?: {
    readonly user: string;
    readonly database?: string;
    readonly authToken: Buffer;
    readonly authPluginName?: string;
  };
  handlePacket(packet?: WirePacket): void;
  serverHandshake(options: object): void;
  writePacket(packet: object): void;
  writeColumns(columns: readonly object[]): void;
  writeTextRow(cells: readonly unknown[]): void;
  writeEof(warnings?: number, statusFlags?: number): void;
  writeOk(options?: { affectedRows?: number; serverStatus?: number; warningCount?: number }): void;
  writeError(options: { code?: number; message?: string }): void;
  on(event: string, listener: (...values: never[]) => void): void;
}

export interface WirePacket {
  readonly sequenceId: number;
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
}

/** Commands of the protocol that are answered. */
const COMMANDS = {
  quit: 1,
  initDb: 2,
  query: 3,
  fieldList: 4,
  shutdown: 8,
  statistics: 9,
  processKill: 12,
  ping: 14,
} as const;
const MORE_COMMANDS = { changeUser: 17, setOption: 27, resetConnection: 31 } as const;
const STATEMENT_COMMANDS = { prepare: 22, execute: 23, sendLongData: 24, close: 25, reset: 26 } as const;

/**
 * LONG_PASSWORD, FOUND_ROWS, LONG_FLAG, CONNECT_WITH_DB, PROTOCOL_41, INTERACTIVE, TRANSACTIONS, SECURE_CONNECTION,
 * PLUGIN_AUTH, CONNECT_ATTRS, PLUGIN_AUTH_LENENC_CLIENT_DATA.
 */
const CAPABILITIES = 0x1 | 0x2 | 0x4 | 0x8 | 0x200 | 0x400 | 0x2000 | 0x8000 | 0x80000 | 0x100000 | 0x200000;

const UTF8MB4 = 45;
const BINARY = 63;
const COLUMN_TYPES = { text: 253, bigint: 8, int: 3 } as const;
const FLAG_NOT_NULL = 1;
const FLAG_BINARY = 128;
const AUTHENTICATION = 'mysql_native_password';
const STATUS_IN_TRANSACTION = 1;
const STATUS_AUTOCOMMIT = 2;
/** How long a client may go on sending what is refused, before it is cut off, ms. */
const DRAIN_MS = 2000;
/** connect_timeout. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Who serves a connection: the server behind it. */
export interface Service {
  /** Greets with this; the id is the connection's for good. */
  readonly version: string;
  readonly threadId: number;
  readonly password: string | undefined;
  /** Called once the client is known. */
  login(user: string, database: string | undefined): void;
  use(database: string): void;
  execute(text: string): Promise<Outcome>;
  /** Is a transaction open; is autocommit on? For the status flags of every answer. */
  status(): { readonly inTransaction: boolean; readonly autocommit: boolean };
  statistics(): string;
  reset(): void;
}

/** Greets, and serves until the connection ends. */
export const serveWire = (connection: ServerSideConnection, service: Service): void => {
  new Wire(connection, service);
};

class Wire {
  readonly #connection: ServerSideConnection;
  readonly #service: Service;
  readonly #statements: PreparedStatements;
  #authenticated = false;
  #salt: Buffer = Buffer.alloc(0);
  #switching: ((token: Buffer) => void) | undefined;
  /** Commands that a client sends without waiting are answered in their order. */
  #work: Promise<void> = Promise.resolve();

  constructor(connection: ServerSideConnection, service: Service) {
    this.#connection = connection;
    this.#service = service;
    this.#statements = new PreparedStatements(service.version.includes('MariaDB') ? 'MariaDB' : 'MySQL');
    this.#guard();
    connection.serverHandshake({
      protocolVersion: 10,
      serverVersion: service.version,
      connectionId: service.threadId,
      statusFlags: STATUS_AUTOCOMMIT,
      characterSet: UTF8MB4,
      capabilityFlags: CAPABILITIES,
      authCallback: (reply: Greeting, done: (error: null, refusal?: object) => void) => this.#authenticate(reply, done),
    });
  }

  /** Takes over what mysql2 does with packets, so that nothing that arrives can harm anybody else. */
  #guard(): void {
    const connection = this.#connection;
    const handlePacket = connection.handlePacket.bind(connection);
    connection.handlePacket = (packet) => {
      if (!packet) return handlePacket();
      // Every command begins to count anew; who counts otherwise is answered as he counts.
      connection.sequenceId = packet.sequenceId;
      if (this.#switching) {
        connection.sequenceId++;
        const answer = this.#switching;
        this.#switching = undefined;
        return answer(packet.buffer.subarray(packet.start + 4, packet.end));
      }
      if (!this.#authenticated) {
        if (asksForTls(packet)) return this.#refuse('badHandshake', 'Bad handshake', packet.sequenceId + 1);
        return handlePacket(packet);
      }
      connection.sequenceId++;
      this.#command(Buffer.from(packet.buffer.subarray(packet.start + 4, packet.end)));
    };
    connection.writeError = ({ code = ERRORS.malformedPacket.code, message = 'Malformed communication packet' }) =>
      connection.writePacket(errorPacket(code, message));
    const writeEof = connection.writeEof.bind(connection);
    connection.writeEof = (warnings = 0, flags = this.#statusFlags()) => writeEof(warnings, flags);
    connection.on('error', () => connection.stream.destroy());
    // Who connects and never says who he is must not keep a place.
    const tooLate = setTimeout(() => {
      if (!this.#authenticated) connection.stream.destroy();
    }, CONNECT_TIMEOUT_MS).unref();
    connection.stream.on('close', () => clearTimeout(tooLate));
    connection.stream.on('data', () => {
      if (connection.packetParser.length > MAX_ALLOWED_PACKET) {
        this.#refuse('packetTooLarge', "Got a packet bigger than 'max_allowed_packet' bytes", 1);
      }
    });
  }

  #authenticate(reply: Greeting, done: (error: null, refusal?: object) => void): void {
    this.#salt = Buffer.concat([reply.authPluginData1, reply.authPluginData2]);
    const hello = this.#connection.clientHelloReply;
    const finish = (token: Buffer): void => {
      if (!this.#accepts(token)) {
        const used = token.length > 0 ? 'YES' : 'NO';
        const message = `Access denied for user '${reply.user}'@'localhost' (using password: ${used})`;
        done(null, { code: ERRORS.accessDenied.code, message });
        return;
      }
      this.#authenticated = true;
      this.#service.login(reply.user, reply.database || undefined);
      done(null);
    };
    const token = hello?.authToken ?? Buffer.alloc(0);
    if (this.#service.password === undefined || (hello?.authPluginName ?? AUTHENTICATION) === AUTHENTICATION) {
      finish(token);
      return;
    }
    this.#switching = finish;
    const request = Buffer.concat([
      Buffer.from([0xfe]),
      Buffer.from(`${AUTHENTICATION}\0`),
      this.#salt,
      Buffer.from([0]),
    ]);
    this.#connection.writePacket(packetOf(request));
  }

  /** mysql_native_password: SHA1(password) XOR SHA1(salt, SHA1(SHA1(password))). */
  #accepts(token: Buffer): boolean {
    const { password } = this.#service;
    if (password === undefined) return true;
    const once = sha1(Buffer.from(password));
    const mask = sha1(Buffer.concat([this.#salt, sha1(once)]));
    const expected = once.map((byte, index) => byte ^ (mask[index] as number));
    return token.length === expected.length && timingSafeEqual(token, expected);
  }

  #command(payload: Buffer): void {
    this.#work = this.#work
      .then(() => this.#answer(payload))
      .catch(() => {
        this.#connection.stream.destroy();
      });
  }

  async #answer(payload: Buffer): Promise<void> {
    const { stream } = this.#connection;
    if (stream.destroyed) return;
    const rest = payload.subarray(1).toString('utf8');
    switch (payload[0]) {
      case COMMANDS.query:
        return this.#query(rest);
      case COMMANDS.initDb:
        this.#service.use(rest);
        return this.#ok();
      case COMMANDS.quit:
        stream.end();
        return;
      case COMMANDS.fieldList:
        return this.#connection.writeEof();
      case COMMANDS.statistics:
        return this.#connection.writePacket(packetOf(Buffer.from(this.#service.statistics())));
      case COMMANDS.ping:
        return this.#ok();
      case COMMANDS.processKill:
        return this.#query(`KILL ${payload.readUInt32LE(1)}`);
      case COMMANDS.shutdown:
        return this.#query('SHUTDOWN');
      case MORE_COMMANDS.resetConnection:
        this.#service.reset();
        this.#statements.clear();
        return this.#ok();
      case MORE_COMMANDS.changeUser:
        return this.#changeUser(payload);
      case MORE_COMMANDS.setOption:
        return this.#connection.writeEof();
      default:
        return this.#answerStatement(payload);
    }
  }

  /** Commands of prepared statements. */
  async #answerStatement(payload: Buffer): Promise<void> {
    const body = payload.subarray(1);
    const id = body.length < 4 ? 0 : body.readUInt32LE(0);
    switch (payload[0]) {
      case STATEMENT_COMMANDS.prepare:
        return this.#orError(() => this.#prepared(this.#statements.prepare(body.toString('utf8'))));
      case STATEMENT_COMMANDS.execute:
        return this.#orError(async () => {
          const outcome = await this.#service.execute(this.#statements.bind(body));
          this.#send(outcome, (row, columns) => packetOf(binaryRow(row, columns)));
        });
      case STATEMENT_COMMANDS.sendLongData:
        return this.#statements.appendLongData(body);
      case STATEMENT_COMMANDS.close:
        return this.#statements.close(id);
      case STATEMENT_COMMANDS.reset:
        return this.#orError(() => {
          this.#statements.reset(id);
          this.#ok();
        });
      default:
        return this.#error('unknownCommand', 'Unknown command');
    }
  }

  #prepared({ id, parameters }: { readonly id: number; readonly parameters: number }): void {
    this.#connection.writePacket(packetOf(preparedOk(id, parameters)));
    for (let each = 0; each < parameters; each++) this.#connection.writePacket(packetOf(PARAMETER_DEFINITION));
    if (parameters > 0) this.#connection.writeEof();
  }

  /** User name, token with its length in front, database: as a pool sends it when it lends a connection again. */
  #changeUser(payload: Buffer): void {
    const userEnd = payload.indexOf(0, 1);
    const tokenEnd = userEnd + 2 + (payload[userEnd + 1] ?? 0);
    const user = payload.toString('utf8', 1, userEnd);
    const databaseEnd = payload.indexOf(0, tokenEnd);
    if (userEnd < 0 || databaseEnd < 0) this.#error('unknownCommand', 'Unknown command');
    else if (!this.#accepts(payload.subarray(userEnd + 2, tokenEnd))) {
      this.#refuse('accessDenied', `Access denied for user '${user}'@'localhost' (using password: YES)`, 1);
    } else {
      this.#service.reset();
      this.#statements.clear();
      this.#service.login(user, payload.toString('utf8', tokenEnd, databaseEnd) || undefined);
      this.#ok();
    }
  }

  #query(text: string): Promise<void> {
    return this.#orError(async () => {
      const outcome = await this.#service.execute(text);
      this.#send(outcome);
    });
  }

  async #orError(work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      this.#connection.writePacket(errorPacket(error.code, error.message, error.sqlState));
    }
  }

  /** `encode`: how a row is written; as text where absent. */
  #send(outcome: Outcome, encode?: EncodeRow): void {
    if (this.#connection.stream.destroyed) return;
    if (outcome.kind === 'ok') this.#ok(outcome.affectedRows, outcome.warnings);
    else this.#rows(outcome, encode);
  }

  #ok(affectedRows = 0, warningCount = 0): void {
    this.#connection.writeOk({ affectedRows, warningCount, serverStatus: this.#statusFlags() });
  }

  #rows({ columns, rows, warnings }: ResultSet, encode?: EncodeRow): void {
    this.#connection.writeColumns(
      columns.map((column, index) =>
        definition(
          column,
          rows.some((row) => row[index] === null),
        ),
      ),
    );
    for (const row of rows) {
      if (encode) this.#connection.writePacket(encode(row, columns));
      else this.#connection.writeTextRow(row);
    }
    this.#connection.writeEof(warnings);
  }

  #error(name: ErrorName, message: string): void {
    this.#connection.writePacket(errorPacket(ERRORS[name].code, message, ERRORS[name].sqlState));
  }

  /** Says why and hangs up, with time for the client to read it. */
  #refuse(name: ErrorName, message: string, sequenceId: number): void {
    const { stream } = this.#connection;
    if (stream.writableEnded) return;
    stream.removeAllListeners('data');
    stream.resume();
    this.#connection.sequenceId = sequenceId;
    this.#error(name, message);
    stream.end();
    setTimeout(() => stream.destroy(), DRAIN_MS).unref();
  }

  #statusFlags(): number {
    const { inTransaction, autocommit } = this.#service.status();
    return (inTransaction ? STATUS_IN_TRANSACTION : 0) | (autocommit ? STATUS_AUTOCOMMIT : 0);
  }
}

/** A client's first packet that asks for TLS ends behind its capabilities, among them CLIENT_SSL, which was not offered. */
const asksForTls = ({ buffer, start, end }: WirePacket): boolean =>
  end - start === 4 + 32 && (buffer.readUInt32LE(start + 4) & 0x800) !== 0;

interface Greeting {
  readonly user: string;
  readonly database: string;
  readonly authPluginData1: Buffer;
  readonly authPluginData2: Buffer;
}

const sha1 = (bytes: Buffer): Buffer => createHash('sha1').update(bytes).digest();

type EncodeRow = (row: readonly Cell[], columns: readonly Column[]) => RawPacket;

interface RawPacket {
  readonly buffer: Buffer;
  length(): number;
  writeHeader(sequenceId: number): void;
}

/** What mysql2 sends: it fills in the header. */
function packetOf(payload: Buffer): RawPacket {
  const buffer = Buffer.concat([Buffer.alloc(4), payload]);
  return {
    buffer,
    length: () => buffer.length,
    writeHeader: (sequenceId: number) => {
      buffer.writeUIntLE(payload.length, 0, 3);
      buffer[3] = sequenceId;
    },
  };
}

/** What a client is told instead of a greeting. */
export function refusal(name: ErrorName, message: string): Buffer {
  const { code, sqlState } = ERRORS[name];
  const packet = errorPacket(code, message, sqlState);
  packet.writeHeader(0);
  return packet.buffer;
}

function errorPacket(code: number, message: string, sqlState = stateOf(code)): RawPacket {
  const head = Buffer.alloc(3);
  head[0] = 0xff;
  head.writeUInt16LE(code, 1);
  return packetOf(Buffer.concat([head, Buffer.from(`#${sqlState}${message}`)]));
}

const stateOf = (code: number): string => Object.values(ERRORS).find((each) => each.code === code)?.sqlState ?? 'HY000';

/** Clients make room for the word NULL in columns that may hold it. */
function definition({ name, type }: Column, nullable: boolean): object {
  const isText = type === 'text';
  return {
    catalog: 'def',
    schema: '',
    table: '',
    orgTable: '',
    name,
    orgName: '',
    characterSet: isText ? UTF8MB4 : BINARY,
    columnLength: isText ? 4096 : type === 'bigint' ? 20 : 11,
    columnType: COLUMN_TYPES[type],
    flags: (isText ? 0 : FLAG_BINARY) | (nullable ? 0 : FLAG_NOT_NULL),
    decimals: 0,
  };
}
