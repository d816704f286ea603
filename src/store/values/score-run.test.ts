import { expect, test } from 'vitest';
import { bytesOf, latin1Of } from '../../base/bytes.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { Keyspace } from '../keyspace.ts';
import { ScoreRun } from './score-run.ts';
import { RankedMembers } from './sorted-set-members.ts';

type Element = readonly [member: string, score: number];

/** The order of a set into which these runs were put, one after the other. */
function orderOf(runs: readonly (readonly Element[])[], runMax?: number): Element[] {
  const { records } = new Keyspace(1, seededRandom(1), 1 << 20);
  const members = new RankedMembers(records);
  const run = new ScoreRun(members, runMax);
  for (const elements of runs) {
    for (const [member, score] of elements) {
      const bytes = bytesOf(member);
      members.find(bytes, 0, bytes.length);
      run.add(score, members.addUnordered(bytes, 0, bytes.length, score));
    }
    run.flush();
  }
  const { order } = members;
  const found: Element[] = [];
  if (order.size === 0) return found;
  for (order.toRank(0); order.leaf !== 0; order.next()) {
    records.locateKey(order.record);
    const { keyBytes, keyStart, keyEnd } = records;
    found.push([latin1Of(keyBytes, keyStart, keyEnd), order.score]);
  }
  return found;
}

function inOrder(elements: readonly Element[]): Element[] {
  return [...elements].sort(([left, leftScore], [right, rightScore]) => {
    if (leftScore !== rightScore) return leftScore < rightScore ? -1 : 1;
    return left < right ? -1 : 1;
  });
}

test('score run: members come in the order of their scores, whatever the scores are', () => {
  const scores = [3, -1, 0, -0, 1e300, -1e300, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const more = [0.1, -0.1, 2 ** 53, 5e-324, -5e-324, 3, 0, -0];
  const elements = [...scores, ...more].map((score, i): Element => [`m${i}`, score]);

  expect(orderOf([elements])).toEqual(inOrder(elements));
});

test('score run: the smallest set, and none at all', () => {
  expect(orderOf([[]])).toEqual([]);
  expect(orderOf([[['a', -0]]])).toEqual([['a', -0]]);
});

test('score run: several runs mix, and members of equal scores stand by their bytes', () => {
  const random = seededRandom(7);
  const element = (i: number): Element => [
    `m${random.uint32()}.${i}`,
    (random.uint32() % 500) - 250,
  ];
  const runs = [3000, 1, 0, 2000].map((count) =>
    Array.from({ length: count }, (_, i) => element(i)),
  );

  expect(orderOf(runs)).toEqual(inOrder(runs.flat()));
});

test('score run: more members than go in together', () => {
  const random = seededRandom(3);
  const elements = Array.from({ length: 5000 }, (_, i): Element => [`${i}`, random.uint32()]);

  const found = orderOf([elements], 1024);

  expect(found.length).toBe(elements.length);
  expect(found.filter(([, score], i) => i > 0 && score < found[i - 1][1])).toEqual([]);
});
