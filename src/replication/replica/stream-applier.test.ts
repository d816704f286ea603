import { describe, expect, test } from 'vitest';
import { bytesOf, bytesOfLatin1, latin1Of } from '../../base/bytes.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { frameOf } from './handshake.ts';
import { StreamApplier } from './stream-applier.ts';

function newApplier() {
  const state = { applied: [] as string[], forwarded: '', isOpen: false, acks: [] as number[] };
  const applier = new StreamApplier({
    apply: (request) => {
      const name = request.text(0);
      state.applied.push(name);
      if (name === 'MULTI') state.isOpen = true;
      if (name === 'EXEC') state.isOpen = false;
      return !state.isOpen;
    },
    forward: (bytes, start, end) => {
      state.forwarded += latin1Of(bytes, start, end);
    },
    acknowledge: () => state.acks.push(state.forwarded.length),
  });
  const feed = (text: string) => applier.feed(bytesOfLatin1(text), 0, text.length);
  return { state, applier, feed };
}

const frame = (...words: string[]) => latin1Of(frameOf(words));
const set = frame('SET', 'k', 'v');

describe('stream applier', () => {
  test('forwards exactly what is applied, as soon as it is complete', () => {
    const { state, applier, feed } = newApplier();
    feed(set.slice(0, 9));
    expect(state.forwarded).toBe('');
    expect(applier.waitingBytes).toBe(9);

    feed(set.slice(9) + set + set.slice(0, 4));
    expect(state.forwarded).toBe(set + set);
    expect(applier.waitingBytes).toBe(4);
  });

  test('a transaction is forwarded at its EXEC, not before', () => {
    const { state, feed } = newApplier();
    feed(set + frame('MULTI') + set);
    expect(state.forwarded).toBe(set);

    feed(set);
    expect(state.forwarded).toBe(set);
    feed(frame('EXEC') + set);
    expect(state.forwarded).toBe(`${set + frame('MULTI') + set + set + frame('EXEC')}${set}`);
  });

  test('GETACK is counted, then answered, and not executed', () => {
    const { state, feed } = newApplier();
    const getAck = frame('REPLCONF', 'GETACK', '*');
    feed(set + getAck + set);

    expect(state.applied).toEqual(['SET', 'SET']);
    expect(state.acks).toEqual([set.length + getAck.length]);
    expect(state.forwarded).toBe(set + getAck + set);
  });

  test('an empty line is no part of the stream', () => {
    const { state, feed } = newApplier();
    feed(`\n${set}\r`);
    feed(`\n${set}`);

    expect(state.forwarded).toBe(set + set);
  });

  test('text that is no array is a desync', () => {
    const { feed } = newApplier();

    expect(feed('SET k v\r\n')).toContain('no array');
    expect(newApplier().feed('*1\r\n+PING\r\n')).toContain('expected');
  });

  test('while paused, bytes wait and nothing is applied', () => {
    const { state, applier, feed } = newApplier();
    applier.pause();
    feed(set);
    feed(set);
    expect(state.applied).toEqual([]);
    expect(applier.waitingBytes).toBe(2 * set.length);

    expect(applier.resume()).toBe(null);
    expect(state.forwarded).toBe(set + set);
    expect(applier.waitingBytes).toBe(0);
  });

  test('the same bytes come out, however they are cut and wherever the memory is reused', () => {
    const random = seededRandom(11);
    for (let round = 0; round < 200; round += 1) {
      const { state, applier } = newApplier();
      let stream = '';
      for (let i = 0; i < 30; i += 1) {
        const value = 'x'.repeat(random.uint32() % 60);
        const group = frame('MULTI') + frame('SET', 'a', value) + frame('EXEC');
        stream += random.uint32() % 4 === 0 ? group : frame('SET', 'b', value);
      }
      const bytes = bytesOf(stream);
      const memory = new Uint8Array(256);
      for (let at = 0; at < bytes.length; ) {
        const count = Math.min(bytes.length - at, 1 + (random.uint32() % 200));
        const start = random.uint32() % (memory.length - count);
        memory.fill(255).set(bytes.subarray(at, at + count), start);
        expect(applier.feed(memory, start, start + count)).toBe(null);
        at += count;
      }
      expect(state.forwarded).toBe(stream);
    }
  });
});
