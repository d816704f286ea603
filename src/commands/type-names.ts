import { stringEncodings, valueTypes } from '../store/value-types.ts';

/** What clients call the types and encodings of values. */

const typeNames: ReadonlyMap<number, string> = new Map([
  [valueTypes.string, 'string'],
  [valueTypes.list, 'list'],
  [valueTypes.set, 'set'],
  [valueTypes.sortedSet, 'zset'],
  [valueTypes.hash, 'hash'],
  [valueTypes.stream, 'stream'],
]);

const stringEncodingNames: ReadonlyMap<number, string> = new Map([
  [stringEncodings.int, 'int'],
  [stringEncodings.embstr, 'embstr'],
  [stringEncodings.raw, 'raw'],
]);

/** The name of a type, as TYPE and SCAN have it. */
export function typeNameOf(type: number): string {
  return typeNames.get(type) ?? 'unknown';
}

/** The name of a string's encoding, as OBJECT ENCODING has it. */
export function encodingNameOf(encoding: number): string {
  return stringEncodingNames.get(encoding) ?? 'unknown';
}
