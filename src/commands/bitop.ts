import { errors } from '../protocol/errors.ts';
import type { ByteRange, Request } from '../protocol/request.ts';
import { noExpiry } from '../store/database.ts';
import { key, many, string } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { assertString, deleteKey, events } from './string-values.ts';

/** BITOP: one string out of several, bit by bit. */

type Operation = 'and' | 'or' | 'xor' | 'not';
const operations: readonly Operation[] = ['and', 'or', 'xor', 'not'];

const bitop = defineCommand({
  name: 'BITOP',
  summary: 'Combines strings bit by bit and stores the result.',
  since: '2.6.0',
  group: 'bitmap',
  complexity: 'O(N)',
  flags: ['write', 'denyoom'],
  arguments: [
    string('operation'),
    key('destkey', 'OW', 'update'),
    many(key('key', 'RO', 'access')),
  ],
  execute(context) {
    const { request, reply } = context;
    const operation = operationIn(request);
    if (operation === 'not' && request.count !== 4) throw errors.bitopNot;
    const result = combine(operation, sourcesOf(context));
    if (result.length > 0) {
      const { bytes, starts, ends } = request;
      const { database } = context;
      database.setStringRaw(bytes, starts[2], ends[2], result, 0, result.length, noExpiry);
      context.modified(events.set, 2);
    } else if (context.findForWrite(2) !== 0) {
      deleteKey(context, 2);
    }
    reply.integer(result.length);
  },
});

function operationIn(request: Request): Operation {
  const operation = operations.find((each) => request.is(1, each));
  if (operation === undefined) throw errors.syntax;
  return operation;
}

function sourcesOf(context: CommandContext): readonly ByteRange[] {
  const sources: ByteRange[] = [];
  for (let word = 3; word < context.request.count; word += 1) {
    const record = context.find(word);
    assertString(context, record);
    if (record === 0) {
      sources.push({ bytes: new Uint8Array(0), start: 0, end: 0 });
      continue;
    }
    const { bytes, start, end } = context.database.string(record);
    sources.push({ bytes, start, end });
  }
  return sources;
}

/** As long as the longest source; shorter ones go on with zero bytes. */
function combine(operation: Operation, sources: readonly ByteRange[]): Uint8Array {
  const length = Math.max(...sources.map(({ start, end }) => end - start));
  const result = new Uint8Array(length);
  const [first, ...others] = sources;
  result.set(first.bytes.subarray(first.start, first.end));
  if (operation === 'not') {
    for (let i = 0; i < length; i += 1) result[i] = ~result[i];
  }
  for (const source of others) mixIn(operation, result, source);
  return result;
}

function mixIn(operation: Operation, result: Uint8Array, { bytes, start, end }: ByteRange): void {
  const length = end - start;
  if (operation === 'or') {
    for (let i = 0; i < length; i += 1) result[i] |= bytes[start + i];
  } else if (operation === 'xor') {
    for (let i = 0; i < length; i += 1) result[i] ^= bytes[start + i];
  } else {
    for (let i = 0; i < length; i += 1) result[i] &= bytes[start + i];
    result.fill(0, length);
  }
}

export const bitopCommands: readonly CommandDeclaration[] = [bitop];
