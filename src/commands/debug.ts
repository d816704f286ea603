import { bytesOfLatin1 } from '../base/bytes.ts';
import { CommandError, errors, unknownSubcommandOrArity } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { noExpiry } from '../store/database.ts';
import { listPlainBytesDefault } from '../store/encoding-limits.ts';
import { stringEncodings, valueTypes } from '../store/value-types.ts';
import { MemberTable } from '../store/values/member-table.ts';
import type { CommandContext } from './context.ts';
import { replyProtocolSample } from './debug-protocol.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { keyspaceDigest, valueDigest } from './digest.ts';
import { replyHelp } from './help.ts';
import { encodingNameOf } from './type-names.ts';
import { integerIn } from './words.ts';

/** DEBUG: what tests and peers ask of a server that no client should. */

interface DebugCommand {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  /** How many words follow the name. */
  readonly min: number;
  readonly max: number;
  readonly run: (context: CommandContext) => void;
}

const debugCommands: readonly DebugCommand[] = [
  {
    name: 'change-repl-id',
    usage: 'CHANGE-REPL-ID',
    summary: 'Begins another history: replicas will need a full sync.',
    min: 0,
    max: 0,
    run(context) {
      context.server.changeReplicationId();
      context.reply.ok();
    },
  },
  {
    name: 'digest',
    usage: 'DIGEST',
    summary: 'Returns a digest of all data, equal where the data is equal.',
    min: 0,
    max: 0,
    run(context) {
      context.reply.simple(keyspaceDigest(context.keyspace));
    },
  },
  {
    name: 'digest-value',
    usage: 'DIGEST-VALUE [<key> ...]',
    summary: 'Returns a digest of the value of each key.',
    min: 0,
    max: Number.POSITIVE_INFINITY,
    run(context) {
      const { request, reply, database } = context;
      reply.array(request.count - 2);
      for (let word = 2; word < request.count; word += 1) {
        reply.simple(valueDigest(database, context.peek(word)));
      }
    },
  },
  {
    name: 'error',
    usage: 'ERROR <text>',
    summary: 'Replies with an error of that text.',
    min: 1,
    max: 1,
    run(context) {
      context.reply.error(context.request.text(2));
    },
  },
  {
    name: 'log',
    usage: 'LOG <text>',
    summary: 'Writes a line to the log.',
    min: 1,
    max: 1,
    run(context) {
      context.server.logLine(`DEBUG LOG: ${context.request.text(2)}`);
      context.reply.ok();
    },
  },
  {
    name: 'object',
    usage: 'OBJECT <key>',
    summary: 'Shows how a value is kept.',
    min: 1,
    max: 1,
    run: describeObject,
  },
  {
    name: 'populate',
    usage: 'POPULATE <count> [<prefix>] [<size>]',
    summary: 'Creates keys `prefix:0` and so on; replicas are not told.',
    min: 1,
    max: 3,
    run: populate,
  },
  {
    name: 'protocol',
    usage: 'PROTOCOL <type>',
    summary: 'Replies with a sample of a type of the protocol.',
    min: 1,
    max: 1,
    run(context) {
      replyProtocolSample(context.reply, context.request.text(2).toLowerCase());
    },
  },
  {
    name: 'reload',
    usage: 'RELOAD [NOSAVE] [NOFLUSH] [MERGE]',
    summary: 'Saves the data and loads it again.',
    min: 0,
    max: 3,
    run: reload,
  },
  {
    name: 'replicate',
    usage: 'REPLICATE <word> [<word> ...]',
    summary: 'Sends a command to the replicas that is not executed here.',
    min: 1,
    max: Number.POSITIVE_INFINITY,
    run(context) {
      const { count } = context.request;
      const effect = context.effect(count - 2);
      for (let word = 2; word < count; word += 1) effect.word(word);
      context.reply.ok();
    },
  },
  {
    name: 'set-active-expire',
    usage: 'SET-ACTIVE-EXPIRE <0|1>',
    summary: 'Says whether expired keys are deleted before anybody asks for them.',
    min: 1,
    max: 1,
    run(context) {
      context.server.setActiveExpiry(leadingNumber(context.request, 2) !== 0);
      context.reply.ok();
    },
  },
  {
    name: 'sleep',
    usage: 'SLEEP <seconds>',
    summary: 'Stops everything for a time.',
    min: 1,
    max: 1,
    run(context) {
      context.server.sleep(Math.round(leadingNumber(context.request, 2) * 1000));
      context.reply.ok();
    },
  },
  ...['dict-resizing', 'pause-cron'].map(switchNamed),
  {
    name: 'quicklist-packed-threshold',
    usage: 'QUICKLIST-PACKED-THRESHOLD <size>',
    summary: 'Sets the size from which an element is a node of a list by itself; 0 is the default.',
    min: 1,
    max: 1,
    run(context) {
      context.keyspace.limits.listPlainBytes = plainBytesIn(context.request, 2);
      context.reply.ok();
    },
  },
  {
    name: 'listpack',
    usage: 'LISTPACK <key>',
    summary: 'Says whether a value is a listpack, and how large.',
    min: 1,
    max: 1,
    run(context) {
      describeListpack(context);
    },
  },
  {
    name: 'htstats-key',
    usage: 'HTSTATS-KEY <key>',
    summary: 'Shows the segments of the table that a value is.',
    min: 1,
    max: 1,
    run(context) {
      describeTable(context);
    },
  },
  ...['set-disable-deny-scripts', 'set-skip-checksum-validation'].map(switchNamed),
  {
    name: 'replybuffer',
    usage: 'REPLYBUFFER <PEAK-RESET-TIME|RESIZING> <value>',
    summary: 'Taken and ignored: reply buffers work otherwise here.',
    min: 2,
    max: 2,
    run(context) {
      setSwitch(context, 'replybuffer', context.request.text(3));
    },
  },
];

/** A number as C reads it from the beginning of a text; 0 where there is none. */
function leadingNumber(request: Request, word: number): number {
  const value = Number.parseFloat(request.text(word));
  return Number.isFinite(value) && value > 0 ? value : 0;
}

/** A switch that the server knows what to do with, or that changes nothing here. */
function switchNamed(name: string): DebugCommand {
  return {
    name,
    usage: `${name.toUpperCase()} <value>`,
    summary: 'Sets a switch for tests.',
    min: 1,
    max: 1,
    run(context) {
      setSwitch(context, name, context.request.text(2));
    },
  };
}

function setSwitch(context: CommandContext, name: string, value: string): void {
  const refusal = context.server.debugSwitch(name, value);
  if (refusal !== null) throw new CommandError(refusal);
  context.reply.ok();
}

const sizeText = /^(\d+)(b|kb?|mb?|gb?)?$/;
const unitBytes: Readonly<Record<string, number>> = {
  k: 1000,
  kb: 1024,
  m: 1000 ** 2,
  mb: 1024 ** 2,
  g: 1000 ** 3,
  gb: 1024 ** 3,
};

function plainBytesIn(request: Request, word: number): number {
  const [, digits, unit = 'b'] = sizeText.exec(request.text(word).toLowerCase()) ?? [];
  const bytes = Number(digits) * (unitBytes[unit] ?? 1);
  if (!(bytes < plainBytesMax)) throw errors.packedThreshold;
  return bytes === 0 ? listPlainBytesDefault : bytes;
}

const plainBytesMax = 4 * 1024 ** 3;

function describeListpack(context: CommandContext): void {
  const { database, reply } = context;
  const record = context.peek(2);
  if (record === 0) throw errors.noSuchKey;
  const name = encodingNameOf(database.typeOf(record), database.encodingOf(record));
  if (!name.startsWith('listpack')) throw errors.notAListpack;
  const { start, end } = database.string(record);
  reply.simple(`Listpack of ${end - start} bytes`);
}

function describeTable(context: CommandContext): void {
  const { database, reply } = context;
  const record = context.peek(2);
  if (record === 0) throw errors.noSuchKey;
  const structure = database.records.isStructured(record)
    ? database.values.structureOf(record)
    : null;
  if (!(structure instanceof MemberTable)) throw errors.notATable;
  const { size, segments } = structure.table;
  reply.bulkText(`Table: ${size} elements in ${segments.count} segments\n`);
}

function describeObject(context: CommandContext): void {
  const { database, reply } = context;
  const record = context.peek(2);
  if (record === 0) throw errors.noSuchKey;
  const type = database.typeOf(record);
  const encoding = database.encodingOf(record);
  const isInteger = type === valueTypes.string && encoding === stringEncodings.int;
  const { start, end } = database.string(record);
  const idle = database.idleSeconds(record);
  reply.simple(
    [
      `Value at:0x${record.toString(16)}`,
      'refcount:1',
      `encoding:${encodingNameOf(type, encoding)}`,
      `serializedlength:${isInteger ? 5 : end - start + 1}`,
      `lru:${Math.floor(context.nowMs / 1000 - idle) % 0x1000000}`,
      `lru_seconds_idle:${idle}`,
      ...nodesOf(context, record),
    ].join(' '),
  );
}

/** What is said of a large list besides. */
function nodesOf({ database }: CommandContext, record: number): readonly string[] {
  if (database.typeOf(record) !== valueTypes.list) return [];
  const list = database.lists.large(record);
  if (list === null) return [];
  const { nodeCount, elementCount } = list.directory;
  return [
    `ql_nodes:${nodeCount}`,
    `ql_avg_node:${(elementCount / nodeCount).toFixed(2)}`,
    `ql_listpack_max:${list.nodeSize}`,
    'ql_compressed:0',
    `ql_uncompressed_size:${list.memoryBytes}`,
  ];
}

function populate(context: CommandContext): void {
  const { request, database } = context;
  const count = positiveIn(request, 2);
  const prefix = request.count > 3 ? request.text(3) : 'key';
  const size = request.count > 4 ? positiveIn(request, 4) : 0;
  for (let i = 0; i < count; i += 1) {
    const name = bytesOfLatin1(`${prefix}:${i}`);
    if (database.find(name, 0, name.length) !== 0) continue;
    const text = bytesOfLatin1(`value:${i}`);
    const value = size === 0 ? text : new Uint8Array(size);
    if (size > 0) value.set(text.subarray(0, size));
    database.setString(name, 0, name.length, value, 0, value.length, noExpiry);
  }
  context.reply.ok();
}

function positiveIn(request: Request, word: number): number {
  const value = integerIn(request, word, errors.mustBePositive);
  if (value < 0) throw errors.mustBePositive;
  return value;
}

function reload(context: CommandContext): void {
  const { request, reply, server } = context;
  let save = true;
  let flush = true;
  let merge = false;
  for (let word = 2; word < request.count; word += 1) {
    if (request.is(word, 'nosave')) save = false;
    else if (request.is(word, 'noflush')) flush = false;
    else if (request.is(word, 'merge')) merge = true;
    else throw errors.debugReloadOptions;
  }
  const refusal = server.reload({ save, flush, merge });
  if (refusal !== null) throw new CommandError(refusal);
  reply.ok();
}

const debug = defineCommand({
  name: 'DEBUG',
  summary: 'Tools for tests and for those who look for faults.',
  since: '1.0.0',
  group: 'server',
  complexity: 'Depends on subcommand.',
  flags: ['admin', 'noscript', 'loading', 'stale', 'protected'],
  system: true,
  arity: -2,
  execute(context) {
    const { request } = context;
    if (request.is(1, 'help') && request.count === 2) {
      const lines = debugCommands.flatMap(({ usage, summary }) => [usage, `    ${summary}`]);
      replyHelp(context, 'DEBUG', [...lines, 'HELP', '    Prints this help.']);
      return;
    }
    const words = request.count - 2;
    const command = debugCommands.find(
      ({ name, min, max }) => request.is(1, name) && words >= min && words <= max,
    );
    if (command === undefined) throw unknownSubcommandOrArity(request);
    command.run(context);
  },
});

export const debugCommandList: readonly CommandDeclaration[] = [debug];
