import { describe, expect, test } from 'vitest';
import { concatBytes } from '../base/bytes.ts';
import { seededRandom } from '../runtime/seeded-random.ts';
import type { LogReader } from './log.ts';
import { ReplicationLog } from './log.ts';

/** The stream's byte number `n` (from 1) is `n % 251`: everybody can check what he reads. */
function append(log: ReplicationLog, count: number): void {
  const bytes = new Uint8Array(count + 2);
  for (let i = 0; i < count; i += 1) bytes[i + 1] = (log.offset + 1 + i) % 251;
  log.append(bytes, 1, count + 1);
}

function readAll(reader: LogReader): number {
  let count = 0;
  for (let piece = reader.next(); piece !== null; piece = reader.next()) {
    const first = reader.offset - piece.length + 1;
    for (const [i, byte] of piece.entries()) if (byte !== (first + i) % 251) return -1;
    count += piece.length;
  }
  return count;
}

describe('log', () => {
  test('begins at the offset reached', () => {
    const log = new ReplicationLog(64 * 1024);
    log.offset = 700;
    expect(log.window).toBe(null);

    log.create();
    expect(log.window).toEqual({ firstByte: 701, length: 0 });
    append(log, 10);
    expect(log.window).toEqual({ firstByte: 701, length: 10 });
  });

  test('a reader gets every byte from where it begins, across blocks', () => {
    const log = new ReplicationLog(1024 * 1024);
    log.create();
    append(log, 150_000);
    const reader = log.readerAt(70_000);

    expect(readAll(reader)).toBe(80_000);
    append(log, 300_000);
    expect(readAll(reader)).toBe(300_000);
    expect(reader.next()).toBe(null);
  });

  test('the backlog keeps at least its size, and little more', () => {
    const log = new ReplicationLog(16 * 1024);
    log.create();
    for (let i = 0; i < 5_000; i += 1) append(log, 45);

    const length = log.window?.length ?? 0;
    expect(length).toBeGreaterThanOrEqual(16 * 1024);
    expect(length).toBeLessThanOrEqual(20 * 1024);
  });

  test('one large effect does not make the past unreachable at once', () => {
    const log = new ReplicationLog(64 * 1024);
    log.create();
    append(log, 1_000_000);

    expect(log.window?.length).toBeLessThanOrEqual(68 * 1024);
    expect(readAll(log.readerAt(log.offset - 64 * 1024))).toBe(64 * 1024);
  });

  test('a slow reader keeps its bytes, and the backlog grows', () => {
    const log = new ReplicationLog(16 * 1024);
    log.create();
    const slow = log.readerAt(0);
    append(log, 200_000);

    expect(slow.heldBytes).toBe(200_000);
    expect(log.window).toEqual({ firstByte: 1, length: 200_000 });
    expect(readAll(slow)).toBe(200_000);
    expect(log.window?.length).toBe(200_000);

    slow.release();
    expect(log.window?.length).toBeLessThanOrEqual(20 * 1024);
    expect(slow.heldBytes).toBeLessThanOrEqual(4 * 1024);
  });

  test('memory that a connection has not taken is never written again', () => {
    const log = new ReplicationLog(16 * 1024);
    log.create();
    append(log, 10_000);
    const reader = log.readerAt(0);
    const pieces: Uint8Array[] = [];
    for (let piece = reader.next(); piece !== null; piece = reader.next()) pieces.push(piece);
    const before = concatBytes(pieces);
    append(log, 500_000);

    expect(concatBytes(pieces)).toEqual(before);
    reader.close();
  });

  test('a reader that closes lets go of its blocks', () => {
    const log = new ReplicationLog(16 * 1024);
    log.create();
    const reader = log.readerAt(0);
    append(log, 200_000);
    reader.close();
    reader.close();

    expect(log.window?.length).toBeLessThanOrEqual(20 * 1024);
    expect(reader.heldBytes).toBe(0);
  });

  test('takes another size while it runs', () => {
    const log = new ReplicationLog(256 * 1024);
    log.create();
    append(log, 300_000);
    log.resize(32 * 1024);

    expect(log.backlogBytes).toBe(32 * 1024);
    expect(log.window?.length).toBeLessThan(50 * 1024);
    append(log, 100_000);
    expect(log.window?.length).toBeLessThan(37 * 1024);
  });

  test('begins again after a full sync', () => {
    const log = new ReplicationLog(16 * 1024);
    log.create();
    append(log, 100);
    log.restartAt(5_000);

    expect(log.window).toEqual({ firstByte: 5_001, length: 0 });
    log.free();
    expect(log.active).toBe(false);
    expect(log.offset).toBe(5_000);
    expect(log.heldBytes).toBe(0);
  });

  test('readers of random pace all read the same stream', () => {
    const random = seededRandom(3);
    const log = new ReplicationLog(16 * 1024);
    log.create();
    const readers: LogReader[] = [];
    for (let round = 0; round < 2_000; round += 1) {
      append(log, 1 + (random.uint32() % 900));
      const roll = random.uint32() % 10;
      if (roll === 0 && log.window !== null) {
        readers.push(
          log.readerAt(log.window.firstByte - 1 + (random.uint32() % log.window.length)),
        );
      }
      if (roll === 1) readers.shift()?.close();
      for (const reader of readers) {
        if (random.uint32() % 3 > 0) continue;
        expect(readAll(reader)).not.toBe(-1);
        if (random.uint32() % 2 === 0) reader.release();
      }
    }
    for (const reader of readers) reader.close();
    expect(log.window?.length).toBeLessThanOrEqual(20 * 1024);
  });
});
