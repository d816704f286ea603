import { latin1Of } from '../base/bytes.ts';
import type { Request } from './request.ts';

/**
 * Every error that a client can see, each once. Clients match on these texts, so they are Redis 7.0's
 * to the letter; the first word is the code.
 */

/**
 * The client's mistake, or a refusal it must know of: thrown by commands and by admission, written
 * as an error reply, and nothing else happens.
 */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** The whole reply without `-` and line end, one character per byte. */
  readonly text: string;

  constructor(text: string) {
    super(text);
    this.text = text;
  }

  /** The first word: `ERR`, `WRONGTYPE`, `READONLY`; `ERR` where a text has none of its own. */
  get code(): string {
    return codeOf(this.text);
  }
}

/** The code that statistics count an error reply under. */
export function codeOf(text: string): string {
  const space = text.indexOf(' ');
  return space < 0 ? text : text.slice(0, space);
}

/** Errors with constant texts, made once. */
export function define<const Names extends string>(
  texts: Readonly<Record<Names, string>>,
): Readonly<Record<Names, CommandError>> {
  const made: [string, CommandError][] = [];
  for (const [name, text] of Object.entries<string>(texts))
    made.push([name, new CommandError(text)]);
  return Object.fromEntries(made) as Record<Names, CommandError>;
}

/** Errors with a constant text, made once: to throw one costs no stack trace and no memory. */
export const errors = define({
  // Requests and their words.
  syntax: 'ERR syntax error',
  wrongType: 'WRONGTYPE Operation against a key holding the wrong kind of value',
  notAnInteger: 'ERR value is not an integer or out of range',
  mustBePositive: 'ERR value is out of range, must be positive',
  notAFloat: 'ERR value is not a valid float',
  noSuchKey: 'ERR no such key',
  packedThreshold: 'ERR argument must be a memory value bigger than 1 and smaller than 4gb',
  notAListpack: 'ERR Not a listpack encoded object.',
  notATable: 'ERR The value stored at the specified key is not represented using an hash table',
  keyCountNotPositive: 'ERR numkeys should be greater than 0',
  keyCountTooLarge: "ERR Number of keys can't be greater than number of args",
  limitNegative: "ERR LIMIT can't be negative",
  sameObject: 'ERR source and destination objects are the same',

  // Strings and bits.
  incrementOverflow: 'ERR increment or decrement would overflow',
  decrementOverflow: 'ERR decrement would overflow',
  notFinite: 'ERR increment would produce NaN or Infinity',
  stringTooLong: 'ERR string exceeds maximum allowed size (proto-max-bulk-len)',
  offsetOutOfRange: 'ERR offset is out of range',
  lcsOptions: 'ERR If you want both the length and indexes, please just use IDX.',
  lcsType: 'ERR The specified keys must contain string values',
  lcsTooLarge: 'ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len',
  bitOffset: 'ERR bit offset is not an integer or out of range',
  bitValue: 'ERR bit is not an integer or out of range',
  bitArgument: 'ERR The bit argument must be 1 or 0.',
  bitopNot: 'ERR BITOP NOT must be called with a single source key.',
  bitfieldType:
    'ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.',
  bitfieldOverflow: 'ERR Invalid OVERFLOW type specified',
  bitfieldReadOnly: 'ERR BITFIELD_RO only supports the GET subcommand',

  // Hashes.
  hashValueNotAnInteger: 'ERR hash value is not an integer',
  hashValueNotAFloat: 'ERR hash value is not a float',
  floatNotFinite: 'ERR value is NaN or Infinity',
  outOfRange: 'ERR value is out of range',
  fieldsMissing: 'ERR Mandatory argument FIELDS is missing or not at the right position',
  fieldCountNotPositive: 'ERR Number of fields must be a positive integer',
  expiringFieldCountNotPositive: 'ERR Parameter `numFields` should be greater than 0',
  fieldCountMismatch: 'ERR The `numfields` parameter must match the number of arguments',
  fieldCountInvalid: 'ERR invalid number of fields',
  fieldExpiryNegative: 'ERR invalid expire time, must be >= 0',
  fieldExpiryMissing: 'ERR missing expire time',
  fieldExpiryTwice: 'ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified',
  fieldConditionTwice: 'ERR Only one of FXX or FNX arguments can be specified',

  // Lists and waiting for them.
  indexOutOfRange: 'ERR index out of range',
  popCountNotPositive: 'ERR count should be greater than 0',
  rankZero:
    "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
  countNegative: "ERR COUNT can't be negative",
  maxLengthNegative: "ERR MAXLEN can't be negative",
  timeoutNotAFloat: 'ERR timeout is not a float or out of range',
  timeoutOutOfRange: 'ERR timeout is out of range',
  sortNotNumbers: "ERR One or more scores can't be converted into double",

  // HyperLogLogs.
  notHyperLogLog: 'WRONGTYPE Key is not a valid HyperLogLog string value.',
  damagedHyperLogLog: 'INVALIDOBJ Corrupted HLL object detected',
  hyperLogLogNotSparse: 'ERR HLL encoding is not sparse',
  noSuchHyperLogLog: 'ERR The specified key does not exist',

  // Places.
  unknownUnit: 'ERR unsupported unit provided. please use M, KM, FT, MI',
  radiusNotNumeric: 'ERR need numeric radius',
  widthNotNumeric: 'ERR need numeric width',
  heightNotNumeric: 'ERR need numeric height',
  radiusNegative: 'ERR radius cannot be negative',
  boxNegative: 'ERR height or width cannot be negative',
  noSuchPlaceMember: 'ERR could not decode requested zset member',
  searchCount: 'ERR COUNT must be > 0',
  anyWithoutCount: 'ERR the ANY argument requires COUNT argument',
  radiusStoreWithExtras:
    'ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD options',
  searchStoreWithExtras:
    'ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options',

  // Keys, databases, time.
  databaseIndex: 'ERR DB index is out of range',
  invalidFirstDatabase: 'ERR invalid first DB index',
  invalidSecondDatabase: 'ERR invalid second DB index',
  invalidCursor: 'ERR invalid cursor',
  busyKey: 'BUSYKEY Target key name already exists.',
  badDump: 'ERR Bad data format',
  damagedDump: 'ERR DUMP payload version or checksum are wrong',
  restoredTtl: 'ERR Invalid TTL value, must be >= 0',
  restoredIdleTime: 'ERR Invalid IDLETIME value, must be >= 0',
  restoredFrequency: 'ERR Invalid FREQ value, must be >= 0 and <= 255',
  nxWithOthers: 'ERR NX and XX, GT or LT options at the same time are not compatible',
  gtWithLt: 'ERR GT and LT options at the same time are not compatible',
  noFrequency:
    'ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
  noIdleTime:
    'ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',

  // Connections.
  notAuthenticated: 'NOAUTH Authentication required.',
  helloNotAuthenticated:
    'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
  wrongPassword: 'WRONGPASS invalid username-password pair or user is disabled.',
  noPasswordSet:
    'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
  unsupportedProtocol: 'NOPROTO unsupported protocol version',
  protocolNotAnInteger: 'ERR Protocol version is not an integer or out of range',
  clientName: 'ERR Client names cannot contain spaces, newlines or special characters.',
  clientId: 'ERR Invalid client ID',
  killClientId: 'ERR client-id should be greater than 0',
  noSuchClient: 'ERR No such client',
  timeoutNotAnInteger: 'ERR timeout is not an integer or out of range',
  timeoutNegative: 'ERR timeout is negative',
  pauseMode: 'ERR CLIENT PAUSE mode must be WRITE or ALL',
  unblockReason: 'ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR',

  // Client-side caching.
  redirectedTwice: 'ERR A client can only redirect to a single other client',
  noSuchRedirection: 'ERR The client ID you want redirect to does not exist',
  prefixNeedsBroadcast: 'ERR PREFIX option requires BCAST mode to be enabled',
  broadcastSwitched:
    "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode.",
  choiceWithBroadcast: 'ERR OPTIN and OPTOUT are not compatible with BCAST',
  twoChoices: "ERR You can't specify both OPTIN mode and OPTOUT mode",
  choiceSwitched:
    "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode.",
  cachingWithoutTracking:
    'ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled',
  cachingYesWithoutOptIn:
    'ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.',
  cachingNoWithoutOptOut:
    'ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.',

  // Transactions.
  nestedMulti: 'ERR MULTI calls can not be nested',
  execWithoutMulti: 'ERR EXEC without MULTI',
  discardWithoutMulti: 'ERR DISCARD without MULTI',
  watchInsideMulti: 'ERR WATCH inside MULTI is not allowed',
  execAborted: 'EXECABORT Transaction discarded because of previous errors.',
  notInTransaction: 'ERR Command not allowed inside a transaction',

  // Server.
  monitorInTransaction: "ERR MONITOR isn't allowed for DENY BLOCKING client",
  slowLogCount: 'ERR count should be greater than or equal to -1',
  noKeyArguments: 'ERR The command has no key arguments',
  invalidCommand: 'ERR Invalid command specified',
  invalidArity: 'ERR Invalid number of arguments specified for command',
  invalidArguments: 'ERR Invalid arguments specified for command',
  debugReloadOptions: 'ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.',
  debugProtocolType:
    'ERR Wrong protocol type name. Please use one of the following: string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false',
  needsResp3: 'ERR RESP2 is not supported by this command',
  noShutdownInProgress: 'ERR No shutdown in progress.',
  shutdownFailed: 'ERR Errors trying to SHUTDOWN. Check logs.',
  waitOnReplica:
    'ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica is configured to be writable (which is not the default) writes to replicas are just local and are not propagated.',
  replicaofFromReplica: 'ERR Command is not valid when client is a replica.',
  unblockedByClient: 'UNBLOCKED client unblocked via CLIENT UNBLOCK',
  unblockedByRoleChange:
    'UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)',
  saveInProgress: 'ERR Background save already in progress',
  saveFailed: 'ERR',
  reloadFailed: 'ERR Error trying to load the RDB dump, check server logs.',
  noConfigFile: 'ERR The server is running without a config file',
  invalidPrimaryPort: 'ERR Invalid master port',

  // Replication.
  noPrimaryLink: "NOMASTERLINK Can't SYNC while not connected with my master",
  syncWithPendingOutput: 'ERR SYNC and PSYNC are invalid with pending output',
  filterNeedsEofMark: 'ERR Filtered replica requires EOF capability',
  psyncFailoverToPrimary: "ERR PSYNC FAILOVER can't be sent to a master.",
  snapshotFailed: "ERR BGSAVE failed, replication can't continue",

  // Admission, in the order in which a request meets them (facts of the protocol, "error order").
  readOnlyReplica: "READONLY You can't write against a read only replica.",
  notEnoughReplicas: 'NOREPLICAS Not enough good replicas to write.',
  primaryDown: "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  loading: 'LOADING Redis is loading the dataset in memory',
  cannotSave:
    "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error.",
  outOfMemory: "OOM command not allowed when used memory > 'maxmemory'.",
  debugNotAllowed:
    'ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.',
  replicaMayNotTouchKeys: "ERR Replica can't interact with the keyspace",
});

/** CLIENT TRACKING with prefixes that would report a key twice; `which` is the other one's article. */
export function overlappingPrefixes(
  prefix: string,
  other: string,
  which: 'an existing' | 'another provided',
): CommandError {
  return new CommandError(
    `ERR Prefix '${prefix}' overlaps with ${which} prefix '${other}'. Prefixes for a single client must not overlap.`,
  );
}

/** LATENCY GRAPH of an event that was never noted. */
export function noLatencySamples(event: string): CommandError {
  return new CommandError(`ERR No samples available for event '${event}'`);
}

/** A RESP2 connection with subscriptions has few commands left. */
export function subscriberOnly(fullName: string): CommandError {
  return new CommandError(
    `ERR Can't execute '${fullName}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
  );
}

/** EXEC was refused for `text`, itself a whole error. */
export function execAborted(text: string): CommandError {
  return new CommandError(
    `EXECABORT Transaction discarded because of: ${text.replace(/^ERR /, '')}`,
  );
}

/** How many bytes of foreign text an error repeats. */
const echoMax = 128;

/** Bytes as C prints them with `%.128s`: up to the first zero byte, at most `max` of them. */
export function echoOf(bytes: Uint8Array, start: number, end: number, max = echoMax): string {
  let stop = Math.min(end, start + max);
  for (let at = start; at < stop; at += 1) if (bytes[at] === 0) stop = at;
  return latin1Of(bytes, start, stop);
}

/** No command has the name in word 0. Repeats the beginning of what was sent. */
export function unknownCommand(request: Request): CommandError {
  const name = echoOf(request.bytes, request.starts[0], request.ends[0]);
  let words = '';
  for (let i = 1; i < request.count && words.length < echoMax; i += 1) {
    const word = echoOf(request.bytes, request.starts[i], request.ends[i], echoMax - words.length);
    words += `'${word}' `;
  }
  return new CommandError(`ERR unknown command '${name}', with args beginning with: ${words}`);
}

/** The container in word 0 has no subcommand with the name in word 1. */
export function unknownSubcommand(request: Request): CommandError {
  const container = request.text(0).toUpperCase();
  const name = echoOf(request.bytes, request.starts[1], request.ends[1]);
  return new CommandError(`ERR unknown subcommand '${name}'. Try ${container} HELP.`);
}

/** A subcommand that a container reads by itself (DEBUG), or one with the wrong number of words. */
export function unknownSubcommandOrArity(request: Request): CommandError {
  const container = request.text(0).toUpperCase();
  const name = echoOf(request.bytes, request.starts[1], request.ends[1]);
  return new CommandError(
    `ERR unknown subcommand or wrong number of arguments for '${name}'. Try ${container} HELP.`,
  );
}

/** PFDEBUG does not know word 1. */
export function unknownPfdebugSubcommand(request: Request): CommandError {
  const name = latin1Of(request.bytes, request.starts[1], request.ends[1]);
  return new CommandError(`ERR Unknown PFDEBUG subcommand '${name}'`);
}

/** Coordinates without a geohash: as C prints them with `%f`. */
export function noSuchPlace(longitude: number, latitude: number): CommandError {
  const pair = [longitude, latitude].map(fixedText).join(',');
  return new CommandError(`ERR invalid longitude,latitude pair ${pair}`);
}

function fixedText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${BigInt(value)}.000000`;
}

/** GEOSEARCH and its kin, by the name that the client used, without one of two options. */
export function missingSearchOption(options: string, name: string): CommandError {
  return new CommandError(`ERR exactly one of ${options} can be specified for ${name}`);
}

/** `fullName` is the command's lower-case name, `client|list` for a subcommand. */
export function wrongArity(fullName: string): CommandError {
  return new CommandError(`ERR wrong number of arguments for '${fullName}' command`);
}

/** A moment that does not fit 64 bits, or a relative time that is not positive. */
export function invalidExpiry(commandName: string): CommandError {
  return new CommandError(`ERR invalid expire time in '${commandName}' command`);
}

/** An integer with bounds of its own was outside of them. */
export function rangeError(min: number | bigint, max: number | bigint): CommandError {
  return new CommandError(`ERR value is out of range, value must between ${min} and ${max}`);
}

/** EXPIRE and its kin met a word that is none of their options. */
export function unsupportedOption(option: string): CommandError {
  return new CommandError(`ERR Unsupported option ${option}`);
}

/** HSETEX met a word that is none of its options. */
export function unknownArgument(argument: string): CommandError {
  return new CommandError(`ERR unknown argument: ${argument}`);
}

/** CLIENT SETINFO with an attribute that it does not know. */
export function unrecognizedOption(option: string): CommandError {
  return new CommandError(`ERR Unrecognized option '${option}'`);
}

/** CLIENT SETINFO with characters that would break CLIENT LIST. */
export function unprintableAttribute(attribute: string): CommandError {
  return new CommandError(
    `ERR ${attribute} cannot contain spaces, newlines or special characters.`,
  );
}

/** HELLO met a word that is none of its options, or one without its values. */
export function helloOption(option: string): CommandError {
  return new CommandError(`ERR Syntax error in HELLO option '${option}'`);
}

/** `CLIENT LIST TYPE` or `CLIENT KILL TYPE` with a class that does not exist. */
export function unknownClientType(type: string): CommandError {
  return new CommandError(`ERR Unknown client type '${type}'`);
}

/** `CLIENT KILL USER` with a user that does not exist. */
export function noSuchUser(name: string): CommandError {
  return new CommandError(`ERR No such user '${name}'`);
}
