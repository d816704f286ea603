/**
 * The packed layouts against those of a real server: the same elements are put into both, and the
 * bytes are taken out of the payload of DUMP.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bytesOf, bytesOfLatin1 } from '../../src/base/bytes.ts';
import { Crc64 } from '../../src/persistence/rdb/crc64.ts';
import { Int64 } from '../../src/store/packed/int64.ts';
import * as intset from '../../src/store/packed/intset.ts';
import * as listpack from '../../src/store/packed/listpack.ts';
import { ListpackBuilder } from '../../src/store/packed/listpack-builder.ts';
import { edgeIntegers, edgeLengths, element } from '../support/packed-elements.ts';
import { isError, textOf } from '../support/reply.ts';
import type { RespClient, Word } from '../support/resp-client.ts';
import { startRedis } from '../support/start-redis.ts';
import type { TestServer } from '../support/test-server.ts';

const rdbTypes = { intset: 11, hashListpack: 16, sortedSetListpack: 17, quicklist2: 18 };
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const plain = { seed, numRuns: 60, endOnFailure: true };

const { countUnknown } = listpack;

let server: TestServer;
let client: RespClient;

beforeAll(async () => {
  // Collections stay in one pack: hashes of any size, lists of up to 64 KiB.
  const args = ['--rdbcompression', 'no', '--list-max-listpack-size', '-5'];
  const large = ['hash-max-listpack', 'zset-max-listpack'].flatMap((name) => [
    ...[`--${name}-entries`, '1000000', `--${name}-value`, '10000000'],
  ]);
  server = await startRedis({ args: [...args, ...large, '--set-max-intset-entries', '100000'] });
  client = await server.connect();
});

afterAll(async () => {
  client.close();
  await server.stop();
});

/** Reads a length of the RDB format. */
function lengthAt(bytes: Uint8Array, at: number): { value: number; end: number } {
  const lead = bytes[at];
  if (lead < 0x40) return { value: lead, end: at + 1 };
  if (lead < 0x80) return { value: ((lead & 63) << 8) | bytes[at + 1], end: at + 2 };
  const [a, b, c, d] = bytes.subarray(at + 1, at + 5);
  return { value: a * 2 ** 24 + b * 2 ** 16 + c * 256 + d, end: at + 5 };
}

/** The pack in the value that these requests make. */
async function realPack(type: number, requests: readonly Word[][]): Promise<Uint8Array> {
  await client.send('DEL', 'key');
  for (const request of requests) {
    const reply = await client.send(...request);
    expect(isError(reply) ? reply : '').toBe('');
  }
  const payload = bytesOfLatin1(textOf(await client.send('DUMP', 'key')));
  expect(payload[0]).toBe(type);
  let at = 1;
  if (type === rdbTypes.quicklist2) {
    // One node, packed.
    expect([...payload.subarray(1, 3)]).toEqual([1, 2]);
    at = 3;
  }
  const { value, end } = lengthAt(payload, at);
  return payload.slice(end, end + value);
}

function ourPack(texts: readonly string[]): Uint8Array {
  const builder = new ListpackBuilder();
  for (const text of texts) {
    const bytes = bytesOf(text);
    builder.append(bytes, 0, bytes.length);
  }
  const end = builder.finish();
  return builder.bytes.slice(0, end);
}

/** Fails with few bytes to look at. */
function expectSame(ours: Uint8Array, real: Uint8Array): void {
  let at = 0;
  while (at < ours.length && ours[at] === real[at]) at += 1;
  const around = (bytes: Uint8Array) => [...bytes.subarray(Math.max(0, at - 8), at + 8)];
  expect({ length: ours.length, around: around(ours) }).toEqual({
    length: real.length,
    around: around(real),
  });
}

describe('packed layouts: listpack', () => {
  test('every edge of the integer encodings', async () => {
    const real = await realPack(rdbTypes.quicklist2, [['RPUSH', 'key', ...edgeIntegers]]);

    expectSame(ourPack(edgeIntegers), real);
    expect(listpack.validate(real, 0, real.length, true)).toBeNull();
  });

  test('every edge of the string encodings and of the back-length', async () => {
    const texts = [...edgeLengths, 2_097_145, 2_097_146, 2_097_147].map((length) =>
      'x'.repeat(length),
    );

    const fields = texts.flatMap((text, i) => [`field ${i}`, text]);
    const hash = await realPack(rdbTypes.hashListpack, [['HSET', 'key', ...fields]]);
    expectSame(ourPack(fields), hash);
    expect(listpack.validate(hash, 0, hash.length, true)).toBeNull();
  });

  test('random lists', async () => {
    const lists = fc.array(element(5000), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(lists, async (texts) => {
        const real = await realPack(rdbTypes.quicklist2, [['RPUSH', 'key', ...texts]]);

        expectSame(ourPack(texts), real);
      }),
      plain,
    );
  });

  test('random lists, edited', async () => {
    const lists = fc.array(element(200), { minLength: 4, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(lists, element(200), fc.nat(11), async (texts, other, place) => {
        const index = place % texts.length;
        const real = await realPack(rdbTypes.quicklist2, [
          ['RPUSH', 'key', ...texts],
          ['LSET', 'key', index, other],
          ['LPUSH', 'key', other],
          ['RPOP', 'key'],
        ]);

        const model = [other, ...texts.with(index, other)].slice(0, -1);
        expectSame(ourPack(model), real);
      }),
      plain,
    );
  });

  test('random hashes', async () => {
    const pairs = fc.uniqueArray(fc.tuple(element(200), element(200)), {
      selector: ([field]) => field,
      minLength: 1,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(pairs, async (entries) => {
        const real = await realPack(rdbTypes.hashListpack, [['HSET', 'key', ...entries.flat()]]);

        expectSame(ourPack(entries.flat()), real);
      }),
      plain,
    );
  });

  test('more elements than the header counts', async () => {
    const texts = Array.from({ length: countUnknown - 1 }, (_, i) => `${i}`);
    const payload = dumpOf(rdbTypes.hashListpack, ourPack(texts));

    const before = await realPack(rdbTypes.hashListpack, [['RESTORE', 'key', 0, payload]]);
    const after = await realPack(rdbTypes.hashListpack, [
      ['RESTORE', 'key', 0, payload],
      ['HSET', 'key', 'new', '-1'],
    ]);
    const shrunk = await realPack(rdbTypes.hashListpack, [
      ['RESTORE', 'key', 0, payload],
      ['HSET', 'key', 'new', '-1'],
      ['HDEL', 'key', '0', '2'],
    ]);

    expectSame(ourPack(texts), before);
    expectSame(ourPack([...texts, 'new', '-1']), after);
    expect(listpack.headerCount(after, 0)).toBe(countUnknown);
    expect(listpack.count(after, 0)).toBe(countUnknown + 1);
    const edited = after.slice();
    const from = listpack.first(edited, 0);
    const to = listpack.skipEntries(edited, from, 4);
    const end = listpack.moveTail(edited, edited.length, from, to, 0);
    listpack.adjustHeader(edited, 0, from - to, -4);
    expect(listpack.settleCount(edited, 0)).toBe(countUnknown - 3);
    expect(listpack.validate(edited, 0, end)).toBeNull();
    expectSame(edited.subarray(0, end), shrunk);
  });
});

/** A payload of DUMP with this blob: type, blob, version and checksum. */
function dumpOf(type: number, blob: Uint8Array): Uint8Array {
  const payload = new Uint8Array(6 + blob.length + 10);
  payload.set([type, 0x80]);
  new DataView(payload.buffer).setUint32(2, blob.length);
  payload.set(blob, 6);
  const versionAt = 6 + blob.length;
  payload[versionAt] = 10;
  const checksum = new Crc64();
  checksum.update(payload, 0, versionAt + 2);
  checksum.writeTo(payload, versionAt + 2);
  return payload;
}

describe('packed layouts: intset', () => {
  const int64s = edgeIntegers.filter((text) => BigInt.asIntN(64, BigInt(text)) === BigInt(text));

  function ourSet(texts: readonly string[], removed: readonly string[]): Uint8Array {
    const bytes = new Uint8Array(100_000);
    intset.writeEmpty(bytes, 0);
    const member = new Int64();
    for (const text of texts) {
      expect(member.parse(bytesOf(text), 0, text.length)).toBe(true);
      const place = intset.find(bytes, 0, member);
      if (place < 0) intset.insert(bytes, 0, ~place, member, bytes, 0);
    }
    for (const text of removed) {
      const place = intset.findText(bytes, 0, bytesOf(text), 0, text.length);
      if (place >= 0) intset.remove(bytes, 0, place);
    }
    return bytes.slice(0, intset.totalBytes(bytes, 0));
  }

  test('every edge', async () => {
    const real = await realPack(rdbTypes.intset, [['SADD', 'key', ...int64s]]);

    expectSame(ourSet(int64s, []), real);
    expect(intset.validate(real, 0, real.length, true)).toBeNull();
  });

  test('random sets, also after removals', async () => {
    const members = fc.oneof(
      fc.integer({ min: -40_000, max: 40_000 }).map(String),
      fc.integer().map(String),
      fc.constantFrom(...int64s),
    );
    const sets = fc.array(members, { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(sets, fc.array(members, { maxLength: 10 }), async (texts, removed) => {
        const kept = [...removed, 'none'];
        const real = await realPack(rdbTypes.intset, [
          ['SADD', 'key', ...texts, '7777'],
          ['SREM', 'key', ...kept.filter((text) => text !== '7777')],
        ]);

        expectSame(
          ourSet(
            [...texts, '7777'],
            removed.filter((text) => text !== '7777'),
          ),
          real,
        );
      }),
      plain,
    );
  });
});
