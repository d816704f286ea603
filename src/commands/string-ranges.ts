import { copyBytes } from '../base/bytes.ts';
import { errors } from '../protocol/errors.ts';
import { noExpiry } from '../store/database.ts';
import { integer, key, string } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import {
  assertString,
  assertStringFits,
  events,
  storeWord,
  stringLength,
} from './string-values.ts';
import { integerIn } from './words.ts';

/** Parts of strings: reading and writing them in place. */

const append = defineCommand({
  name: 'APPEND',
  summary: 'Adds bytes to the end of a string, which is empty where there is none.',
  since: '2.0.0',
  group: 'string',
  complexity:
    'O(1). The amortized time complexity is O(1) assuming the appended value is small and the already present value is of any size, since the dynamic string library used by Redis will double the free space available on every reallocation.',
  flags: ['write', 'denyoom', 'fast'],
  arguments: [key('key', 'RW', 'insert'), string('value')],
  execute(context) {
    const { request } = context;
    const record = context.findForWrite(1);
    assertString(context, record);
    const before = stringLength(context, record);
    const length = before + request.lengthOf(2);
    if (record === 0) {
      storeWord(context, 1, 2, noExpiry);
    } else {
      assertStringFits(context, length);
      writeAt(context, 2, before, length);
    }
    context.modified(events.append, 1);
    context.reply.integer(length);
  },
});

/** Writes word `word` to the string of word 1 from `offset` on, in place. */
function writeAt(context: CommandContext, word: number, offset: number, length: number): void {
  const { bytes, starts, ends } = context.request;
  const target = context.database.resizeString(bytes, starts[1], ends[1], length);
  copyBytes(bytes, starts[word], ends[word], target.bytes, target.start + offset);
}

const strlen = defineCommand({
  name: 'STRLEN',
  summary: 'Returns the length of a string in bytes.',
  since: '2.2.0',
  group: 'string',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  arguments: [key('key', 'RO')],
  execute(context) {
    const record = context.find(1);
    assertString(context, record);
    context.reply.integer(stringLength(context, record));
  },
});

const setrange = defineCommand({
  name: 'SETRANGE',
  summary: 'Overwrites a part of a string; zero bytes fill what lies before it.',
  since: '2.2.0',
  group: 'string',
  complexity:
    'O(1), not counting the time taken to copy the new string in place. Usually, this string is very small so the amortized complexity is O(1). Otherwise, complexity is O(M) with M being the length of the value argument.',
  flags: ['write', 'denyoom'],
  arguments: [key('key', 'RW', 'update'), integer('offset'), string('value')],
  execute(context) {
    const { request, reply } = context;
    const offset = integerIn(request, 2);
    if (offset < 0) throw errors.offsetOutOfRange;
    const record = context.findForWrite(1);
    assertString(context, record);
    const before = stringLength(context, record);
    if (request.lengthOf(3) === 0) {
      reply.integer(before);
      return;
    }
    const end = offset + request.lengthOf(3);
    assertStringFits(context, end);
    const length = Math.max(before, end);
    writeAt(context, 3, offset, length);
    context.modified(events.setRange, 1);
    reply.integer(length);
  },
});

const getrange = defineCommand({
  name: 'GETRANGE',
  summary: 'Returns a part of a string; negative positions count from its end.',
  since: '2.4.0',
  group: 'string',
  complexity:
    'O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.',
  flags: ['readonly'],
  arguments: [key('key', 'RO', 'access'), integer('start'), integer('end')],
  execute: replyRange,
});

const substr = defineCommand({
  name: 'SUBSTR',
  summary: 'Returns a part of a string; the old name of GETRANGE.',
  since: '1.0.0',
  group: 'string',
  complexity:
    'O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings.',
  flags: ['readonly'],
  deprecated: { since: '2.0.0', replacedBy: '`GETRANGE`' },
  arguments: [key('key', 'RO', 'access'), integer('start'), integer('end')],
  execute: replyRange,
});

function replyRange(context: CommandContext): void {
  const { request, reply } = context;
  const first = integerIn(request, 2);
  const last = integerIn(request, 3);
  const record = context.find(1);
  assertString(context, record);
  const length = stringLength(context, record);
  const range = clampRange(first, last, length);
  if (range === null) {
    reply.bulkLatin1('');
    return;
  }
  const value = context.database.string(record);
  reply.bulk(value.bytes, value.start + range.first, value.start + range.last + 1);
}

/** A range of positions, both ends inside. */
export interface InclusiveRange {
  readonly first: number;
  readonly last: number;
}

/** Positions that may count from the end as positions in `[0, length)`; null when none is left. */
export function clampRange(first: number, last: number, length: number): InclusiveRange | null {
  if (first < 0 && last < 0 && first > last) return null;
  const from = Math.max(0, first < 0 ? first + length : first);
  const to = Math.min(length - 1, Math.max(0, last < 0 ? last + length : last));
  return from > to ? null : { first: from, last: to };
}

export const stringRangeCommands: readonly CommandDeclaration[] = [
  append,
  strlen,
  setrange,
  getrange,
  substr,
];
