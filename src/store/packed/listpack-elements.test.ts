import fc from 'fast-check';
import { expect, test } from 'vitest';
import { edgeIntegers, element, elements } from '../../../test/support/packed-elements.ts';
import { bytesOf, latin1Of } from '../../base/bytes.ts';
import { first, next, seek } from './listpack.ts';
import { ListpackBuilder } from './listpack-builder.ts';
import {
  EntryView,
  elementLength,
  entryEquals,
  find,
  integerAt,
  isIntegerEntry,
} from './listpack-elements.ts';

function packOf(texts: readonly string[]): { bytes: Uint8Array; end: number } {
  const builder = new ListpackBuilder();
  for (const text of texts) builder.append(bytesOf(text), 0, text.length);
  return { end: builder.finish(), bytes: builder.bytes };
}

function indexOf(bytes: Uint8Array, found: number): number {
  let index = 0;
  for (let at = first(bytes, 0); at !== -1; at = next(bytes, at)) {
    if (at === found) return index;
    index += 1;
  }
  return -1;
}

test('listpack elements: find answers as a search of the array does', () => {
  const some = fc.array(element(200), { maxLength: 20 });
  fc.assert(
    fc.property(some, elements, fc.nat(2), fc.nat(), (texts, other, skip, pick) => {
      const { bytes } = packOf(texts);
      const present = texts.length > 0 ? texts[pick % texts.length] : other;
      for (const needle of [present, other]) {
        const framed = bytesOf(`<${needle}>`);

        const found = find(bytes, first(bytes, 0), framed, 1, framed.length - 1, skip);

        const wanted = texts.findIndex((text, i) => i % (skip + 1) === 0 && text === needle);
        expect(indexOf(bytes, found)).toBe(wanted);
      }
    }),
    { numRuns: 1000 },
  );
});

test('listpack elements: equality holds for the same text only', () => {
  const texts = [...edgeIntegers, '', 'a', '01', '-0', 'x'.repeat(100)];
  const { bytes, end } = packOf(texts);
  for (const [i, text] of texts.entries()) {
    const at = seek(bytes, 0, end, i);
    expect(elementLength(bytes, at)).toBe(text.length);
    for (const other of texts) {
      const needle = bytesOf(other);
      expect(entryEquals(bytes, at, needle, 0, needle.length)).toBe(text === other);
    }
  }
});

test('listpack elements: two views show two elements at once', () => {
  const { bytes, end } = packOf(['-70000', '9223372036854775807', 'text']);
  const left = new EntryView();
  const right = new EntryView();

  left.read(bytes, seek(bytes, 0, end, 0));
  right.read(bytes, seek(bytes, 0, end, 1));

  expect(latin1Of(left.bytes, left.start, left.end)).toBe('-70000');
  expect(left.value).toBe(-70_000);
  expect(latin1Of(right.copy())).toBe('9223372036854775807');
  expect(right.integer.toBigInt()).toBe(2n ** 63n - 1n);
  expect(right.isInteger).toBe(true);

  right.read(bytes, seek(bytes, 0, end, 2));
  expect(right.isInteger).toBe(false);
  expect(right.value).toBeNaN();
  expect(right.length).toBe(4);
  expect(right.bytes).toBe(bytes);
});

test('listpack elements: an integer is read as a number where a number holds it', () => {
  const safe = edgeIntegers.filter((text) => Number.isSafeInteger(Number(text)));
  const { bytes, end } = packOf([...safe, '9007199254740992', 'a', '']);
  for (const [i, text] of safe.entries()) {
    const at = seek(bytes, 0, end, i);
    expect(integerAt(bytes, at)).toBe(Number(text));
    expect(isIntegerEntry(bytes, at)).toBe(true);
  }
  for (const index of [-3, -2, -1]) {
    expect(integerAt(bytes, seek(bytes, 0, end, index))).toBeNaN();
  }
});

test('listpack elements: integers of a foreign pack are found whatever their width', () => {
  // 5 as one byte, as two, as three, as four, as eight, as text; then -1 as three bytes.
  const five = [[5], [0xc0, 5], [0xf1, 5, 0], [0xf2, 5, 0, 0], [0xf3, 5, 0, 0, 0]];
  const wide = [0xf4, 5, 0, 0, 0, 0, 0, 0, 0];
  for (const entry of [...five, wide, [0x81, 53]]) {
    const bytes = Uint8Array.from([0, 0, 0, 0, 0, 0, ...entry, entry.length, 255]);
    const needle = bytesOf('5');
    expect(find(bytes, 6, needle, 0, 1, 0)).toBe(6);
    expect(find(bytes, 6, bytesOf('6'), 0, 1, 0)).toBe(-1);
  }
  const negative = Uint8Array.from([0, 0, 0, 0, 0, 0, 0xf2, 255, 255, 255, 4, 255]);
  expect(find(negative, 6, bytesOf('-1'), 0, 2, 0)).toBe(6);
  expect(find(negative, -1, bytesOf('-1'), 0, 2, 0)).toBe(-1);
});
