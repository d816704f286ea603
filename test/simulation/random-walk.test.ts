import { expect, test } from 'vitest';
import { PrimaryStream } from '../../src/engine/primary-stream.ts';
import { ReplicationFeed } from '../../src/replication/feed.ts';
import { ReplicationLog } from '../../src/replication/log.ts';
import { Replicas } from '../../src/replication/primary/replicas.ts';
import { Standing } from '../../src/replication/standing.ts';
import { allStates } from './cluster.ts';
import { RandomWalk } from './random-walk.ts';

const seedCount = Number(process.env.SIMULATION_SEEDS ?? 120);
const firstSeed = Number(process.env.SIMULATION_FIRST_SEED ?? 1);

test('simulation: random walks keep every rule, and reach every state', {
  timeout: 600_000,
}, () => {
  const seen = new Set<string>();
  for (let seed = firstSeed; seed < firstSeed + seedCount; seed += 1) {
    const walk = new RandomWalk(seed);
    walk.run();
    for (const state of walk.cluster.statesSeen) seen.add(state);
  }

  expect([...seen].sort()).toEqual([...allStates].sort());
});

/** Walks with one method replaced by `broken` until a rule is seen broken; null when none is. */
function firstComplaint<Owner extends object>(
  owner: Owner,
  method: keyof Owner,
  broken: (original: (...args: never[]) => unknown) => unknown,
): string | null {
  const original = Object.getOwnPropertyDescriptor(owner, method);
  if (original === undefined) throw new Error(`there is no ${String(method)}`);
  const replaced = broken((original.get ?? original.value) as never);
  const kind = original.get === undefined ? 'value' : 'get';
  Object.defineProperty(owner, method, { ...original, [kind]: replaced });
  try {
    for (let seed = 1; seed <= 20; seed += 1) new RandomWalk(seed).run();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    Object.defineProperty(owner, method, original);
  }
}

test('simulation: a replica that takes itself to be one byte further is noticed', () => {
  const complaint = firstComplaint(ReplicationLog.prototype, 'restartAt', (original) => {
    return function (this: ReplicationLog, offset: number) {
      (original as (this: ReplicationLog, offset: number) => void).call(this, offset + 1);
    };
  });

  expect(complaint).toContain('npm run simulate -- --seed');
});

test('simulation: a replica that forgets its database is noticed', () => {
  const complaint = firstComplaint(Standing.prototype, 'streamDatabase', () => () => 0);

  expect(complaint).toContain('npm run simulate -- --seed');
});

test('simulation: a lost effect is noticed', () => {
  let calls = 0;
  const complaint = firstComplaint(ReplicationFeed.prototype, 'feed', (original) => {
    return function (this: ReplicationFeed, ...args: never[]) {
      calls += 1;
      if (calls % 200 !== 0) original.apply(this, args);
    };
  });

  expect(complaint).toContain('npm run simulate -- --seed');
});

test('simulation: a transaction that never ends is noticed', () => {
  const complaint = firstComplaint(PrimaryStream.prototype, 'forgetTransaction', () => () => {});

  expect(complaint).toContain('npm run simulate -- --seed');
});

test('simulation: a WAIT that counts who has not acknowledged is noticed', () => {
  const complaint = firstComplaint(Replicas.prototype, 'acknowledgedBy', () => {
    return function (this: Replicas) {
      return this.attachedCount;
    };
  });

  expect(complaint).toContain('the acknowledged write of');
});
