import fc from 'fast-check';
import type { Agreement } from '../support/compare-replies.ts';
import type { Word } from '../support/resp-client.ts';

/** What the grammars of all families are made of. */

/** One request of a random program, and how exactly its replies must agree. */
export interface RandomRequest {
  readonly words: readonly Word[];
  readonly agreement: Agreement;
}

/** Few keys, so that programs meet themselves; one has odd bytes, one is empty. */
export const key = fc.constantFrom('a', 'b', 'c', 'd', 'counter', 'bits', '', 'odd \x00\r\n\xff');

export const integer = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.constantFrom(
    ...['9223372036854775807', '-9223372036854775808', '9223372036854775806', '4294967296'],
  ),
);

export const float = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }).map((n) => String(n / 8)),
  fc.constantFrom('0.1', '1e3', '-2.5e-3', '3.0', '1e17', '-0'),
);

/** Mostly what is asked for; now and then something that is wrong there. */
export function mostly<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | string> {
  const wrong = fc.constantFrom('abc', '', '1.5', ' 1', '99999999999999999999', '-1', '0');
  return fc.oneof({ weight: 15, arbitrary }, { weight: 1, arbitrary: wrong });
}

export const value = fc.oneof(
  integer.map(String),
  float,
  fc.uint8Array({ maxLength: 12 }).map((bytes) => String.fromCharCode(...bytes)),
  fc.integer({ min: 40, max: 200 }).map((length) => 'long '.repeat(length).slice(0, length)),
  fc.constant('\xff\x0f\x00\xf0'),
);

export function flag(...names: string[]): fc.Arbitrary<Word[]> {
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant<Word[]>([]) },
    { weight: 1, arbitrary: fc.constantFrom(...names).map((name): Word[] => [name]) },
  );
}

/** A request made of words and lists of words. */
export function request(
  name: string,
  ...parts: (fc.Arbitrary<Word> | fc.Arbitrary<Word[]>)[]
): fc.Arbitrary<RandomRequest> {
  return agreeing({ kind: 'exact' }, name, ...parts);
}

export function agreeing(
  agreement: Agreement,
  name: string,
  ...parts: (fc.Arbitrary<Word> | fc.Arbitrary<Word[]>)[]
): fc.Arbitrary<RandomRequest> {
  const mixed: fc.Arbitrary<Word | Word[]>[] = parts;
  return fc
    .tuple(...mixed)
    .map((words) => ({ words: [...name.split(' '), ...words.flat()], agreement }));
}

export const none = fc.constant<Word[]>([]);
export const keys = fc.array(key, { minLength: 1, maxLength: 4 });
export const pairs = fc
  .array(fc.tuple(key, value), { minLength: 1, maxLength: 4 })
  .map((list): Word[] => list.flat());
