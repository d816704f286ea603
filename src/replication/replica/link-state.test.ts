import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import type { Random } from '../../runtime/random.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import type { HandshakeRequest } from './handshake.ts';
import type { LinkEvent, LinkState, LinkStateName } from './link-state.ts';
import { nextStates, step, wireName } from './link-state.ts';

const id = 'a1'.repeat(20);
const requests: readonly HandshakeRequest[] = [
  { name: 'ping', tolerates: 'lack-of-permission', frame: bytesOf('ping') },
  { name: 'auth', tolerates: 'no-error', frame: bytesOf('auth') },
  { name: 'capabilities', tolerates: 'any-error', frame: bytesOf('capa') },
];

const disconnected: LinkState = { name: 'disconnected', retryAtMs: 0 };
const requesting: LinkState = { name: 'requestingSync' };

/** Lets `events` happen one after the other, and tells the effects' kinds of all. */
function play(start: LinkState, events: readonly LinkEvent[]) {
  let state = start;
  const effects: string[] = [];
  for (const event of events) {
    const next = step(state, event);
    state = next.state;
    effects.push(...next.effects.map(({ kind }) => kind));
  }
  return { state, effects };
}

const line = (text: string): LinkEvent => ({ kind: 'line', line: text, nowMs: 5_000 });

describe('link state', () => {
  test('the first request is sent alone, the others together, then PSYNC', () => {
    const events: LinkEvent[] = [
      { kind: 'due', nowMs: 0 },
      { kind: 'connected', requests },
    ];
    const opened = play(disconnected, events);
    expect(opened.effects).toEqual(['connect', 'send']);

    const greeted = play(opened.state, [line('+PONG')]);
    expect(greeted.effects).toEqual(['send', 'send']);
    expect(play(greeted.state, [line('+OK')]).effects).toEqual([]);
    const asked = play(greeted.state, [line('+OK'), line('-ERR unknown')]);
    expect(asked).toEqual({ state: requesting, effects: ['requestPartialSync'] });
  });

  test('a refused password ends the attempt', () => {
    const { state, effects } = play({ name: 'handshaking', requests, step: 1 }, [
      line('-WRONGPASS'),
    ]);

    expect(state).toEqual({ name: 'disconnected', retryAtMs: 5_000 });
    expect(effects).toEqual(['close']);
  });

  test('PSYNC: a full sync with a position', () => {
    const { state, effects } = play(requesting, [line(''), line(`+FULLRESYNC ${id} 77`)]);

    expect(state).toEqual({ name: 'receivingSnapshot', target: { id, offset: 77 } });
    expect(effects).toEqual(['receiveSnapshot']);
  });

  test('PSYNC: a malformed full sync has no position to go on from', () => {
    for (const bad of ['+FULLRESYNC', `+FULLRESYNC ${id}`, '+FULLRESYNC abc 5']) {
      expect(play(requesting, [line(bad)]).state).toEqual({
        name: 'receivingSnapshot',
        target: null,
      });
    }
  });

  test('PSYNC: a partial sync, with or without another id', () => {
    expect(step(requesting, line(`+CONTINUE ${id}`)).effects).toEqual([{ kind: 'continue', id }]);
    expect(step(requesting, line('+CONTINUE')).effects).toEqual([{ kind: 'continue', id: null }]);
  });

  test('PSYNC: a primary that is not ready is asked again at the next attempt', () => {
    for (const later of ["-NOMASTERLINK Can't SYNC", '-LOADING soon']) {
      expect(play(requesting, [line(later)]).state.name).toBe('disconnected');
    }
  });

  test('PSYNC: a primary that does not know it is asked for SYNC', () => {
    const { state, effects } = play(requesting, [line('-ERR unknown command')]);

    expect(state).toEqual({ name: 'receivingSnapshot', target: null });
    expect(effects).toEqual(['requestOldSync', 'receiveSnapshot']);
  });

  test('an acknowledgement follows the snapshot, but not to a primary without positions', () => {
    const loaded: LinkEvent = { kind: 'snapshotLoaded', nowMs: 0 };
    const target = { id: id as never, offset: 1 };

    expect(play({ name: 'receivingSnapshot', target }, [loaded]).effects).toEqual(['acknowledge']);
    expect(play({ name: 'receivingSnapshot', target: null }, [loaded]).effects).toEqual([]);
  });

  test('a snapshot that cannot be loaded is not asked for again before its time', () => {
    const failed: LinkEvent = { kind: 'snapshotFailed', reason: 'no', retryAtMs: 9_000 };
    const { state } = play({ name: 'receivingSnapshot', target: null }, [failed]);

    expect(play(state, [{ kind: 'due', nowMs: 8_999 }]).state.name).toBe('disconnected');
    expect(play(state, [{ kind: 'due', nowMs: 9_000 }]).state.name).toBe('connecting');
  });

  test('a link that was steady reconnects at once, one that was not waits its turn', () => {
    const streaming: LinkState = { name: 'streaming', sinceMs: 0, acknowledges: true };
    const lostAt = (nowMs: number): LinkEvent => ({ kind: 'lost', reason: '', nowMs });

    expect(play(streaming, [lostAt(1_000)]).effects).toEqual(['close', 'retryNow']);
    expect(play(streaming, [lostAt(999)]).effects).toEqual(['close']);
  });

  test('a desync forgets the position', () => {
    const streaming: LinkState = { name: 'streaming', sinceMs: 0, acknowledges: true };
    const event: LinkEvent = { kind: 'desynchronized', reason: '', nowMs: 1 };

    expect(play(streaming, [event]).effects).toEqual(['forgetPosition', 'close']);
  });

  test("the states have Redis' names in ROLE", () => {
    const names = [
      disconnected,
      { name: 'connecting' },
      { name: 'handshaking', requests, step: 0 },
      requesting,
      { name: 'receivingSnapshot', target: null },
      { name: 'streaming', sinceMs: 0, acknowledges: true },
    ] as const;

    expect(names.map(wireName)).toEqual([
      'connect',
      'connecting',
      'handshake',
      'handshake',
      'sync',
      'connected',
    ]);
  });

  test('whatever happens, moves are legal, and every state is reached', () => {
    const reached = new Set<LinkStateName>();
    const faults: string[] = [];
    const random = seededRandom(4);
    for (let run = 0; run < 500; run += 1) {
      let state: LinkState = disconnected;
      for (let i = 0; i < 30; i += 1) {
        const event = randomEvent(random, state);
        const next = step(state, event);
        const isMove = next.state !== state;
        const closes = next.effects.some(({ kind }) => kind === 'close');
        const isAtRest = state.name === 'disconnected' && event.kind !== 'due';
        if (isMove && !nextStates[state.name].includes(next.state.name)) faults.push('illegal');
        if (isMove && next.state.name === 'disconnected' && !closes) faults.push('left open');
        if (isAtRest && next.effects.length > 0) faults.push('active at rest');
        state = next.state;
        reached.add(state.name);
      }
    }
    expect(faults).toEqual([]);
    expect([...reached].sort()).toEqual(Object.keys(nextStates).sort());
  });
});

const anyEvents: readonly LinkEvent[] = [
  { kind: 'due', nowMs: 20_000 },
  { kind: 'connected', requests },
  line('+OK'),
  line('-ERR'),
  line(''),
  line(`+FULLRESYNC ${id} 5`),
  line('+CONTINUE'),
  { kind: 'snapshotLoaded', nowMs: 1 },
  { kind: 'snapshotFailed', reason: '', retryAtMs: 1 },
  { kind: 'desynchronized', reason: '', nowMs: 1 },
  { kind: 'lost', reason: '', nowMs: 10_000 },
];

const expectedEvents: Record<LinkStateName, readonly number[]> = {
  disconnected: [0],
  connecting: [1],
  handshaking: [2],
  requestingSync: [4, 5, 6],
  receivingSnapshot: [7],
  streaming: [9, 10],
};

/** Mostly an event that the state expects: else a walk seldom gets beyond the first states. */
function randomEvent(random: Random, state: LinkState): LinkEvent {
  const expected = expectedEvents[state.name];
  if (random.uint32() % 10 < 8) return anyEvents[expected[random.uint32() % expected.length]];
  return anyEvents[random.uint32() % anyEvents.length];
}
