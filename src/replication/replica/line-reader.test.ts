import { expect, test } from 'vitest';
import { bytesOf } from '../../base/bytes.ts';
import { LineReader } from './line-reader.ts';

test('line reader: a line ends at the line feed, wherever it is cut', () => {
  const text = bytesOf('+OK\r\n\n-ERR no\nrest');
  for (let piece = 1; piece <= text.length; piece += 1) {
    const reader = new LineReader();
    const lines: string[] = [];
    let at = 0;
    while (at < text.length) {
      at = reader.feed(text, at, Math.min(text.length, at + piece));
      if (reader.line !== null) lines.push(reader.line);
    }
    expect(lines).toEqual(['+OK', '', '-ERR no']);
  }
});

test('line reader: a line without an end is noticed, and forgotten by a reset', () => {
  const reader = new LineReader();
  const long = bytesOf('x'.repeat(2_000));
  reader.feed(long, 0, long.length);
  expect(reader.isTooLong).toBe(true);

  reader.reset();
  reader.feed(bytesOf('a\n'), 0, 2);
  expect(reader.line).toBe('a');
});
