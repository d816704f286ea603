import { expect, test } from 'vitest';
import { CommandError, codeOf, echoOf, errors, unknownCommand, wrongArity } from './errors.ts';
import { Request } from './request.ts';

test('errors: every text begins with a code and holds no line end', () => {
  for (const error of Object.values(errors)) {
    // A save that failed is answered with the bare code.
    expect(error.text).toMatch(/^[A-Z]+( \S|$)/);
    expect(error.text).not.toMatch(/[\r\n]/);
  }
});

test('errors: each text exists once', () => {
  const texts = Object.values(errors).map((error) => error.text);

  expect(new Set(texts).size).toBe(texts.length);
});

test('errors: the code is the first word', () => {
  expect(errors.wrongType.code).toBe('WRONGTYPE');
  expect(codeOf('ALONE')).toBe('ALONE');
  expect(new CommandError('ERR text').message).toBe('ERR text');
});

test('errors: foreign text is repeated up to a limit and to the first zero byte', () => {
  const bytes = Uint8Array.of(97, 98, 0, 99);

  expect(echoOf(bytes, 0, 4)).toBe('ab');
  expect(echoOf(bytes, 0, 4, 1)).toBe('a');
  expect(unknownCommand(Request.of('x', 'y'.repeat(200), 'z')).text).toBe(
    `ERR unknown command 'x', with args beginning with: '${'y'.repeat(128)}' `,
  );
  expect(wrongArity('client|list').text).toBe(
    "ERR wrong number of arguments for 'client|list' command",
  );
});
