import { latin1Of } from '../base/bytes.ts';
import { errors, rangeError } from '../protocol/errors.ts';
import { after, block, integer, key, optional, pattern, token } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { findHash, forEachVisible, isGone, visibleLength } from './hash-values.ts';
import { cursorIn, isWanted, readScanOptions, replyScanHead } from './scan-options.ts';
import { int64In } from './words.ts';

/** Some fields of a hash: in turn, or by chance. */

const hscan = defineCommand({
  name: 'HSCAN',
  summary: 'Returns some fields of a hash, and a cursor to go on with.',
  since: '2.8.0',
  group: 'hash',
  complexity:
    'O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection..',
  flags: ['readonly'],
  tips: ['nondeterministic_output'],
  arguments: [
    key('key', 'RO', 'access'),
    integer('cursor'),
    optional(after('MATCH', pattern('pattern'))),
    optional(after('COUNT', integer('count'))),
    optional(token('novalues', 'NOVALUES')),
  ],
  execute(context) {
    const { request, reply, database } = context;
    const cursor = cursorIn(request, 2);
    const record = findHash(context);
    if (record === 0) {
      replyScanHead(reply, 0, 0);
      return;
    }
    const options = readScanOptions(request, 3, 'fields');
    const found: Uint8Array[] = [];
    const next = database.hashes.scan(
      record,
      cursor,
      options.count,
      (field, value, expiresAtMs) => {
        if (isGone(context, expiresAtMs)) return;
        const { bytes, start, end } = field;
        if (!isWanted(options, bytes, start, end)) return;
        found.push(bytes.slice(start, end));
        if (!options.noValues) found.push(value.bytes.slice(value.start, value.end));
      },
    );
    replyScanHead(reply, next, found.length);
    for (const each of found) reply.bulk(each);
  },
});

const hrandfield = defineCommand({
  name: 'HRANDFIELD',
  summary: 'Returns random fields of a hash.',
  since: '6.2.0',
  group: 'hash',
  complexity: 'O(N) where N is the number of fields returned',
  flags: ['readonly'],
  tips: ['nondeterministic_output'],
  arguments: [
    key('key', 'RO', 'access'),
    optional(block('options', integer('count'), optional(token('withvalues', 'WITHVALUES')))),
  ],
  execute(context) {
    const { request, reply, database } = context;
    if (request.count > 2) {
      replyFields(context);
      return;
    }
    const record = findHash(context);
    if (record === 0 || !pickVisible(context, record)) {
      reply.nil();
      return;
    }
    const { field } = database.hashes;
    reply.bulk(field.bytes, field.start, field.end);
  },
});

const longMax = 9223372036854775807n;

/** HRANDFIELD with a count. */
function replyFields(context: CommandContext): void {
  const { request } = context;
  const exact = int64In(request, 2);
  if (exact < -longMax) throw rangeError(-longMax, longMax);
  const withValues = request.count > 3;
  if (request.count > 4 || (withValues && !request.is(3, 'withvalues'))) throw errors.syntax;
  if (withValues && (exact < -longMax / 2n || exact > longMax / 2n)) throw errors.outOfRange;
  const count = Number(exact);
  const record = findHash(context);
  const size = record === 0 ? 0 : visibleLength(context, record);
  if (size === 0 || count === 0) context.reply.array(0);
  else if (count < 0) replyAnyFields(context, record, -count, withValues);
  else replyDistinctFields(context, record, Math.min(count, size), size, withValues);
}

function replyHead(context: CommandContext, count: number, withValues: boolean): void {
  const { reply } = context;
  reply.array(withValues && reply.version === 2 ? count * 2 : count);
}

/** One field, in RESP3 with its value as a pair. */
function replyShown(context: CommandContext, withValues: boolean): void {
  const { reply, database } = context;
  const { field, value } = database.hashes;
  if (withValues && reply.version === 3) reply.array(2);
  reply.bulk(field.bytes, field.start, field.end);
  if (withValues) reply.bulk(value.bytes, value.start, value.end);
}

/** The same field may come again and again. */
function replyAnyFields(
  context: CommandContext,
  record: number,
  count: number,
  withValues: boolean,
): void {
  replyHead(context, count, withValues);
  for (let i = 0; i < count; i += 1) {
    pickVisible(context, record);
    replyShown(context, withValues);
  }
}

/** Shows a random field that a reader sees; false when there is none. */
function pickVisible(context: CommandContext, record: number): boolean {
  const { hashes } = context.database;
  for (let tries = 0; tries < picksMax; tries += 1) {
    hashes.pick(record, context.random);
    if (!isGone(context, hashes.expiresAtMs)) return true;
  }
  // Almost all have expired, and nobody has deleted them yet.
  const visible = visibleLength(context, record);
  if (visible === 0) return false;
  const wanted = randomBelow(context, visible);
  let at = 0;
  let name = noName;
  forEachVisible(context, hashes, record, (field) => {
    if (at === wanted) name = field.bytes.slice(field.start, field.end);
    at += 1;
  });
  hashes.show(record, name);
  return true;
}

const noName = new Uint8Array(0);
const picksMax = 100;

/** Every set of `count` of the `size` fields has the same chance. */
function replyDistinctFields(
  context: CommandContext,
  record: number,
  count: number,
  size: number,
  withValues: boolean,
): void {
  replyHead(context, count, withValues);
  if (count * sparseFactor < size) {
    replySparse(context, record, count, withValues);
    return;
  }
  let needed = count;
  let left = size;
  forEachVisible(context, context.database.hashes, record, () => {
    if (randomBelow(context, left) < needed) {
      replyShown(context, withValues);
      needed -= 1;
    }
    left -= 1;
  });
}

/** Below one field in so many, picking until all are different beats a walk over all. */
const sparseFactor = 3;

function replySparse(
  context: CommandContext,
  record: number,
  count: number,
  withValues: boolean,
): void {
  const seen = new Set<string>();
  while (seen.size < count) {
    pickVisible(context, record);
    const { field } = context.database.hashes;
    const name = latin1Of(field.bytes, field.start, field.end);
    if (seen.has(name)) continue;
    seen.add(name);
    replyShown(context, withValues);
  }
}

/** A random integer below `limit`, every one with the same chance as far as 53 bits go. */
function randomBelow(context: CommandContext, limit: number): number {
  const high = context.random.uint32() >>> 5;
  const low = context.random.uint32() >>> 6;
  return Math.floor(((high * 67108864 + low) / 9007199254740992) * limit);
}

export const hashScanCommands: readonly CommandDeclaration[] = [hscan, hrandfield];
