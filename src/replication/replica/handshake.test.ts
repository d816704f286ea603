import { expect, test } from 'vitest';
import { defaultSettings } from '../../../test/support/replication-node.ts';
import { latin1Of } from '../../base/bytes.ts';
import { frameOf, handshakeRequests, isTolerable } from './handshake.ts';

const framesOf = (changes: object) =>
  handshakeRequests({ ...defaultSettings, ...changes }).map(({ name, frame }) => [
    name,
    latin1Of(frame),
  ]);

test('handshake: without a password, PING, port and capabilities', () => {
  expect(framesOf({ port: 7001 })).toEqual([
    ['ping', '*1\r\n$4\r\nPING\r\n'],
    ['listening-port', '*3\r\n$8\r\nREPLCONF\r\n$14\r\nlistening-port\r\n$4\r\n7001\r\n'],
    [
      'capabilities',
      '*7\r\n$8\r\nREPLCONF\r\n$4\r\ncapa\r\n$3\r\neof\r\n$4\r\ncapa\r\n$6\r\npsync2\r\n' +
        '$4\r\ncapa\r\n$14\r\nheadwater-hash\r\n',
    ],
  ]);
});

test('handshake: passwords and users are bytes, not text', () => {
  const password = '!@#\0 "\'\xff';
  const [, [, auth]] = framesOf({ primaryPassword: password });
  expect(auth).toBe(`*2\r\n$4\r\nAUTH\r\n$8\r\n${password}\r\n`);

  const [, [, withUser]] = framesOf({ primaryPassword: password, primaryUser: 'me' });
  expect(withUser).toBe(`*3\r\n$4\r\nAUTH\r\n$2\r\nme\r\n$8\r\n${password}\r\n`);
});

test('handshake: what is announced goes before what is', () => {
  const frames = framesOf({ replicaAnnounceIp: 'a.b', replicaAnnouncePort: 9 });
  expect(frames.map(([name]) => name)).toEqual([
    'ping',
    'listening-port',
    'ip-address',
    'capabilities',
  ]);
  expect(frames[1][1]).toContain('$1\r\n9\r\n');
  expect(frames[2][1]).toContain('$3\r\na.b\r\n');
});

test('handshake: PING may meet a lack of permission, REPLCONF any error, AUTH none', () => {
  expect(isTolerable('lack-of-permission', '+PONG')).toBe(true);
  expect(isTolerable('lack-of-permission', '-NOAUTH Authentication required.')).toBe(true);
  expect(isTolerable('lack-of-permission', '-NOPERM no')).toBe(true);
  expect(isTolerable('lack-of-permission', '-ERR operation not permitted')).toBe(true);
  expect(isTolerable('lack-of-permission', '-LOADING')).toBe(false);
  expect(isTolerable('lack-of-permission', 'HTTP/1.1 400')).toBe(false);
  expect(isTolerable('any-error', '-ERR unknown')).toBe(true);
  expect(isTolerable('no-error', '-WRONGPASS')).toBe(false);
  expect(isTolerable('no-error', '+OK')).toBe(true);
});

test('handshake: a frame is an array of bulk strings', () => {
  expect(latin1Of(frameOf(['A', 'bc']))).toBe('*2\r\n$1\r\nA\r\n$2\r\nbc\r\n');
});
