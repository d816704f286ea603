import { expect, test } from 'vitest';
import { bytesOf, latin1Of } from '../../base/bytes.ts';
import type { Random } from '../../runtime/random.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { Arena } from './arena.ts';
import { Records } from './records.ts';
import { ScoreTree } from './score-tree.ts';
import { innerCapacity, leafCapacity } from './score-tree-nodes.ts';

interface Element {
  readonly score: number;
  readonly member: string;
  readonly record: number;
}

/** A tree, and the sorted array that it should be. */
class Pair {
  readonly records = new Records(new Arena(), 1, 2);
  readonly tree = new ScoreTree(this.records);
  readonly model: Element[] = [];

  insert(score: number, member: string): void {
    const bytes = bytesOf(member);
    const record = this.records.create(0, 0, bytes, 0, bytes.length, 0, 0);
    this.tree.insert(score, record, bytes, 0, bytes.length);
    this.model.splice(this.rankOf(score, member), 0, { score, member, record });
  }

  append(score: number, member: string): void {
    const bytes = bytesOf(member);
    const record = this.records.create(0, 0, bytes, 0, bytes.length, 0, 0);
    this.tree.append(score, record);
    this.model.push({ score, member, record });
  }

  remove(rank: number): void {
    const [{ score, member, record }] = this.model.splice(rank, 1);
    const bytes = bytesOf(member);
    this.tree.remove(score, bytes, 0, bytes.length);
    this.records.free(record);
  }

  removeRank(rank: number): void {
    const [{ record }] = this.model.splice(rank, 1);
    expect(this.tree.removeRank(rank)).toBe(record);
    this.records.free(record);
  }

  /** Requires: the member has no element with the other score. */
  rescore(rank: number, score: number): void {
    const [{ score: before, member, record }] = this.model.splice(rank, 1);
    const bytes = bytesOf(member);
    const fresh = this.records.create(0, 0, bytes, 0, bytes.length, 0, 0);
    this.tree.rescore(before, score, fresh, bytes, 0, bytes.length);
    this.records.free(record);
    this.model.splice(this.rankOf(score, member), 0, { score, member, record: fresh });
  }

  rankOf(score: number, member: string): number {
    let low = 0;
    let high = this.model.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const each = this.model[middle];
      const isBefore = each.score < score || (each.score === score && each.member < member);
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  has(score: number, member: string): boolean {
    const each = this.model[this.rankOf(score, member)];
    return each !== undefined && each.score === score && each.member === member;
  }

  elements(): [number, string][] {
    const found: [number, string][] = [];
    if (this.tree.size === 0) return found;
    for (this.tree.toRank(0); this.tree.leaf !== 0; this.tree.next()) {
      this.records.locateKey(this.tree.record);
      const { keyBytes, keyStart, keyEnd } = this.records;
      found.push([this.tree.score, latin1Of(keyBytes, keyStart, keyEnd)]);
    }
    return found;
  }

  check(note: string): void {
    expect(this.tree.size, note).toBe(this.model.length);
    expect(this.elements(), note).toEqual(this.model.map(({ score, member }) => [score, member]));
  }
}

function checkBounds(pair: Pair, score: number, note: string): void {
  const { tree, model } = pair;
  const below = model.filter((each) => each.score < score).length;
  const upTo = model.filter((each) => each.score <= score).length;
  expect(tree.countBelow(score, false), note).toBe(below);
  expect(tree.countBelow(score, true), note).toBe(upTo);
}

/** Gives a random element a near score or a far one. */
function rescoreOne(pair: Pair, random: Random, far: number): void {
  const rank = random.uint32() % pair.model.length;
  const { score, member } = pair.model[rank];
  const fresh = random.uint32() % 2 === 0 ? far : score + (random.uint32() % 100) / 2 - 25;
  if (!pair.has(fresh, member)) pair.rescore(rank, fresh);
}

/** `scores`: how many there are; few make members decide. */
test.each([1, 5, 100_000])('score tree: behaves as a sorted array (%i scores)', (scores) => {
  const seed = 40 + scores;
  const random = seededRandom(seed);
  const pair = new Pair();
  for (let step = 0; step < 12_000; step += 1) {
    const note = `seed ${seed}, step ${step}`;
    const grows = random.uint32() % 100 < (step % 6_000 < 3_500 ? 80 : 15);
    const score = (random.uint32() % scores) - 3;
    const member = `m${random.uint32() % 20_000}`;
    if (grows && !pair.has(score, member)) pair.insert(score, member);
    else if (pair.model.length > 0) {
      const remove = step % 2 === 0 ? 'remove' : 'removeRank';
      pair[remove](random.uint32() % pair.model.length);
    }
    if (step % 3 === 0 && pair.model.length > 0) rescoreOne(pair, random, score);
    if (step % 50 === 0 && pair.model.length > 0) {
      const rank = random.uint32() % pair.model.length;
      const each = pair.model[rank];
      const bytes = bytesOf(each.member);
      expect(pair.tree.rankOf(each.score, bytes, 0, bytes.length), note).toBe(rank);
      pair.tree.toRank(rank);
      expect(pair.tree.record, note).toBe(each.record);
      checkBounds(pair, score, note);
    }
    if (step % 1_500 === 0) pair.check(note);
  }
  while (pair.model.length > 0) pair.remove(random.uint32() % pair.model.length);
  pair.check('emptied');
  pair.tree.freeSome(100);
  expect(pair.records.arena.usedBytes).toBe(0);
});

test.each([
  ['ascending inserts', (i: number) => i, false],
  ['descending inserts', (i: number) => -i, false],
  ['appending', (i: number) => i, true],
])('score tree: %s fills its nodes', (_, scoreOf, isAppended) => {
  const pair = new Pair();
  const count = leafCapacity * innerCapacity * 3;

  for (let i = 0; i < count; i += 1) {
    if (isAppended) pair.append(scoreOf(i), `m${i}`);
    else pair.insert(scoreOf(i), `m${i}`);
  }

  pair.check('all');
  expect(pair.tree.memoryBytes / count).toBeLessThan((12 * 3) / 2);
  for (let i = 0; i < count - 5; i += 1) pair.remove(i % 2 === 0 ? 0 : pair.model.length - 1);
  pair.check('few');
  expect(pair.tree.memoryBytes).toBeLessThan(3_000);
});

test('score tree: random inserts leave nodes two thirds full, removals at least a third', () => {
  const random = seededRandom(5);
  const pair = new Pair();

  for (let i = 0; i < 20_000; i += 1) pair.insert(random.uint32(), `m${i}`);
  const whole = pair.tree.memoryBytes / pair.model.length;
  for (let i = 0; i < 15_000; i += 1) pair.remove(random.uint32() % pair.model.length);
  const rest = pair.tree.memoryBytes / pair.model.length;

  pair.check('rest');
  expect(whole).toBeLessThan(20);
  expect(rest).toBeLessThan(36);
});

test('score tree: walks backwards', () => {
  const pair = new Pair();
  for (let i = 0; i < 500; i += 1) pair.insert(i % 7, `m${i}`);
  const found: number[] = [];

  for (pair.tree.toRank(499); pair.tree.leaf !== 0; pair.tree.previous()) {
    found.push(pair.tree.record);
  }

  expect(found.reverse()).toEqual(pair.model.map(({ record }) => record));
});

test('score tree: a bound of members counts those before it, where scores are the same', () => {
  const pair = new Pair();
  for (let i = 0; i < 1_000; i += 1) pair.insert(0, `m${String(i * 2).padStart(5, '0')}`);
  const bytes = bytesOf('m01000');
  const between = bytesOf('m01001');

  expect(pair.tree.countBelowMember(bytes, 0, bytes.length, false)).toBe(500);
  expect(pair.tree.countBelowMember(bytes, 0, bytes.length, true)).toBe(501);
  expect(pair.tree.countBelowMember(between, 0, between.length, false)).toBe(501);
  expect(pair.tree.countBelowMember(bytes, 0, 0, true)).toBe(0);
});

test.each([
  ['between its neighbours', 1505, 150],
  ['in its leaf', 1525, 152],
  ['elsewhere', 2985, 298],
])('score tree: a changed score stays %s', (_, score, rank) => {
  const pair = new Pair();
  for (let i = 0; i < 300; i += 1) pair.insert(i * 10, `m${i}`);

  pair.rescore(150, score);

  pair.check('rescored');
  expect(pair.rankOf(score, 'm150')).toBe(rank);
});
