import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../runtime/seeded-random.ts';
import type { ReplicaEvent, ReplicaState, ReplicaStateName } from './replica-state.ts';
import { nextStates, step, wireName } from './replica-state.ts';

const introducing: ReplicaState = { name: 'introducing' };

function play(...events: readonly ReplicaEvent[]) {
  let state = introducing;
  const effects: string[] = [];
  for (const event of events) {
    const next = step(state, event);
    state = next.state;
    effects.push(...next.effects);
  }
  return { state: state.name, effects };
}

const asks: ReplicaEvent = { kind: 'fullSyncNeeded', nowMs: 0 };
const marked: ReplicaEvent = { kind: 'snapshotBegun', framing: 'marked' };
const counted: ReplicaEvent = { kind: 'snapshotBegun', framing: 'counted' };
const complete: ReplicaEvent = { kind: 'snapshotComplete' };
const sent: ReplicaEvent = { kind: 'snapshotSent', wantsStream: true };
const acknowledged: ReplicaEvent = { kind: 'acknowledged' };

describe('replica state', () => {
  test('a partial sync streams at once', () => {
    expect(play({ kind: 'partialAccepted' })).toEqual({ state: 'streaming', effects: ['stream'] });
  });

  test('behind a mark, the stream waits for the first acknowledgement', () => {
    expect(play(asks, marked, acknowledged, sent)).toEqual({
      state: 'awaitingFirstAck',
      effects: [],
    });
    expect(play(asks, marked, sent, acknowledged)).toEqual({
      state: 'streaming',
      effects: ['stream'],
    });
  });

  test('behind a counted snapshot, the stream follows at once', () => {
    expect(play(asks, counted, complete, sent)).toEqual({
      state: 'streaming',
      effects: ['stream'],
    });
  });

  test('a client that wants a snapshot alone gets no stream', () => {
    expect(play(asks, marked, { kind: 'snapshotSent', wantsStream: false }, acknowledged)).toEqual({
      state: 'snapshotDelivered',
      effects: ['release'],
    });
  });

  test('a closed replica stays closed', () => {
    expect(play({ kind: 'closed' }, asks, { kind: 'closed' })).toEqual({
      state: 'closed',
      effects: ['release'],
    });
  });

  test("the states have Redis' names in INFO", () => {
    const names: Record<ReplicaStateName, string | null> = {
      introducing: null,
      awaitingSnapshot: 'wait_bgsave',
      snapshotting: 'wait_bgsave',
      sendingSnapshot: 'send_bulk',
      awaitingFirstAck: 'online',
      streaming: 'online',
      snapshotDelivered: null,
      closed: null,
    };
    for (const [name, onTheWire] of Object.entries(names)) {
      expect(wireName({ name } as ReplicaState)).toBe(onTheWire);
    }
  });

  test('whatever happens, moves are legal, and every state is reached', () => {
    const events: readonly ReplicaEvent[] = [
      asks,
      marked,
      counted,
      complete,
      sent,
      { kind: 'snapshotSent', wantsStream: false },
      acknowledged,
      { kind: 'partialAccepted' },
      { kind: 'closed' },
    ];
    const expected: Record<ReplicaStateName, readonly number[]> = {
      introducing: [0, 0, 0, 7],
      awaitingSnapshot: [1, 2],
      snapshotting: [3],
      sendingSnapshot: [4, 5],
      awaitingFirstAck: [6],
      streaming: [8],
      snapshotDelivered: [8],
      closed: [0],
    };
    const random = seededRandom(5);
    const reached = new Set<ReplicaStateName>();
    for (let run = 0; run < 500; run += 1) {
      let state: ReplicaState = introducing;
      for (let i = 0; i < 12; i += 1) {
        const likely: readonly number[] = expected[state.name];
        const at: number =
          random.uint32() % 10 < 8
            ? likely[random.uint32() % likely.length]
            : random.uint32() % events.length;
        const next: ReplicaState = step(state, events[at]).state;
        if (next !== state) expect(nextStates[state.name]).toContain(next.name);
        state = next;
        reached.add(state.name);
      }
    }
    expect([...reached].sort()).toEqual(Object.keys(nextStates).sort());
  });
});
