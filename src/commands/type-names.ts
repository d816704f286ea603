import {
  hashEncodings,
  listEncodings,
  setEncodings,
  sortedSetEncodings,
  streamEncodings,
  stringEncodings,
  valueTypes,
} from '../store/value-types.ts';

/** What clients call the types and encodings of values. */

const typeNames: ReadonlyMap<number, string> = new Map([
  [valueTypes.string, 'string'],
  [valueTypes.list, 'list'],
  [valueTypes.set, 'set'],
  [valueTypes.sortedSet, 'zset'],
  [valueTypes.hash, 'hash'],
  [valueTypes.stream, 'stream'],
]);

const encodingNames: ReadonlyMap<number, readonly string[]> = new Map([
  [valueTypes.string, namesOf(stringEncodings, {})],
  [valueTypes.list, namesOf(listEncodings, {})],
  [valueTypes.set, namesOf(setEncodings, { wide: 'hashtable' })],
  [valueTypes.sortedSet, namesOf(sortedSetEncodings, { wide: 'skiplist' })],
  [
    valueTypes.hash,
    namesOf(hashEncodings, {
      wide: 'hashtable',
      expiringListpack: 'listpackex',
      expiringHashtable: 'hashtable',
    }),
  ],
  [valueTypes.stream, namesOf(streamEncodings, {})],
]);

/** Names by code; `outside` has those that differ from our own words. */
function namesOf<Name extends string>(
  encodings: Readonly<Record<Name, number>>,
  outside: Partial<Record<Name, string>>,
): readonly string[] {
  const names: string[] = [];
  for (const name of Object.keys(encodings) as Name[]) {
    names[encodings[name]] = outside[name] ?? name;
  }
  return names;
}

/** The name of a type, as TYPE and SCAN have it. */
export function typeNameOf(type: number): string {
  return typeNames.get(type) ?? 'unknown';
}

/** The name of an encoding of a type, as OBJECT ENCODING has it. */
export function encodingNameOf(type: number, encoding: number): string {
  return encodingNames.get(type)?.[encoding] ?? 'unknown';
}
