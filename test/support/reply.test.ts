import { expect, test } from 'vitest';
import { bytesOfLatin1 } from '../../src/base/bytes.ts';
import { differenceOf } from './compare-replies.ts';
import { nullArray, nullBulk, parseReply, type Reply } from './reply.ts';

function parsed(text: string): Reply | undefined {
  return parseReply(bytesOfLatin1(text), 0)?.reply;
}

test('test support: replies of both protocols are told apart', () => {
  expect(parsed('+OK\r\n')).toBe('+OK');
  expect(parsed('-ERR no\r\n')).toBe('-ERR no');
  expect(parsed('$-1\r\n')).toBe(nullBulk);
  expect(parsed('*-1\r\n')).toBe(nullArray);
  expect(parsed('$2\r\n-1\r\n')).toBe('$-1');
  expect(parsed('*3\r\n:1\r\n$3\r\na\r\n\r\n_\r\n')).toEqual([':1', '$a\r\n', '_']);
  expect(parsed('%1\r\n+a\r\n#t\r\n')).toEqual({ kind: 'map', items: ['+a', '#t'] });
  expect(parsed('=8\r\ntxt:line\r\n')).toBe('=txt:line');
});

test('test support: a reply that is cut off is not yet one', () => {
  const text = '*2\r\n$3\r\nabc\r\n%1\r\n:1\r\n,2.5\r\n';
  for (let cut = 0; cut < text.length; cut += 1) expect(parsed(text.slice(0, cut))).toBeUndefined();
  expect(parsed(text)).toBeDefined();
});

test('test support: a difference says where it is', () => {
  expect(differenceOf([':1', ['$a']], [':1', ['$a']])).toBeNull();
  expect(differenceOf([':1', ['$a']], [':1', ['$b']])).toContain('at [1][0]');
  expect(differenceOf([':1'], { kind: 'set', items: [':1'] })).not.toBeNull();
  expect(differenceOf(nullBulk, nullArray)).not.toBeNull();
});

test('test support: agreements loosen what they name and nothing else', () => {
  const within = { kind: 'within', tolerance: 5 } as const;
  expect(differenceOf([':100', '$a'], [':104', '$a'], within)).toBeNull();
  expect(differenceOf([':100', '$a'], [':106', '$a'], within)).not.toBeNull();
  expect(differenceOf(':2', ':-1', within)).not.toBeNull();
  expect(differenceOf(':100', '$100', within)).not.toBeNull();
  const anyOrder = { kind: 'any-order' } as const;
  expect(differenceOf([':1', [':2', ':3']], [[':3', ':2'], ':1'], anyOrder)).toBeNull();
  expect(differenceOf([':1', ':1'], [':1', ':2'], anyOrder)).not.toBeNull();
  const sameShape = { kind: 'same-shape' } as const;
  expect(differenceOf('$7.0.15', '$7.2.4', sameShape)).toBeNull();
  expect(differenceOf('-ERR one text', '-ERR another', sameShape)).toBeNull();
  expect(differenceOf('-ERR one text', '-WRONGTYPE another', sameShape)).not.toBeNull();
});
