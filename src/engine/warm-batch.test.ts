import { expect, test } from 'vitest';
import { createCommandTable } from '../commands/table.ts';
import { Request } from '../protocol/request.ts';
import { seededRandom } from '../runtime/seeded-random.ts';
import { Keyspace } from '../store/keyspace.ts';
import { warmBatch } from './warm-batch.ts';

const table = createCommandTable();

function hintsAfter(...lines: readonly string[]): number {
  const keyspace = new Keyspace(1, seededRandom(1));
  const [first, ...rest] = lines.map((line) => Request.of(...line.split(' ')));
  // Hints are of one piece of memory, as the requests of one client are.
  const batch = [first, ...rest];
  const commands = batch.map((request) => table.find(request));
  warmBatch(keyspace, 0, batch, commands, batch.length);
  return keyspace.records.hints.count;
}

test('warm batch: notes every key of a request, and none where there is none', () => {
  expect(hintsAfter('MGET a b c')).toBe(3);
  expect(hintsAfter('MSET a 1 b 2')).toBe(2);
  expect(hintsAfter('SET a 1')).toBe(1);
  expect(hintsAfter('PING')).toBe(0);
  expect(hintsAfter('NOTHING a')).toBe(0);
});
