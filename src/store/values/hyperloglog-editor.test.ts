import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { type Database, noExpiry } from '../database.ts';
import { Keyspace } from '../keyspace.ts';
import { headerBytes, hyperLogLogEncodings, isSparse, writeHeader } from './hyperloglog.ts';
import { HyperLogLogEditor } from './hyperloglog-editor.ts';
import { newRegisters, raiseRegisters } from './hyperloglog-registers.ts';

const key = bytesOf('key');

function newDatabase(): Database {
  return new Keyspace(1, seededRandom(1)).databases[0];
}

function opened(database: Database): HyperLogLogEditor {
  const editor = new HyperLogLogEditor();
  const record = database.find(key, 0, key.length);
  if (record === 0) editor.create(database, key, 0, key.length);
  else editor.open(database, record, key, 0, key.length);
  return editor;
}

function registersOf({ bytes, start, end }: HyperLogLogEditor): Uint8Array | null {
  const registers = newRegisters();
  return raiseRegisters(registers, bytes, start, end) ? registers : null;
}

const raises = fc.array(
  fc.tuple(
    fc.oneof(fc.nat(16383), fc.nat(40), fc.integer({ min: 16370, max: 16383 })),
    fc.oneof(
      { weight: 40, arbitrary: fc.integer({ min: 1, max: 6 }) },
      { weight: 1, arbitrary: fc.constantFrom(32, 33, 51) },
    ),
  ),
  { maxLength: 300 },
);

test('hyperloglog editor: registers are the highest that were asked for, in both layouts', () => {
  fc.assert(
    fc.property(raises, fc.constantFrom(18, 60, 3000), (list, sparseBytes) => {
      const database = newDatabase();
      database.limits.sparseBytes = sparseBytes;
      const model = newRegisters();
      const editor = opened(database);
      for (const [register, value] of list) {
        const outcome = editor.raise(register, value);
        expect(outcome).toBe(model[register] < value ? 'changed' : 'unchanged');
        model[register] = Math.max(model[register], value);
      }
      expect(registersOf(editor)).toEqual(model);
      if (isSparse(editor.bytes, editor.start)) {
        expect(editor.end - editor.start).toBeLessThanOrEqual(sparseBytes);
      }
      const again = opened(database);
      expect(again.end - again.start).toBe(editor.end - editor.start);
      expect(again.becomeDense()).toBe(true);
      expect(registersOf(again)).toEqual(model);
    }),
    { numRuns: 60 },
  );
});

/** Any runs at all behind a header that is right. */
const damaged = fc.uint8Array({ maxLength: 40 }).map((runs) => {
  const value = new Uint8Array(headerBytes + runs.length);
  writeHeader(value, 0, hyperLogLogEncodings.sparse);
  value.set(runs, headerBytes);
  return value;
});

test('hyperloglog editor: damaged values are reported, and nothing around them changes', () => {
  fc.assert(
    fc.property(damaged, raises, (value, list) => {
      const database = newDatabase();
      const neighbours = ['a', 'b', 'c', 'd'].map(bytesOf);
      const store = (name: Uint8Array): void =>
        database.setString(name, 0, name.length, value, 0, value.length, noExpiry);
      for (const name of [neighbours[0], neighbours[1], key, neighbours[2], neighbours[3]]) {
        store(name);
      }
      const editor = opened(database);
      for (const [register, top] of list) {
        if (editor.raise(register, top) === 'damaged') break;
      }
      editor.becomeDense();
      for (const name of neighbours) {
        const range = database.string(database.find(name, 0, name.length));
        expect(range.bytes.slice(range.start, range.end)).toEqual(value);
      }
    }),
    { numRuns: 300 },
  );
});
