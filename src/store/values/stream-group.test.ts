import { expect, test } from 'vitest';
import { bytesOf, latin1Of } from '../../base/bytes.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { Keyspace } from '../keyspace.ts';
import { StreamBuilder } from './stream-builder.ts';
import type { FrozenGroup } from './stream-capture.ts';
import type { StreamGroup } from './stream-group.ts';
import { StreamId } from './stream-id.ts';
import type { IdChunk } from './stream-sorted-ids.ts';
import { below, entriesOf, idOf, wordsOf } from './testing-streams.ts';

const key = bytesOf('stream');
const groupName = bytesOf('group');

function idsOf(chunks: readonly IdChunk[]): string[] {
  const id = new StreamId();
  const ids: string[] = [];
  for (const chunk of chunks) {
    for (let i = 0; i < chunk.count; i += 1) {
      chunk.readId(i, id);
      ids.push(id.toText());
    }
  }
  return ids;
}

function describe(group: FrozenGroup): string[] {
  const lines = [`${latin1Of(group.name)} ${group.lastId.toText()} ${group.entriesRead}`];
  const id = new StreamId();
  for (const chunk of group.pending) {
    for (let i = 0; i < chunk.count; i += 1) {
      chunk.readId(i, id);
      lines.push(`${id.toText()} ${chunk.timeAt(i)} ${chunk.deliveryCountAt(i)}`);
    }
  }
  for (const each of group.consumers) {
    const { name, seenAtMs, activeAtMs } = each;
    lines.push(`${latin1Of(name)} ${seenAtMs} ${activeAtMs}: ${idsOf(each.pending).join()}`);
  }
  return lines;
}

function groupOf(keyspace: Keyspace): StreamGroup {
  const stream = keyspace.databases[0].streams.create(key, 0, key.length);
  const group = stream.addGroup(groupName, 0, groupName.length, idOf(0, 0), 0);
  if (group === null) throw new Error('the group is new');
  return group;
}

test.each([false, true])('stream group: pending entries equal a map (snapshot: %s)', (open) => {
  const seed = 5;
  const random = seededRandom(seed);
  const keyspace = new Keyspace(1, random);
  const group = groupOf(keyspace);
  const stream = keyspace.databases[0].streams.of(keyspace.databases[0].find(key, 0, key.length));
  const names = ['alice', 'bob', 'carol'];
  for (const name of names) group.addConsumer(bytesOf(name), 0, name.length, 1);
  const model = new Map<number, { owner: string; time: number; count: number }>();
  let snapshot = null as ReturnType<Keyspace['openSnapshot']> | null;
  let before: string[] = [];
  for (let step = 0; step < 8000; step += 1) {
    if (open && step % 2000 === 1000) {
      before = describe(group.freeze());
      snapshot = keyspace.openSnapshot();
    }
    if (snapshot !== null && step % 2000 === 1800) {
      stream.records.structures.beginRead(stream);
      expect(describe(stream.captured.group(0)), `seed ${seed}`).toEqual(before);
      stream.records.structures.endRead(stream);
      snapshot.close();
      snapshot = null;
    }
    const number = below(random, 1500);
    const id = idOf(number, 7);
    const isThere = group.findPending(id);
    expect(isThere, `seed ${seed}, step ${step}`).toBe(model.has(number));
    const owner = group.consumers[below(random, 3)];
    if (step % 4000 > 2500 && isThere) {
      group.removePending(id);
      model.delete(number);
    } else if (isThere) {
      group.changePending(id, owner, step, 2);
      model.set(number, { owner: latin1Of(owner.name), time: step, count: 2 });
    } else {
      group.insertPending(id, owner, step, 1);
      model.set(number, { owner: latin1Of(owner.name), time: step, count: 1 });
    }
    if (step % 100 !== 0) continue;
    const sorted = [...model].sort(([left], [right]) => left - right);
    expect(idsOf(group.pending.chunks)).toEqual(sorted.map(([each]) => `${each}-7`));
    for (const consumer of group.consumers) {
      const own = sorted.filter(([, each]) => each.owner === latin1Of(consumer.name));
      expect(idsOf(consumer.pending.chunks)).toEqual(own.map(([each]) => `${each}-7`));
    }
  }
  const [alice] = group.consumers;
  const left = group.pending.size - alice.pending.size;
  group.removeConsumer(alice);
  expect(group.pending.size).toBe(left);
  expect(group.isWhollyOwned).toBe(true);
  snapshot?.close();
});

test('stream builder: what a snapshot shows can be built again', () => {
  const keyspace = new Keyspace(1, seededRandom(1));
  const group = groupOf(keyspace);
  const database = keyspace.databases[0];
  const stream = database.streams.of(database.find(key, 0, key.length));
  const limits = { streamNodeBytes: 4096, streamNodeEntries: 3 };
  for (let i = 1; i < 10; i += 1) stream.append(idOf(i, 0), wordsOf('f', `${i}`), limits);
  const bob = group.addConsumer(bytesOf('bob'), 0, 3, 5);
  if (bob === null) throw new Error('the consumer is new');
  group.findPending(idOf(2, 0));
  group.insertPending(idOf(2, 0), bob, 77, 3);

  const builder = new StreamBuilder(keyspace.databases[0].records);
  const bytes = new Uint8Array(16);
  const id = new StreamId();
  for (const chunk of stream.nodes.ids.chunks) {
    for (let i = 0; i < chunk.count; i += 1) {
      chunk.readId(i, id);
      id.writeBytes(bytes, 0);
      stream.records.locateValue(chunk.numberAt(i));
      const { valueBytes, valueStart, valueEnd } = stream.records;
      builder.addNode(bytes, 0, valueBytes, valueStart, valueEnd);
    }
  }
  stream.lastId.writeBytes(bytes, 0);
  const zero = new Uint8Array(16);
  builder.setFacts({ lastId: bytes, firstId: null, maxDeletedId: zero, entriesAdded: 9 });
  expect(builder.addGroup(groupName, 0, groupName.length, zero, -1)).toBeNull();
  idOf(2, 0).writeBytes(bytes, 0);
  expect(builder.addPending(bytes, 0, 77, 3)).toBeNull();
  expect(builder.addPending(bytes, 0, 77, 3)).toMatch(/twice/);
  expect(builder.finishGroup()).toMatch(/no consumer/);
  expect(builder.addConsumer(bytesOf('bob'), 0, 3, 5, -1)).toBeNull();
  expect(builder.addConsumerPending(bytes, 0)).toBeNull();
  expect(builder.addConsumerPending(zero, 0)).toMatch(/its group has not/);
  expect(builder.finishGroup()).toBeNull();
  expect(entriesOf(builder.stream)).toEqual(entriesOf(stream));
  expect(builder.stream.firstId.toText()).toBe('1-0');
  expect(builder.stream.length).toBe(9);
});
