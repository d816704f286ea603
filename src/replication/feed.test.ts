import { expect, test } from 'vitest';
import { bytesOf, latin1Of } from '../base/bytes.ts';
import { ReplicationFeed } from './feed.ts';
import { ReplicationLog } from './log.ts';

function newFeed() {
  const log = new ReplicationLog(1024 * 1024);
  let plans = 0;
  const feed = new ReplicationFeed(log, () => {
    plans += 1;
  });
  const reader = () => log.readerAt(0);
  const stream = () => {
    const open = reader();
    const bytes = open.next();
    open.close();
    return bytes === null ? '' : latin1Of(bytes);
  };
  const effect = (database: number, text: string) =>
    feed.feed(database, bytesOf(`<${text}>`), 1, text.length + 1);
  return { log, feed, stream, effect, plans: () => plans };
}

const select = (n: number) => `*2\r\n$6\r\nSELECT\r\n$1\r\n${n}\r\n`;

test('feed: an effect in another database is preceded by SELECT', () => {
  const { log, feed, stream, effect } = newFeed();
  log.create();
  effect(0, 'a');
  effect(0, 'b');
  effect(3, 'c');
  feed.forgetDatabase();
  effect(3, 'd');

  expect(stream()).toBe(`${select(0)}ab${select(3)}c${select(3)}d`);
});

test('feed: a transaction begins with MULTI, then SELECT', () => {
  const { log, feed, stream, effect } = newFeed();
  log.create();
  feed.beginTransaction();
  effect(1, 'a');
  effect(1, 'b');
  feed.endTransaction();

  expect(stream()).toBe(`*1\r\n$5\r\nMULTI\r\n${select(1)}ab*1\r\n$4\r\nEXEC\r\n`);
});

test('feed: PING is lower case and 14 bytes, GETACK 37', () => {
  const { log, feed, stream } = newFeed();
  log.create();
  feed.ping();
  expect(stream()).toBe('*1\r\n$4\r\nping\r\n');
  expect(log.offset).toBe(14);

  feed.askForAcknowledgements();
  expect(log.offset).toBe(14 + 37);
});

test('feed: without a backlog nothing is counted and nothing planned', () => {
  const { log, feed, effect, plans } = newFeed();
  effect(0, 'a');
  feed.ping();
  feed.beginTransaction();

  expect(log.offset).toBe(0);
  expect(feed.wantsEffects).toBe(false);
  expect(plans()).toBe(0);
});

test("feed: a replica hands its primary's bytes on, and nothing of its own", () => {
  const { log, feed, stream, effect } = newFeed();
  log.create();
  feed.setOriginates(false);
  effect(0, 'own');
  feed.ping();
  feed.forward(bytesOf('-theirs-'), 1, 7);

  expect(stream()).toBe('theirs');
  expect(feed.originates).toBe(false);
});

test('feed: a flush is planned once a turn', () => {
  const { log, feed, effect, plans } = newFeed();
  log.create();
  effect(0, 'a');
  effect(0, 'b');
  expect(plans()).toBe(1);

  feed.turnEnded();
  effect(0, 'c');
  expect(plans()).toBe(2);
});
