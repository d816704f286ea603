import { expect, test } from 'vitest';
import { Request } from '../protocol/request.ts';
import { secretWordsOf } from './secret-words.ts';

const cases: readonly (readonly [fullName: string, request: string, secrets: readonly number[]])[] =
  [
    ['auth', 'AUTH p', [1]],
    ['auth', 'AUTH me p', [1, 2]],
    ['hello', 'HELLO', []],
    ['hello', 'HELLO 3', []],
    ['hello', 'HELLO 3 setname x auth me p', [5, 6]],
    ['config|set', 'CONFIG SET port 1 RequirePass p masterauth q', [5, 7]],
    ['config|get', 'CONFIG GET requirepass', []],
    ['set', 'SET auth p', []],
  ];

for (const [fullName, request, secrets] of cases) {
  test(`secret words: of ${request}`, () => {
    expect(secretWordsOf(fullName, Request.of(...request.split(' ')))).toEqual(secrets);
  });
}
