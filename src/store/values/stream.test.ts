import { expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { Keyspace } from '../keyspace.ts';
import { validate } from '../packed/listpack.ts';
import type { Stream } from './stream.ts';
import { StreamId } from './stream-id.ts';
import { below, capturedEntriesOf, entriesOf, idOf, wordsOf } from './testing-streams.ts';

const key = bytesOf('stream');
/** What a keyspace without keys takes. */
const emptyBytes = new Keyspace(1, seededRandom(3)).databases[0].records.usedBytes;
const limits = { streamNodeBytes: 120, streamNodeEntries: 7 };
const noGoal = { maxLength: null, minId: idOf(0, 0), isApproximate: false, limit: 0 };

function newStream(): { keyspace: Keyspace; stream: Stream } {
  const keyspace = new Keyspace(1, seededRandom(3));
  return { keyspace, stream: keyspace.databases[0].streams.create(key, 0, key.length) };
}

function nodeOf(stream: Stream, index: number): Uint8Array {
  const chunk = stream.nodes.ids.chunks[0];
  const { records } = stream;
  records.locateValue(chunk.numberAt(index));
  return records.valueBytes.slice(records.valueStart, records.valueEnd);
}

test('stream: the first node is laid out as servers expect it', () => {
  const { stream } = newStream();
  stream.append(idOf(5, 1), wordsOf('a', '1'), limits);
  stream.append(idOf(7, 0), wordsOf('a', 'x'), limits);
  stream.append(idOf(7, 1), wordsOf('b', '2'), limits);
  stream.delete(idOf(7, 0));
  const hex = [...nodeOf(stream, 0)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  expect(hex).toBe(
    [
      '37 00 00 00 16 00 02 01 01 01 01 01 81 61 02 00 01',
      '02 01 00 01 00 01 01 01 04 01',
      '03 01 02 01 df ff 02 81 78 02 04 01',
      '00 01 02 01 00 01 01 01 81 62 02 02 01 06 01 ff',
    ].join(' '),
  );
  expect(validate(nodeOf(stream, 0), 0, 0x37)).toBeNull();
});

test.each([false, true])(
  'stream: random changes equal a list of entries (snapshot: %s)',
  (open) => {
    const seed = 12;
    const random = seededRandom(seed);
    const { keyspace, stream } = newStream();
    let model: { ms: number; seq: number; line: string }[] = [];
    let before: string[] = [];
    let snapshot = null as ReturnType<Keyspace['openSnapshot']> | null;
    let ms = 1;
    let seq = 0;
    for (let step = 0; step < 6000; step += 1) {
      if (open && step % 1000 === 500) {
        before = model.map(({ line }) => line);
        snapshot = keyspace.openSnapshot();
      }
      if (snapshot !== null && step % 1000 === 900) {
        stream.records.structures.beginRead(stream);
        expect(capturedEntriesOf(stream, stream.captured), `seed ${seed}`).toEqual(before);
        expect(stream.captured.length).toBe(before.length);
        stream.records.structures.endRead(stream);
        snapshot.close();
        snapshot = null;
      }
      const chance = below(random, 100);
      if (chance < 75) {
        if (below(random, 3) === 0) {
          ms += 1 + below(random, 300) ** 2;
          seq = 0;
        } else {
          seq += 1 + below(random, 3);
        }
        const pairs = 1 + below(random, 3);
        const texts = Array.from({ length: pairs * 2 }, (_, i) =>
          i % 2 === 0 ? 'fgh'[below(random, 2)] : String(below(random, 1000) ** 3),
        );
        stream.append(idOf(ms, seq), wordsOf(...texts), limits);
        let line = `${ms}-${seq}`;
        for (let i = 0; i < texts.length; i += 2) line += ` ${texts[i]}=${texts[i + 1]}`;
        model.push({ ms, seq, line });
      } else if (chance < 95 && model.length > 0) {
        const at = below(random, model.length);
        const id = idOf(model[at].ms, model[at].seq);
        expect(stream.delete(id)).toBe(true);
        expect(stream.delete(id)).toBe(false);
        stream.renewFirstId();
        model.splice(at, 1);
      } else if (chance < 97) {
        const length = below(random, 60);
        const removed = stream.trim({ ...noGoal, maxLength: length });
        expect(removed).toBe(Math.max(0, model.length - length));
        model = model.slice(removed);
      } else if (model.length > 0) {
        const at = below(random, Math.min(20, model.length));
        stream.trim({ ...noGoal, minId: idOf(model[at].ms, model[at].seq) });
        model = model.slice(at);
      }
      expect(stream.length, `seed ${seed}, step ${step}`).toBe(model.length);
      if (step % 50 !== 0) continue;
      const lines = model.map(({ line }) => line);
      expect(entriesOf(stream), `seed ${seed}, step ${step}`).toEqual(lines);
      expect(entriesOf(stream, undefined, undefined, true)).toEqual(lines.toReversed());
      if (model.length === 0) continue;
      expect(stream.firstId.toText()).toBe(`${model[0].ms}-${model[0].seq}`);
      const [low, high] = [below(random, model.length), below(random, model.length)];
      const range = [idOf(model[low].ms, model[low].seq), idOf(model[high].ms, model[high].seq)];
      expect(entriesOf(stream, range[0], range[1])).toEqual(lines.slice(low, high + 1));
      expect(entriesOf(stream, range[0], range[1], true)).toEqual(
        lines.slice(low, high + 1).toReversed(),
      );
    }
    snapshot?.close();
    keyspace.databases[0].delete(key, 0, key.length);
    for (let more = true; more; ) more = keyspace.freeSome(1000);
    expect(stream.records.usedBytes).toBe(emptyBytes);
  },
);

test('stream: approximate trims take whole nodes only, and keep to their limit', () => {
  const { stream } = newStream();
  for (let i = 1; i <= 40; i += 1) stream.append(idOf(i, 0), wordsOf('f', `${i}`), limits);
  expect(stream.trim({ ...noGoal, maxLength: 30, isApproximate: true })).toBe(7);
  expect(stream.trim({ ...noGoal, maxLength: 0, isApproximate: true, limit: 15 })).toBe(14);
  expect(stream.trim({ ...noGoal, minId: idOf(29, 0), isApproximate: true })).toBe(7);
  expect(stream.length).toBe(12);
  expect(stream.firstId.toText()).toBe('29-0');
});

test('stream: ids reach to the end of 128 bits', () => {
  const { stream } = newStream();
  const last = new StreamId();
  last.setMax();
  stream.append(idOf(1, 0), wordsOf('f', 'v'), limits);
  stream.append(last, wordsOf('f', 'w'), limits);
  const text = '18446744073709551615-18446744073709551615';
  expect(entriesOf(stream)).toEqual(['1-0 f=v', `${text} f=w`]);
  expect(stream.has(last)).toBe(true);
  expect(stream.delete(last)).toBe(true);
});

test('stream: a clone shares nothing with it', () => {
  const { stream } = newStream();
  for (let i = 1; i <= 20; i += 1) stream.append(idOf(i, 0), wordsOf('f', `${i}`), limits);
  const name = bytesOf('g');
  stream.addGroup(name, 0, 1, idOf(3, 0), 3);
  const lines = entriesOf(stream);
  const copy = stream.clone();
  stream.delete(idOf(4, 0));
  copy.append(idOf(21, 0), wordsOf('f', 'new'), limits);
  expect(entriesOf(copy)).toEqual([...lines, '21-0 f=new']);
  expect(entriesOf(stream)).toEqual(lines.filter((line) => !line.startsWith('4-0')));
  expect(copy.group(name, 0, 1)?.entriesRead).toBe(3);
});

test('stream ids: texts are those of the numbers', () => {
  const id = new StreamId();
  for (const ms of [
    0n,
    9n,
    999_999_999n,
    1_000_000_000n,
    1_700_000_000_123n,
    2n ** 53n,
    2n ** 64n - 1n,
  ]) {
    for (const seq of [0n, 7n, 4_294_967_295n, 10n ** 9n, 12_345_000_000_001n, 2n ** 64n - 2n]) {
      id.set(...halvesOf(ms), ...halvesOf(seq));
      expect(id.toText()).toBe(`${ms}-${seq}`);
    }
  }
});

function halvesOf(value: bigint): [number, number] {
  return [Number(value >> 32n), Number(value & 0xffff_ffffn)];
}
