import { expect, test } from 'vitest';
import { bytesOf } from '../base/bytes.ts';
import { stringEncodingOf } from './string-encoding.ts';
import { stringEncodings } from './value-types.ts';

test.each([
  ['0', 'int'],
  ['-1', 'int'],
  ['9223372036854775807', 'int'],
  ['9223372036854775808', 'embstr'],
  ['01', 'embstr'],
  ['+1', 'embstr'],
  ['-', 'embstr'],
  ['', 'embstr'],
  ['1 ', 'embstr'],
  ['x'.repeat(44), 'embstr'],
  ['x'.repeat(45), 'raw'],
] as const)('string encoding: %j is %s', (text, name) => {
  const bytes = bytesOf(`..${text}`);
  expect(stringEncodingOf(bytes, 2, bytes.length)).toBe(stringEncodings[name]);
});
