import { errors } from '../protocol/errors.ts';
import { valueTypes } from '../store/value-types.ts';
import {
  ElementHash,
  isCardinalityFresh,
  isHyperLogLog,
  isSparse,
  readCardinality,
} from '../store/values/hyperloglog.ts';
import { HyperLogLogEditor } from '../store/values/hyperloglog-editor.ts';
import {
  estimateCardinality,
  Histogram,
  newRegisters,
  raiseRegisters,
} from '../store/values/hyperloglog-registers.ts';
import { key, many, noted, optional, string } from './arguments.ts';
import type { CommandContext, KeyEvent } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';
import { hyperLogLogDebugCommands } from './hyperloglog-debug.ts';

/** Counting different elements in little memory: how many, not which. */

const added: KeyEvent = { group: 'string', name: 'pfadd' };
/** Not news to anybody but watchers, replicas and save points. */
const counted: KeyEvent = { group: 'silent', name: '' };

const editor = new HyperLogLogEditor();
const hash = new ElementHash();
const histogram = new Histogram();
const registers = newRegisters();

/** Throws unless the record is a HyperLogLog. */
export function assertHyperLogLog(context: CommandContext, record: number): void {
  const { database } = context;
  if (database.typeOf(record) !== valueTypes.string) throw errors.wrongType;
  const value = database.string(record);
  if (!isHyperLogLog(value.bytes, value.start, value.end)) throw errors.notHyperLogLog;
}

/** Opens the value of the key in word `word`. Requires: `record` is a HyperLogLog. */
function openEditor(context: CommandContext, record: number, word: number): void {
  const { request, database } = context;
  editor.open(database, record, request.bytes, request.starts[word], request.ends[word]);
}

function createValue(context: CommandContext, word: number): void {
  const { request, database } = context;
  editor.create(database, request.bytes, request.starts[word], request.ends[word]);
}

const pfadd = defineCommand({
  name: 'PFADD',
  summary: 'Adds elements to a HyperLogLog, which is made when it is missing.',
  since: '2.8.9',
  group: 'hyperloglog',
  complexity: 'O(1) to add every element.',
  flags: ['write', 'denyoom', 'fast'],
  arguments: [key('key', 'RW', 'insert'), optional(many(string('element')))],
  execute(context) {
    const { request, reply } = context;
    const record = context.findForWrite(1);
    let changes = record === 0 ? 1 : 0;
    if (record === 0) {
      createValue(context, 1);
    } else {
      assertHyperLogLog(context, record);
      openEditor(context, record, 1);
    }
    for (let word = 2; word < request.count; word += 1) {
      hash.compute(request.bytes, request.starts[word], request.ends[word]);
      const outcome = editor.raise(hash.register, hash.run);
      if (outcome === 'damaged') throw errors.damagedHyperLogLog;
      if (outcome === 'changed') changes += 1;
    }
    if (changes > 0) {
      editor.markStale();
      context.modified(added, 1, changes);
    }
    reply.integer(changes > 0 ? 1 : 0);
  },
});

const pfcount = defineCommand({
  name: 'PFCOUNT',
  summary: 'Estimates how many different elements one HyperLogLog, or several together, have seen.',
  since: '2.8.9',
  group: 'hyperloglog',
  complexity:
    'O(1) with a very small average constant time when called with a single key. O(N) with N being the number of keys, and much bigger constant times, when called with multiple keys.',
  flags: ['readonly', 'may_replicate'],
  arguments: [
    noted(
      'RW because it may change the internal representation of the key, and propagate to replicas',
      many(key('key', 'RW', 'access')),
    ),
  ],
  execute(context) {
    if (context.request.count > 2) countUnion(context);
    else countOne(context);
  },
});

/** The estimate is kept in the value until its registers change. */
function countOne(context: CommandContext): void {
  const { reply } = context;
  const record = context.find(1);
  if (record === 0) {
    reply.integer(0);
    return;
  }
  assertHyperLogLog(context, record);
  openEditor(context, record, 1);
  if (isCardinalityFresh(editor.bytes, editor.start)) {
    const cardinality = readCardinality(editor.bytes, editor.start);
    if (typeof cardinality === 'bigint') reply.bigInteger(cardinality);
    else reply.integer(cardinality);
    return;
  }
  if (!histogram.countValue(editor.bytes, editor.start, editor.end)) {
    throw errors.damagedHyperLogLog;
  }
  const cardinality = estimateCardinality(histogram);
  editor.storeCardinality(cardinality);
  context.modified(counted, 1);
  replyEstimate(context, cardinality);
}

function countUnion(context: CommandContext): void {
  registers.fill(0);
  for (let word = 1; word < context.request.count; word += 1) {
    const record = context.find(word);
    if (record !== 0) raiseByRecord(context, record);
  }
  histogram.countRegisters(registers);
  replyEstimate(context, estimateCardinality(histogram));
}

/** Raises the common registers to those of a record; says whether that one is sparse. */
function raiseByRecord(context: CommandContext, record: number): boolean {
  assertHyperLogLog(context, record);
  const { bytes, start, end } = context.database.string(record);
  if (!raiseRegisters(registers, bytes, start, end)) throw errors.damagedHyperLogLog;
  return isSparse(bytes, start);
}

/** Registers that nobody's elements can have made give estimates beyond every integer. */
function replyEstimate({ reply }: CommandContext, cardinality: number): void {
  if (Number.isSafeInteger(cardinality)) reply.integer(cardinality);
  else reply.bigInteger(cardinality < 2 ** 63 ? BigInt(cardinality) : -(2n ** 63n));
}

const pfmerge = defineCommand({
  name: 'PFMERGE',
  summary: 'Makes a HyperLogLog that has seen what several have seen.',
  since: '2.8.9',
  group: 'hyperloglog',
  complexity: 'O(N) to merge N HyperLogLogs, but with high constant times.',
  flags: ['write', 'denyoom'],
  arity: -2,
  arguments: [key('destkey', 'RW', 'access', 'insert'), many(key('sourcekey', 'RO', 'access'))],
  execute(context) {
    registers.fill(0);
    let isAllSparse = true;
    for (let word = 1; word < context.request.count; word += 1) {
      const record = context.find(word);
      if (record !== 0 && !raiseByRecord(context, record)) isAllSparse = false;
    }
    const target = context.findForWrite(1);
    if (target === 0) createValue(context, 1);
    else openEditor(context, target, 1);
    if (!isAllSparse && !editor.becomeDense()) throw errors.damagedHyperLogLog;
    editor.raiseAll(registers);
    editor.markStale();
    context.modified(added, 1);
    context.reply.ok();
  },
});

export const hyperLogLogCommands: readonly CommandDeclaration[] = [
  pfadd,
  pfcount,
  pfmerge,
  ...hyperLogLogDebugCommands,
];
