import { describe, expect, test } from 'vitest';
import { bytesOfLatin1, latin1Of } from '../../base/bytes.ts';
import type { Random } from '../../runtime/random.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { Keyspace } from '../keyspace.ts';
import { skipEntry, validate } from '../packed/listpack.ts';
import { EntryView } from '../packed/listpack-elements.ts';
import { listEncodings } from '../value-types.ts';
import { ListBuilder } from './list-builder.ts';
import type { Quicklist } from './list-quicklist.ts';
import type { ElementWords } from './lists.ts';

const key = bytesOfLatin1('key');

function wordsOf(...elements: readonly string[]): ElementWords {
  const words = ['RPUSH', 'key', ...elements];
  const bytes = bytesOfLatin1(words.join(''));
  const starts = new Int32Array(words.length);
  const ends = new Int32Array(words.length);
  let at = 0;
  for (const [i, word] of words.entries()) {
    starts[i] = at;
    at += word.length;
    ends[i] = at;
  }
  return { bytes, starts, ends, count: words.length };
}

/** A keyspace with one list, and an array that should have the same elements. */
class Pair {
  readonly keyspace = new Keyspace(1, seededRandom(3));
  model: string[] = [];
  ref = 0;

  constructor(nodeSize: number, plainBytes = 1 << 30) {
    this.keyspace.limits.listNodeSize = nodeSize;
    this.keyspace.limits.listPlainBytes = plainBytes;
  }

  get database() {
    return this.keyspace.databases[0];
  }

  get lists() {
    return this.database.lists;
  }

  get elements(): string[] {
    const found: string[] = [];
    if (this.ref !== 0) {
      this.lists.forEach(this.ref, (bytes, start, end) => found.push(latin1Of(bytes, start, end)));
    }
    return found;
  }

  get backwards(): string[] {
    const found: string[] = [];
    const { cursor, element } = this.lists;
    for (let ok = this.lists.open(this.ref, -1, true); ok; ok = cursor.next()) {
      cursor.read();
      found.push(latin1Of(element.bytes, element.start, element.end));
    }
    return found.reverse();
  }

  get isLarge(): boolean {
    return this.database.encodingOf(this.ref) === listEncodings.quicklist;
  }

  /** How many elements each node has. */
  get shape(): number[] {
    const { directory } = this.lists.large(this.ref) as Quicklist;
    const counts: number[] = [];
    for (let ok = directory.toFirst(); ok; ok = directory.next()) counts.push(directory.count);
    return counts;
  }

  push(atHead: boolean, ...elements: readonly string[]): void {
    this.ref = this.lists.pushWords(this.ref, atHead, wordsOf(...elements));
    if (atHead) this.model.unshift(...[...elements].reverse());
    else this.model.push(...elements);
  }

  insert(index: number, isBehind: boolean, element: string): void {
    const { lists } = this;
    const bytes = bytesOfLatin1(element);
    this.ref = lists.grow(this.ref, bytes.length, 1);
    this.ref = lists.insert(this.ref, index, isBehind, bytes, 0, bytes.length);
    this.model.splice(isBehind ? index + 1 : index, 0, element);
  }

  replace(index: number, element: string): void {
    const { lists } = this;
    const bytes = bytesOfLatin1(element);
    this.ref = lists.grow(this.ref, bytes.length, 1);
    this.ref = lists.settle(lists.replace(this.ref, index, bytes, 0, bytes.length));
    this.model[index] = element;
  }

  delete(index: number, count: number): void {
    this.ref = this.lists.settle(this.lists.deleteRange(this.ref, index, count));
    this.model.splice(index, count);
  }

  deleteEnd(atHead: boolean): void {
    this.ref = this.lists.settle(this.lists.deleteEnd(this.ref, atHead));
    if (atHead) this.model.shift();
    else this.model.pop();
  }

  remove(limit: number, isBackwards: boolean, element: string): void {
    const needle = bytesOfLatin1(element);
    const { lists } = this;
    const from = isBackwards ? this.model.reverse() : this.model;
    let removed = 0;
    const kept = from.filter((each) => {
      if (each !== element || removed === limit) return true;
      removed += 1;
      return false;
    });
    this.model = isBackwards ? kept.reverse() : kept;
    const ref = lists.removeEqual(this.ref, limit, isBackwards, needle, 0, needle.length);
    expect(lists.removedCount).toBe(removed);
    this.ref = lists.settle(ref);
  }

  check(note: string): void {
    expect(this.elements, note).toEqual(this.model);
    expect(this.database.find(key, 0, key.length), note).toBe(this.ref);
    if (this.ref === 0) return;
    expect(this.lists.length(this.ref), note).toBe(this.model.length);
    expect(this.backwards, note).toEqual(this.model);
    const large = this.lists.large(this.ref);
    if (large !== null) checkNodes(large, note);
  }
}

function checkNodes({ directory, nodes, length }: Quicklist, note: string): void {
  let total = 0;
  let count = 0;
  for (let ok = directory.toFirst(); ok; ok = directory.next()) {
    nodes.locate(directory.ref);
    count += 1;
    total += directory.count;
    expect(directory.count, note).toBeGreaterThan(0);
    if (nodes.isPlain(directory.ref)) expect(directory.count).toBe(1);
    else expect(validate(nodes.bytes, nodes.start, nodes.end), note).toBeNull();
  }
  expect([total, count], note).toEqual([length, directory.nodeCount]);
}

function capturedOf(list: Quicklist): string[] {
  const { nodes } = list;
  const view = new EntryView();
  const found: string[] = [];
  for (const ref of list.capturedNodes) {
    nodes.locate(ref);
    const { bytes, start, end } = nodes;
    if (nodes.isPlain(ref)) {
      found.push(latin1Of(bytes, start, end));
      continue;
    }
    for (let at = start + 6; bytes[at] !== 255; at = skipEntry(bytes, at)) {
      view.read(bytes, at);
      found.push(latin1Of(view.bytes, view.start, view.end));
    }
  }
  return found;
}

function randomElement(random: Random): string {
  const n = random.uint32();
  switch (n % 5) {
    case 0:
      return String(n % 300);
    case 1:
      return `e${n % 7}`;
    case 2:
      return 'x'.repeat(n % 90);
    case 3:
      return String((n % 1000) * 1e9);
    default:
      return n % 40 === 4 ? 'long'.repeat(n % 800) : 'ab';
  }
}

function randomStep(pair: Pair, random: Random): void {
  const n = random.uint32();
  const size = pair.model.length;
  const index = size === 0 ? 0 : random.uint32() % size;
  const element = randomElement(random);
  const shape = size > 400 ? 5 + (n % 5) : size < 3 ? 0 : n % 12;
  if (shape < 3) {
    const many = Array.from({ length: 1 + (n % 9) }, () => randomElement(random));
    pair.push(n % 2 === 0, ...many);
  } else if (shape === 3) pair.insert(index, n % 2 === 0, element);
  else if (shape === 4) pair.replace(index, element);
  else if (shape < 7) pair.delete(index, Math.min(size - index, 1 + (n % 60)));
  else if (shape === 7) pair.remove(1 + (n % 6), n % 2 === 0, pair.model[index]);
  else if (shape === 8) pair.remove(1e9, false, pair.model[index]);
  else if (shape === 9) pair.deleteEnd(n % 2 === 0);
  else pair.insert(index, n % 2 === 0, element);
}

describe.each([
  [-2, 1 << 30],
  [-1, 300],
  [4, 1 << 30],
  [1, 60],
  [30, 90],
  [0, 1 << 30],
])('nodes of %s, plain from %s bytes', (nodeSize, plainBytes) => {
  test.each([false, true])('lists: equal an array (snapshots open: %s)', (withSnapshots) => {
    const seed = 41;
    const random = seededRandom(seed);
    const pair = new Pair(nodeSize, plainBytes);
    const empty = pair.keyspace.records.usedBytes;
    for (let round = 0; round < 12; round += 1) {
      for (let i = 0; i < 40; i += 1) randomStep(pair, random);
      pair.check(`seed ${seed}, round ${round}`);
      if (!withSnapshots || pair.ref === 0 || !pair.isLarge) continue;
      const before = [...pair.model];
      const list = pair.lists.large(pair.ref) as Quicklist;
      const snapshot = pair.keyspace.openSnapshot();
      for (let i = 0; i < 60; i += 1) randomStep(pair, random);
      const read = pair.database.values.structureOf(snapshot.next());
      expect(read).toBe(list);
      pair.keyspace.records.structures.beginRead(read);
      expect(list.capturedLength).toBe(before.length);
      expect(capturedOf(list)).toEqual(before);
      for (let i = 0; i < 20; i += 1) randomStep(pair, random);
      expect(capturedOf(list)).toEqual(before);
      pair.keyspace.records.structures.endRead(read);
      pair.check(`seed ${seed}, after a snapshot`);
      snapshot.close();
    }
    if (pair.ref !== 0) pair.delete(0, pair.model.length);
    while (pair.keyspace.freeSome(100));
    expect(pair.keyspace.records.usedBytes).toBe(empty);
  });
});

test('lists: one of many nodes finds elements from both ends and in the middle', () => {
  const pair = new Pair(2);
  for (let i = 0; i < 3000; i += 1) pair.push(i % 3 === 0, `element ${i}`);
  for (let i = 0; i < 700; i += 1) pair.insert(1500, i % 2 === 0, `between ${i}`);

  const { cursor, element } = pair.lists;
  for (const index of [0, 1, 511, 512, 1500, 2000, 3000, 3699, -1, -2, -1800, -3700]) {
    expect(pair.lists.open(pair.ref, index, false)).toBe(true);
    cursor.read();
    expect(latin1Of(element.bytes, element.start, element.end)).toBe(pair.model.at(index));
  }
  expect(pair.lists.open(pair.ref, 3700, false)).toBe(false);
  expect(pair.lists.open(pair.ref, -3701, false)).toBe(false);
  pair.check('before');
  for (let i = 0; i < 90; i += 1) pair.delete((i * 37) % 1000, 25);
  pair.check('after many deletions');
});

test('lists: a copy shares nothing, and memory says about what it takes', () => {
  const pair = new Pair(-1, 500);
  for (let i = 0; i < 3000; i += 1) pair.push(false, `element ${i}`, 'y'.repeat(i % 600));
  const before = [...pair.model];
  const other = bytesOfLatin1('other');
  const usedBytes = pair.keyspace.records.usedBytes;
  pair.database.copyTo(pair.ref, pair.database, other, 0, other.length);
  const growth = pair.keyspace.records.usedBytes - usedBytes;
  pair.delete(0, 2500);

  const copy = pair.database.find(other, 0, other.length);
  const found: string[] = [];
  pair.lists.forEach(copy, (bytes, start, end) => found.push(latin1Of(bytes, start, end)));
  expect(found).toEqual(before);
  expect(pair.database.memoryOf(copy)).toBeGreaterThan(growth / 2);
  expect(pair.database.memoryOf(copy)).toBeLessThan(growth * 2);
});

test('lists: grow at the size of a node, and shrink at half of it', () => {
  const pair = new Pair(8);
  pair.push(false, '1', '2', '3', '4', '5', '6', '7', '8');
  expect(pair.isLarge).toBe(false);
  pair.push(false, '9');
  expect(pair.shape).toEqual([8, 1]);
  pair.delete(8, 1);
  expect(pair.shape).toEqual([8]);
  pair.delete(0, 3);
  expect(pair.shape).toEqual([5]);
  pair.delete(0, 1);
  expect(pair.isLarge).toBe(false);
});

test('lists: an insert splits a full node and joins the neighbours that fit', () => {
  const pair = new Pair(4);
  pair.push(false, ...'abcdefghijkl');
  expect(pair.shape).toEqual([4, 4, 4]);
  pair.insert(5, true, '1');
  expect(pair.shape).toEqual([4, 2, 3, 4]);
  pair.insert(3, true, '2');
  expect(pair.shape).toEqual([4, 3, 3, 4]);
  pair.insert(0, false, '3');
  expect(pair.shape).toEqual([1, 4, 3, 3, 4]);
  pair.check('after inserts');
});

test('lists: a builder makes what pushes make, or takes nodes as they are', () => {
  for (const [count, isLarge] of [
    [8, false],
    [9, true],
    [3000, true],
  ] as const) {
    const pushed = new Pair(8);
    const built = new Pair(8);
    const builder = new ListBuilder(built.database);
    for (let i = 0; i < count; i += 1) {
      const element = bytesOfLatin1(`${i}`);
      builder.append(element, 0, element.length);
      pushed.push(false, `${i}`);
    }
    expect(builder.length).toBe(count);
    built.ref = builder.put(key, 0, key.length, 9_000);
    expect(built.isLarge).toBe(isLarge);
    expect(built.elements).toEqual(pushed.model);
    expect(built.database.expiresAtMs(built.ref)).toBe(9_000);
    if (isLarge) expect(built.shape).toEqual(pushed.shape);
  }
});

test('lists: a builder keeps the nodes of a dump apart, and begins anew', () => {
  const pair = new Pair(-2);
  pair.push(false, 'a', 'b');
  pair.database.values.locate(pair.ref);
  const { bytes, start, end } = pair.database.values;
  const pack = bytes.slice(start, end);
  const builder = new ListBuilder(pair.database);
  const other = bytesOfLatin1('other');
  builder.appendPack(pack, 0, pack.length, 2);
  pair.ref = builder.put(other, 0, other.length, 0);
  expect([pair.isLarge, pair.elements]).toEqual([false, ['a', 'b']]);

  builder.appendPack(pack, 0, pack.length, 2);
  builder.appendPlain(other, 0, other.length);
  builder.appendPack(pack, 0, pack.length, 2);
  builder.append(other, 0, 1);
  pair.ref = builder.put(other, 0, other.length, 0);
  expect(pair.shape).toEqual([2, 1, 2, 1]);
  expect(pair.elements).toEqual(['a', 'b', 'other', 'a', 'b', 'o']);
  builder.append(other, 0, 1);
  builder.reset();
  expect(builder.length).toBe(0);
});
