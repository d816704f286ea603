import { dumpFooterBytes, writeDumpFooter } from '../../src/persistence/rdb/dump-payload.ts';

/** A payload as a word of a script: type and value in bytes, and a footer that fits. */
export function payloadOf(value: readonly number[], version = 10): string {
  const bytes = new Uint8Array(value.length + dumpFooterBytes);
  bytes.set(value);
  writeDumpFooter(bytes, 0, value.length, version);
  const digits = Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`);
  return `"${digits.join('')}"`;
}

/** The string "v". */
export const payload = payloadOf([0, 1, 118]);
