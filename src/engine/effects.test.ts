import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOfLatin1 } from '../base/bytes.ts';
import { Request } from '../protocol/request.ts';
import { EffectBuffer, noEffect } from './effects.ts';
import { EffectDiary } from './testing-engine.ts';

const frameOfWords = (words: readonly string[]) =>
  `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;

describe('effects: encoding', () => {
  test('one effect goes out as it is, several as a transaction', () => {
    const diary = new EffectDiary();
    const effects = new EffectBuffer(new Request());

    effects.begin(0, 2).text('DEL').bytes(bytesOfLatin1('a'));
    effects.deliver(diary);
    effects.begin(1, 2).text('DEL').bytes(bytesOfLatin1('b'));
    effects.begin(2, 3).text('SET').bytes(bytesOfLatin1('xcx'), 1, 2).integer(-12);
    effects.deliver(diary);
    effects.deliver(diary);

    expect(diary.lines).toEqual(['0: DEL a', 'MULTI', '1: DEL b', '2: SET c -12', 'EXEC']);
    expect(effects.count).toBe(0);
  });

  test('words of the request and the whole request are copied', () => {
    const diary = new EffectDiary();
    const request = Request.of('SET', 'key', 'value');
    const effects = new EffectBuffer(request);

    effects.begin(0, 3).text('X').word(1).word(2);
    effects.append(4, request);
    effects.deliver(diary);

    expect(diary.lines).toEqual(['MULTI', '0: X key value', '4: SET key value', 'EXEC']);
  });

  test('what was cleared is not delivered', () => {
    const diary = new EffectDiary();
    const effects = new EffectBuffer(new Request());

    effects.begin(0, 1).text('A');
    effects.clear();
    effects.begin(0, 1).text('B');
    effects.deliver(diary);

    expect(diary.lines).toEqual(['0: B']);
  });

  test('any words come out as RESP arrays, of any size', () => {
    const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
    const long = fc.nat(9_000).map((length) => 'v'.repeat(length));
    const word = fc.oneof(
      fc.array(byte).map((bytes) => bytes.join('')),
      long,
    );
    const commands = fc.array(fc.array(word, { minLength: 1 }), { minLength: 1 });
    fc.assert(
      fc.property(commands, (all) => {
        const diary = new EffectDiary();
        const effects = new EffectBuffer(new Request());

        for (const words of all) {
          let builder = effects.begin(0, words.length);
          for (const [i, each] of words.entries()) {
            builder = i % 2 === 0 ? builder.bytes(bytesOfLatin1(each)) : builder.text(each);
          }
        }
        effects.deliver(diary);

        expect(diary.frames).toEqual(all.map(frameOfWords));
      }),
    );
  });

  test('an effect of many megabytes is whole, and its memory goes back', () => {
    const diary = new EffectDiary();
    const effects = new EffectBuffer(new Request());
    const value = new Uint8Array(5_000_000).fill(120);

    effects.begin(0, 2).text('A').bytes(value);
    effects.deliver(diary);
    effects.begin(0, 1).text('B');
    effects.deliver(diary);

    expect(diary.frames[0]).toHaveLength(5_000_000 + '*2\r\n$1\r\nA\r\n$5000000\r\n\r\n'.length);
    expect(diary.frames[1]).toBe('*1\r\n$1\r\nB\r\n');
  });
});

test('effects: one that nobody wants takes everything and does nothing', () => {
  expect(noEffect.text('a').word(1).bytes(new Uint8Array(1)).integer(3)).toBe(noEffect);
});
