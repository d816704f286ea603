import { expect, test } from 'vitest';
import { TestServer } from './testing-context.ts';

test('pub/sub commands: each name is subscribed by itself, and answered with the count', () => {
  const server = new TestServer();

  expect(server.run('SUBSCRIBE a b')).toBe(
    '*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:1\r\n',
  );
  expect(server.diary).toEqual(['subscribe channel', 'subscribe channel']);
});

test('pub/sub commands: who listens to nothing is told so by UNSUBSCRIBE', () => {
  expect(new TestServer().run('SUNSUBSCRIBE')).toBe('*3\r\n$12\r\nsunsubscribe\r\n$-1\r\n:0\r\n');
});

test('pub/sub commands: PUBLISH is propagated as it came', () => {
  const server = new TestServer();

  expect(server.run('PUBLISH a b')).toBe(':1\r\n');
  expect(server.propagated).toEqual(['PUBLISH a b']);
});

test('pub/sub commands: PING has another form for a RESP2 subscriber', () => {
  const server = new TestServer();
  server.session.isSubscriber = true;

  expect(server.run('PING')).toBe('*2\r\n$4\r\npong\r\n$0\r\n\r\n');
  expect(server.run('PING x')).toBe('*2\r\n$4\r\npong\r\n$1\r\nx\r\n');
  server.session.protocol = 3;
  expect(server.run('PING')).toBe('+PONG\r\n');
});

test('pub/sub commands: PUBSUB HELP names every subcommand', () => {
  const help = new TestServer().run('PUBSUB HELP');

  for (const name of ['CHANNELS', 'NUMPAT', 'NUMSUB', 'SHARDCHANNELS', 'SHARDNUMSUB', 'HELP']) {
    expect(help).toContain(`\r\n+${name}`);
  }
});
