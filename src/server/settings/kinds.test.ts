import { describe, expect, test } from 'vitest';
import { splitWords } from '../config-file.ts';
import {
  bytesOfText,
  integer,
  type Kind,
  memory,
  memoryOrPercent,
  oneOf,
  permissions,
  quoted,
  textOfBytes,
  yesNo,
} from './kinds.ts';
import {
  addresses,
  keyspaceEvents,
  outOfMemoryScores,
  outputLimits,
  percentiles,
  savePoints,
  shutdownOptions,
} from './list-kinds.ts';

/** What `CONFIG GET` would show after the words, or the reason why not. */
function shown(kind: Kind<unknown> | Kind<never>, words: string): string {
  const parsed = kind.parse(words === '' ? [''] : words.split(' '), null);
  return parsed.ok ? parsed.text : parsed.reason;
}

const asAny = <Value>(kind: Kind<Value>) => kind as unknown as Kind<unknown>;

describe('settings: kinds', () => {
  test.each([
    [asAny(yesNo), 'YES', 'yes'],
    [asAny(yesNo), 'maybe', "argument must be 'yes' or 'no'"],
    [asAny(integer({ min: 0, max: 10 })), '7', '7'],
    [asAny(integer({ min: 0, max: 10 })), '+7', "argument couldn't be parsed into an integer"],
    [asAny(integer({ min: 0, max: 10 })), '07', "argument couldn't be parsed into an integer"],
    [asAny(integer({ min: 0, max: 10 })), '11', 'argument must be between 0 and 10 inclusive'],
    [asAny(integer({ min: 0, max: 900, raisedTo: 1, loweredTo: 500 })), '0', '1'],
    [asAny(integer({ min: 0, max: 900, raisedTo: 1, loweredTo: 500 })), '600', '500'],
    [asAny(memory({ min: 0, max: 2 ** 40 })), '1k', '1000'],
    [asAny(memory({ min: 0, max: 2 ** 40 })), '1KB', '1024'],
    [asAny(memory({ min: 0, max: 2 ** 40 })), 'mb', '0'],
    [asAny(memory({ min: 0, max: 2 ** 40 })), '1.5mb', 'argument must be a memory value'],
    [asAny(memoryOrPercent), '5%', '5%'],
    [asAny(memoryOrPercent), '101%', 'percentage argument must be less or equal to 100'],
    [asAny(memoryOrPercent), '-5%', 'argument must be a memory or percent value'],
    [asAny(oneOf('a', 'b')), 'B', 'b'],
    [asAny(oneOf('a', 'b')), 'c', 'argument(s) must be one of the following: a, b'],
    [asAny(permissions), '700', '700'],
    [asAny(permissions), '8', "argument couldn't be parsed as an octal number"],
    [asAny(permissions), '1000', 'argument must be between 0 and 777 inclusive'],
    [asAny(savePoints), '3600 1 300 100', '3600 1 300 100'],
    [asAny(savePoints), '0 1', 'Invalid save parameters'],
    [
      asAny(outputLimits),
      'replica 1mb 1mb 10',
      'normal 0 0 0 slave 1048576 1048576 10 pubsub 0 0 0',
    ],
    [
      asAny(outputLimits),
      'master 0 0 0',
      'Invalid client class specified in buffer limit configuration.',
    ],
    [asAny(outputLimits), 'normal 0 0', 'Wrong number of arguments in buffer limit configuration.'],
    [asAny(addresses), '127.0.0.1 -::1', '127.0.0.1 -::1'],
    [asAny(keyspaceEvents), 'KEA', 'AKE'],
    [asAny(keyspaceEvents), 'gxKEd', 'gxdKE'],
    [asAny(keyspaceEvents), 'q', "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."],
    [asAny(percentiles), '50 99.9', '50 99.9'],
    [asAny(percentiles), 'a', 'Invalid latency-tracking-info-percentiles parameters'],
    [asAny(shutdownOptions), 'force now', 'now force'],
    [asAny(shutdownOptions), 'default save', 'save'],
    [asAny(outOfMemoryScores), '0 200', 'wrong number of arguments'],
  ])('%#: %s %s', (kind, words, expected) => {
    expect(shown(kind, words)).toBe(expected);
  });

  test('amounts of memory are written with the largest unit that divides them', () => {
    expect(textOfBytes(1_073_741_824n)).toBe('1gb');
    expect(textOfBytes(1_048_576n * 3n)).toBe('3mb');
    expect(textOfBytes(1_000n)).toBe('1000');
    expect(textOfBytes(0n)).toBe('0');
    expect(bytesOfText('99999999999999999999')).toBe(18_446_744_073_709_551_615n);
  });

  test('a quoted text is read back as the same bytes', () => {
    let all = '';
    for (let code = 0; code < 256; code += 1) all += String.fromCharCode(code);

    expect(splitWords(quoted(all))).toEqual([all]);
  });
});
