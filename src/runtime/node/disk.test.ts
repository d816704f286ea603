import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeDisk } from './disk.ts';

let directory = '';
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'disk-'));
});
afterEach(() => fs.rmSync(directory, { recursive: true }));

const disk = nodeDisk(() => directory);
const mebibyte = 1024 * 1024;

function write(name: string, pieces: readonly Uint8Array[], durable = false): Promise<string> {
  return new Promise((resolve) => {
    const writer = disk.create(name, {
      onDrain: () => {},
      onFinished: () => resolve('finished'),
      onFailure: resolve,
    });
    for (const piece of pieces) writer.write(piece);
    writer.finish(durable);
  });
}

function read(name: string): Promise<Uint8Array | string> {
  const parts: Uint8Array[] = [];
  return new Promise((resolve) => {
    const reader = disk.read(name, {
      onData: (bytes) => {
        parts.push(bytes.slice());
        reader.pause();
        setImmediate(() => reader.resume());
      },
      onEnd: () => resolve(Buffer.concat(parts)),
      onFailure: resolve,
    });
  });
}

test('node disk: what was written in pieces is read again, with pauses', async () => {
  const pieces = [1, 2, 3].map((value) => new Uint8Array(mebibyte / 2).fill(value));

  expect(await write('a', pieces, true)).toBe('finished');

  const bytes = await read('a');
  expect(Buffer.compare(Buffer.concat(pieces), bytes as Uint8Array)).toBe(0);
});

test('node disk: bytes are copied, in pieces of any size', async () => {
  const memory = new Uint8Array(mebibyte);
  const written: Uint8Array[] = [];
  const finished = new Promise((resolve) => {
    const writer = disk.create('a', {
      onDrain: () => {},
      onFinished: () => resolve('finished'),
      onFailure: resolve,
    });
    for (let i = 0; i < 200; i += 1) {
      const piece = memory.subarray(0, (i * 7919) % 90_000).fill(i);
      writer.write(piece);
      written.push(piece.slice());
    }
    writer.write(memory.fill(1));
    written.push(memory.slice());
    writer.finish(false);
  });

  expect(await finished).toBe('finished');
  const bytes = await read('a');
  expect(Buffer.compare(Buffer.concat(written), bytes as Uint8Array)).toBe(0);
});

test('node disk: what comes after a drain is written in memory that was used before', async () => {
  let left = 5;
  const finished = new Promise((resolve) => {
    const give = (): void => {
      for (let i = 0; i < 3; i += 1) writer.write(new Uint8Array(mebibyte / 4).fill(left * 3 + i));
      left -= 1;
    };
    const writer = disk.create('a', {
      onDrain: () => {
        if (left > 0) give();
        else writer.finish(false);
      },
      onFinished: () => resolve('finished'),
      onFailure: resolve,
    });
    give();
  });

  expect(await finished).toBe('finished');
  const bytes = (await read('a')) as Uint8Array;
  const values = Array.from({ length: 15 }, (_, i) => bytes[i * (mebibyte / 4) + 5]);
  expect(values).toEqual([15, 16, 17, 12, 13, 14, 9, 10, 11, 6, 7, 8, 3, 4, 5]);
  expect(bytes.length).toBe(15 * (mebibyte / 4));
});

test('node disk: an empty file is written and read', async () => {
  expect(await write('empty', [])).toBe('finished');
  expect((await read('empty')).length).toBe(0);
});

test('node disk: a file that is not there, or cannot be made, fails with a cause', async () => {
  expect(await read('nothing')).toContain('ENOENT');
  expect(await write('no/such/folder', [new Uint8Array(3)])).toContain('ENOENT');
});

test('node disk: rename replaces, remove deletes, and a file that is not there is removed', async () => {
  await write('from', [new Uint8Array([7])]);
  await write('to', [new Uint8Array([8, 8])]);

  const renamed = await new Promise((resolve) => disk.rename('from', 'to', resolve));
  expect(renamed).toBe(null);
  expect(fs.readdirSync(directory)).toEqual(['to']);
  expect(fs.readFileSync(path.join(directory, 'to')).length).toBe(1);

  expect(await new Promise((resolve) => disk.remove('to', resolve))).toBe(null);
  expect(await new Promise((resolve) => disk.remove('to', resolve))).toBe(null);
  expect(fs.readdirSync(directory)).toEqual([]);
});

test('node disk: an abandoned file is deleted', async () => {
  const writer = disk.create('gone', {
    onDrain: () => {},
    onFinished: () => {},
    onFailure: () => {},
  });
  writer.write(new Uint8Array(mebibyte));
  writer.abandon();

  await expect.poll(() => fs.readdirSync(directory)).toEqual([]);
});

test('disk: tells how long a file is, and that there is none', async () => {
  const measure = (name: string) =>
    new Promise((resolve) => disk.measure(name, (error, bytes) => resolve(error ?? bytes)));
  await write('a', [new Uint8Array(5)]);

  expect(await measure('a')).toBe(5);
  expect(await measure('b')).toBe(null);
  expect(await measure('a/b')).toMatch(/ENOTDIR/);
});

test('disk: a file that is saved in an instant is whole, or the old one stays', () => {
  const { instant } = disk;
  const contentOf = (name: string): number[] => {
    const bytes: number[] = [];
    const error = instant.read(name, (piece) => {
      bytes.push(...piece);
      return true;
    });
    return error === null ? bytes : [-1];
  };

  const error = instant.save('a', 'temp', (put) => {
    put(Uint8Array.of(1));
    put(Uint8Array.of(2));
  });
  expect(error).toBe(null);
  expect(contentOf('a')).toEqual([1, 2]);
  expect(instant.save('none/a', 'temp', (put) => put(Uint8Array.of(3)))).toMatch(/ENOENT/);
  expect(instant.read('none', () => true)).toMatch(/ENOENT/);
  expect(fs.readdirSync(directory)).toEqual(['a']);
  instant.remove('a');
  instant.remove('a');
  expect(fs.readdirSync(directory)).toEqual([]);
});
