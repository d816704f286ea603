import { expect, test } from 'vitest';
import { SimulatedClock } from '../../../test/simulation/simulated-clock.ts';
import { SimulatedDisk } from '../../../test/simulation/simulated-disk.ts';
import { latin1Of } from '../../base/bytes.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { SnapshotSpool } from './snapshot-spool.ts';

function newSpool() {
  const clock = new SimulatedClock();
  const disk = new SimulatedDisk(clock, seededRandom(1));
  const events: string[] = [];
  const content = { text: '' };
  const spool = new SnapshotSpool(disk, 'temp', {
    onFull: () => events.push('full'),
    onDrain: () => events.push('drain'),
    onWritten: () => events.push('written'),
    onData: (bytes) => {
      content.text += latin1Of(bytes);
    },
    onEnd: () => events.push('end'),
    onFailure: (reason) => events.push(reason),
  });
  return { clock, disk, spool, events, content };
}

test('spool: what was written comes back, then the file is deleted', () => {
  const { clock, disk, spool, events, content } = newSpool();
  const bytes = new Uint8Array(100).fill(97);
  for (let i = 0; i < 5; i += 1) spool.write(bytes, 10, 20);
  bytes.fill(0);
  spool.finish();
  clock.advance(1_000);

  expect(content.text).toBe('a'.repeat(50));
  expect(events).toEqual(['written', 'end']);
  spool.close();
  clock.advance(1_000);
  expect(disk.files.size).toBe(0);
});

test('spool: a slow disk is told of, and when it has caught up', () => {
  const { clock, spool, events } = newSpool();
  const bytes = new Uint8Array(1024 * 1024);
  for (let i = 0; i < 10; i += 1) spool.write(bytes, 0, bytes.length);
  expect(events).toEqual(['full']);

  clock.advance(1_000);
  expect(events).toEqual(['full', 'drain']);
});

test('spool: a failure is reported once, and nothing after closing', () => {
  const { clock, disk, spool, events } = newSpool();
  disk.fullAtBytes = 10;
  spool.write(new Uint8Array(300 * 1024), 0, 300 * 1024);
  clock.advance(1_000);
  expect(events).toEqual(['cannot write temp: No space left on device']);

  const other = newSpool();
  other.spool.write(new Uint8Array(9), 0, 9);
  other.spool.close();
  other.clock.advance(1_000);
  expect(other.events).toEqual([]);
  expect(other.disk.files.size).toBe(0);
});
