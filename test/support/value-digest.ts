import { createHash } from 'node:crypto';
import type { RecordedValue } from './recorded-values.ts';

/** The text of a score, which differs between servers. */
export type ScoreText = (score: number) => string;

/** What a digest is made of: `mix` depends on the order of what it takes, `xor` does not. */
class Digest {
  bytes: Buffer = Buffer.alloc(20);

  mix(part: Buffer | string): void {
    this.xor(part);
    this.bytes = sha1(this.bytes);
  }

  xor(part: Buffer | string): void {
    const sum = sha1(typeof part === 'string' ? Buffer.from(part, 'latin1') : part);
    this.bytes = Buffer.from(this.bytes.map((byte, i) => byte ^ sum[i]));
  }
}

function sha1(bytes: Buffer): Buffer {
  return createHash('sha1').update(bytes).digest();
}

const typeNumbers = { string: 0, list: 1, set: 2, sortedSet: 3, hash: 4, stream: 6 };

/** What `DEBUG DIGEST-VALUE` says of a string. */
export function digestOfString(value: string, expiresAtMs: number): string {
  return digest('string', expiresAtMs, (target) => target.mix(value));
}

/** What `DEBUG DIGEST-VALUE` says of a value that is no string. */
export function digestOfValue(value: RecordedValue, scoreText: ScoreText): string {
  return digest(value.kind, value.expiresAtMs, (target) => {
    for (const element of value.elements) {
      if (value.kind === 'list') target.mix(element);
      else target.xor(element);
    }
    for (const { field, value: text, expiresAtMs } of value.fields) {
      const pair = new Digest();
      pair.mix(field);
      pair.mix(text);
      if (expiresAtMs !== 0) pair.xor('!!hexpire!!');
      target.xor(pair.bytes);
    }
    for (const { member, score } of value.members) {
      const pair = new Digest();
      pair.mix(member);
      pair.mix(scoreText(score));
      target.xor(pair.bytes);
    }
    for (const { id, fields } of value.entries) {
      target.mix(id.replace('-', '.'));
      for (const text of fields) target.mix(text);
    }
  });
}

function digest(
  kind: keyof typeof typeNumbers,
  expiresAtMs: number,
  mixContent: (target: Digest) => void,
): string {
  const target = new Digest();
  const type = Buffer.alloc(4);
  type.writeUInt32BE(typeNumbers[kind]);
  target.mix(type);
  mixContent(target);
  if (expiresAtMs !== 0) target.xor('!!expire!!');
  return target.bytes.toString('hex');
}

/** A score with 17 significant digits, as C's `%.17g` writes it: releases before Redis 7.2. */
export function seventeenDigits(score: number): string {
  if (!Number.isFinite(score)) return score < 0 ? '-inf' : 'inf';
  const [digits, exponent] = score.toExponential(16).split('e');
  const power = Number(exponent);
  const plain = power >= -5 && power < 17;
  const text = plain ? score.toFixed(Math.max(0, 16 - power)) : digits;
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  if (plain) return short;
  const sign = power < 0 ? '-' : '+';
  return `${short}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** A score in the fewest digits that give it back, as servers since Redis 7.2 write it. */
export function shortestDigits(score: number): string {
  if (!Number.isFinite(score)) return score < 0 ? '-inf' : 'inf';
  if (score === 0) return Object.is(score, -0) ? '-0' : '0';
  const [mantissa, exponent] = score.toExponential().split('e');
  const digits = mantissa.replace(/[-.]/g, '').length;
  // Many zeros at the end are written as an exponent.
  const power = Number(exponent) - digits + 1;
  const isExponential = power >= 0 && Math.abs(Number(exponent)) >= digits + 7;
  return isExponential ? `${mantissa}e+${Number(exponent)}` : String(score);
}
