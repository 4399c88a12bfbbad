/** MySQL's errors as a client sees them: number, SQLSTATE and message. Their texts are what scripts match on. */

export interface ErrorShape {
  readonly code: number;
  readonly sqlState: string;
}

export const ERRORS = {
  badHandshake: { code: 1043, sqlState: '08S01' },
  accessDenied: { code: 1045, sqlState: '28000' },
  noDatabase: { code: 1046, sqlState: '3D000' },
  unknownCommand: { code: 1047, sqlState: '08S01' },
  outOfMemory: { code: 1037, sqlState: 'HY001' },
  tooManyConnections: { code: 1040, sqlState: '08004' },
  syntax: { code: 1064, sqlState: '42000' },
  unknownColumn: { code: 1054, sqlState: '42S22' },
  emptyQuery: { code: 1065, sqlState: '42000' },
  noSuchThread: { code: 1094, sqlState: 'HY000' },
  pluginExists: { code: 1125, sqlState: 'HY000' },
  noLibrary: { code: 1126, sqlState: 'HY000' },
  noSymbol: { code: 1127, sqlState: 'HY000' },
  packetTooLarge: { code: 1153, sqlState: '08S01' },
  malformedPacket: { code: 1835, sqlState: 'HY000' },
  unknownVariable: { code: 1193, sqlState: 'HY000' },
  slaveRunning: { code: 1198, sqlState: 'HY000' },
  notASlave: { code: 1200, sqlState: 'HY000' },
  localVariable: { code: 1228, sqlState: 'HY000' },
  globalVariable: { code: 1229, sqlState: 'HY000' },
  wrongArguments: { code: 1210, sqlState: 'HY000' },
  wrongValue: { code: 1231, sqlState: '42000' },
  wrongType: { code: 1232, sqlState: '42000' },
  notSupported: { code: 1235, sqlState: '42000' },
  readOnlyVariable: { code: 1238, sqlState: 'HY000' },
  unknownStatement: { code: 1243, sqlState: 'HY000' },
  notPreparable: { code: 1295, sqlState: 'HY000' },
  doesNotExist: { code: 1305, sqlState: '42000' },
  readOnlyServer: { code: 1290, sqlState: 'HY000' },
  tooManyStatements: { code: 1461, sqlState: '42000' },
  cannotUninstall: { code: 1883, sqlState: 'HY000' },
  ioThreadRunning: { code: 3021, sqlState: 'HY000' },
} as const satisfies Readonly<Record<string, ErrorShape>>;

export type ErrorName = keyof typeof ERRORS;

/** What a statement ends with that MySQL would refuse. */
export class SqlError extends Error {
  readonly code: number;
  readonly sqlState: string;

  constructor(name: ErrorName, message: string) {
    super(message);
    this.name = 'SqlError';
    this.code = ERRORS[name].code;
    this.sqlState = ERRORS[name].sqlState;
  }
}

/** One row of SHOW WARNINGS. */
export interface Warning {
  readonly level: 'Note' | 'Warning' | 'Error';
  readonly code: number;
  readonly message: string;
}
