import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, latin1Of } from '../../base/bytes.ts';
import { Int64 } from './int64.ts';
import {
  bytesWith,
  count,
  find,
  findText,
  headerBytes,
  insert,
  readAt,
  remove,
  showAt,
  totalBytes,
  validate,
  width,
  widthFor,
  writeEmpty,
} from './intset.ts';
import { EntryView } from './listpack-elements.ts';

const int64Max = 2n ** 63n - 1n;
const int64Min = -(2n ** 63n);
const edges = [0, 7, 15, 16, 31, 32, 53, 62, 63].flatMap((power) =>
  [-1n, 0n, 1n].flatMap((step) => [2n ** BigInt(power) + step, -(2n ** BigInt(power)) + step]),
);
const values = fc.oneof(
  fc.constantFrom(...edges.filter((value) => value >= int64Min && value <= int64Max)),
  fc.integer({ min: -100, max: 100 }).map(BigInt),
  fc.bigInt({ min: int64Min, max: int64Max }),
);

function int64Of(value: bigint): Int64 {
  const int64 = new Int64();
  int64.setBigInt(value);
  return int64;
}

function membersOf(bytes: Uint8Array, start: number): bigint[] {
  const value = new Int64();
  return Array.from({ length: count(bytes, start) }, (_, i) => {
    readAt(bytes, start, i, value);
    return value.toBigInt();
  });
}

/** Inserts, in place or into other memory. */
function withMember(bytes: Uint8Array, start: number, value: bigint, inPlace: boolean): Uint8Array {
  const member = int64Of(value);
  const place = find(bytes, start, member);
  if (place >= 0) return bytes;
  const size = bytesWith(bytes, start, member);
  const target = inPlace ? bytes : new Uint8Array(bytes.length).fill(0x55);
  expect(insert(bytes, start, ~place, member, target, start)).toBe(start + size);
  return target;
}

const ascending = (left: bigint, right: bigint) => (left < right ? -1 : left > right ? 1 : 0);

describe('intset', () => {
  test('behaves like a sorted array without repetitions', () => {
    const program = fc.array(fc.tuple(values, fc.boolean(), fc.nat(3)), { maxLength: 60 });
    fc.assert(
      fc.property(program, (steps) => {
        const start = 3;
        let bytes: Uint8Array = new Uint8Array(1000).fill(0xaa);
        writeEmpty(bytes, start);
        const model = new Set<bigint>();
        let widest = 2;
        for (const [value, inPlace, chance] of steps) {
          const place = find(bytes, start, int64Of(value));
          expect(place >= 0).toBe(model.has(value));
          if (chance === 0 && place >= 0) {
            const end = remove(bytes, start, place);
            expect(end).toBe(start + totalBytes(bytes, start));
            model.delete(value);
          } else if (chance > 0) {
            bytes = withMember(bytes, start, value, inPlace);
            model.add(value);
            widest = Math.max(widest, widthFor(int64Of(value)));
          }
          expect(membersOf(bytes, start)).toEqual([...model].sort(ascending));
          expect(width(bytes, start)).toBe(widest);
          const end = start + totalBytes(bytes, start);
          const fault = validate(bytes, start, end, true);
          expect(fault).toBe(model.size === 0 ? 'intset has no members' : null);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('an element that is no integer is no member', () => {
    const bytes = new Uint8Array(64);
    writeEmpty(bytes, 0);
    const set = withMember(bytes, 0, 12n, true);

    expect(findText(set, 0, bytesOf('<12>'), 1, 3)).toBe(0);
    for (const text of ['', '012', '12.0', '+12', 'twelve', '9'.repeat(19)]) {
      expect(findText(set, 0, bytesOf(text), 0, text.length)).toBeLessThan(0);
    }
  });

  test('members are shown as text', () => {
    let bytes: Uint8Array = new Uint8Array(64);
    writeEmpty(bytes, 0);
    for (const value of [int64Max, -5n, int64Min]) bytes = withMember(bytes, 0, value, false);
    const view = new EntryView();

    const texts = [0, 1, 2].map((index) => {
      showAt(bytes, 0, index, view);
      return latin1Of(view.bytes, view.start, view.end);
    });

    expect(texts).toEqual([String(int64Min), '-5', String(int64Max)]);
  });

  test.each<readonly [string, readonly number[], RegExp]>([
    ['a short header', [2, 0, 0, 0, 1], /shorter/],
    ['a width of 3', [3, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3], /width of 3/],
    ['a width with high bytes', [2, 0, 0, 1, 1, 0, 0, 0, 1, 2], /width of 16777218/],
    ['too many members', [2, 0, 0, 0, 2, 0, 0, 0, 1, 0], /states 12 bytes and has 10/],
    ['a huge count', [8, 0, 0, 0, 255, 255, 255, 255, 1, 0], /states 34359738368 bytes/],
    ['no members', [2, 0, 0, 0, 0, 0, 0, 0], /no members/],
    ['an equal pair', [2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 1, 0], /not ascending at byte 10/],
    ['a falling pair', [2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 255, 255], /not ascending at byte 10/],
  ])('%s is named', (_, bytes, reason) => {
    expect(validate(Uint8Array.from(bytes), 0, bytes.length, true)).toMatch(reason);
  });

  test('any bytes are refused or read within their bounds', () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 4, 8), fc.uint8Array({ maxLength: 64 }), (wide, noise) => {
        const size = noise.length - (noise.length % wide);
        const bytes = new Uint8Array(headerBytes + size);
        bytes.set([wide, 0, 0, 0, size / wide]);
        bytes.set(noise.subarray(0, size), headerBytes);

        if (validate(bytes, 0, bytes.length, true) !== null) return;
        const members = membersOf(bytes, 0);
        expect(members).toEqual([...new Set(members)].sort(ascending));
        for (const [i, member] of members.entries()) {
          expect(find(bytes, 0, int64Of(member))).toBe(i);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
