import { CommandError, errors, unknownPfdebugSubcommand } from '../protocol/errors.ts';
import { valueTypes } from '../store/value-types.ts';
import {
  denseBytes,
  denseRegister,
  ElementHash,
  headerBytes,
  hyperLogLogEncodings,
  isHyperLogLog,
  isSparse,
  registerCount,
  setDenseRegister,
  writeHeader,
} from '../store/values/hyperloglog.ts';
import { HyperLogLogEditor } from '../store/values/hyperloglog-editor.ts';
import { estimateCardinality, Histogram } from '../store/values/hyperloglog-registers.ts';
import { readRun, SparseRun } from '../store/values/hyperloglog-sparse.ts';
import { key, string } from './arguments.ts';
import type { CommandContext, KeyEvent } from './context.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';

/** Looking inside of a HyperLogLog, for tests and the curious. */

const rewritten: KeyEvent = { group: 'silent', name: '' };

const pfdebug = defineCommand({
  name: 'PFDEBUG',
  summary: 'Shows the registers, the runs or the layout of a HyperLogLog, or makes it dense.',
  since: '2.8.9',
  group: 'hyperloglog',
  complexity: 'N/A',
  flags: ['write', 'denyoom', 'admin'],
  system: true,
  arguments: [string('subcommand'), key('key', 'RW', 'access')],
  execute(context) {
    const { request, database } = context;
    const record = context.findForWrite(2);
    if (record === 0) throw errors.noSuchHyperLogLog;
    if (database.typeOf(record) !== valueTypes.string) throw errors.wrongType;
    const value = database.string(record);
    if (!isHyperLogLog(value.bytes, value.start, value.end)) throw errors.notHyperLogLog;
    const editor = new HyperLogLogEditor();
    editor.open(database, record, request.bytes, request.starts[2], request.ends[2]);
    if (request.is(1, 'getreg')) replyRegisters(context, editor);
    else if (request.is(1, 'decode')) replyRuns(context, editor);
    else if (request.is(1, 'encoding')) replyEncoding(context, editor);
    else if (request.is(1, 'todense')) context.reply.integer(makeDense(context, editor) ? 1 : 0);
    else throw unknownPfdebugSubcommand(request);
  },
});

/** Whether it was sparse before. */
function makeDense(context: CommandContext, editor: HyperLogLogEditor): boolean {
  if (!isSparse(editor.bytes, editor.start)) return false;
  if (!editor.becomeDense()) throw errors.damagedHyperLogLog;
  context.modified(rewritten, 2);
  return true;
}

function replyRegisters(context: CommandContext, editor: HyperLogLogEditor): void {
  makeDense(context, editor);
  context.reply.array(registerCount);
  for (let i = 0; i < registerCount; i += 1) {
    context.reply.integer(denseRegister(editor.bytes, editor.start, i));
  }
}

function replyRuns({ reply }: CommandContext, editor: HyperLogLogEditor): void {
  const { bytes, start, end } = editor;
  if (!isSparse(bytes, start)) throw errors.hyperLogLogNotSparse;
  const run = new SparseRun();
  const texts: string[] = [];
  for (let at = start + headerBytes; at < end; at = run.next) {
    readRun(run, bytes, at, end);
    if (run.value > 0) texts.push(`v:${run.value},${run.count}`);
    else texts.push(`${run.isLong ? 'Z' : 'z'}:${run.count}`);
  }
  reply.bulkLatin1(texts.join(' '));
}

function replyEncoding({ reply }: CommandContext, editor: HyperLogLogEditor): void {
  reply.simple(isSparse(editor.bytes, editor.start) ? 'sparse' : 'dense');
}

const pfselftest = defineCommand({
  name: 'PFSELFTEST',
  summary: 'Tests the registers and the estimates of HyperLogLogs in this process.',
  since: '2.8.9',
  group: 'hyperloglog',
  complexity: 'N/A',
  flags: ['admin'],
  system: true,
  arguments: [],
  execute(context) {
    const value = new Uint8Array(denseBytes);
    testRegisters(context, value);
    testEstimates(context, value);
    context.reply.ok();
  },
});

const registerRounds = 10;

/** Sets all registers to random numbers, in order, and reads them back. */
function testRegisters({ random }: CommandContext, value: Uint8Array): void {
  const expected = new Uint8Array(registerCount);
  for (let round = 0; round < registerRounds; round += 1) {
    for (let i = 0; i < registerCount; i += 1) {
      expected[i] = random.uint32() & 63;
      setDenseRegister(value, 0, i, expected[i]);
    }
    for (let i = 0; i < registerCount; i += 1) {
      const found = denseRegister(value, 0, i);
      if (found === expected[i]) continue;
      throw new CommandError(`TESTFAILED Register ${i} should be ${expected[i]} but is ${found}`);
    }
  }
}

const elementsMax = 1_000_000;
/** One standard error of an estimate; the test allows six. */
const standardError = 1.04 / Math.sqrt(registerCount);

/** Adds different elements, and looks at the estimate after 1, 10, 100 … of them. */
function testEstimates({ random }: CommandContext, value: Uint8Array): void {
  const hash = new ElementHash();
  const histogram = new Histogram();
  const element = new Uint8Array(8);
  random.fill(element);
  writeHeader(value, 0, hyperLogLogEncodings.dense);
  value.fill(0, headerBytes);
  let checkpoint = 1;
  for (let count = 1; count <= elementsMax; count += 1) {
    for (let i = 0; i < 4; i += 1) element[i] = count >>> (8 * i);
    hash.compute(element, 0, element.length);
    if (denseRegister(value, 0, hash.register) < hash.run) {
      setDenseRegister(value, 0, hash.register, hash.run);
    }
    if (count !== checkpoint) continue;
    histogram.countValue(value, 0, denseBytes);
    assertClose(checkpoint, estimateCardinality(histogram));
    checkpoint *= 10;
  }
}

function assertClose(cardinality: number, estimate: number): void {
  const error = Math.abs(cardinality - estimate);
  // Two of ten elements in one register are no rare event.
  const errorMax = cardinality === 10 ? 1 : Math.ceil(standardError * 6 * cardinality);
  if (error <= errorMax) return;
  throw new CommandError(`TESTFAILED Too big error. card:${cardinality} abserr:${error}`);
}

export const hyperLogLogDebugCommands: readonly CommandDeclaration[] = [pfdebug, pfselftest];
