/** Type codes in a record's header: those that Redis and RDB digests use. */
export const valueTypes = {
  string: 0,
  list: 1,
  set: 2,
  sortedSet: 3,
  hash: 4,
  stream: 6,
} as const;

/** Encoding codes of strings: what OBJECT ENCODING calls int, embstr and raw. */
export const stringEncodings = { int: 0, embstr: 1, raw: 2 } as const;

/** Encoding codes of lists: one listpack, or a directory of listpack nodes. */
export const listEncodings = { listpack: 0, quicklist: 1 } as const;

/**
 * Encoding codes of sets. `wide` is a listpack beyond Redis's limits, which still is the smallest form
 * there is for a few long members; to the outside it is a hash table.
 */
export const setEncodings = { intset: 0, listpack: 1, hashtable: 2, wide: 3 } as const;

/** Encoding codes of sorted sets; `wide` as for sets, to the outside a skip list. */
export const sortedSetEncodings = { listpack: 0, skiplist: 1, wide: 2 } as const;

/**
 * Encoding codes of hashes; `wide` as for sets. The two `expiring` ones hold fields with an expiry:
 * a listpack of triples (Redis 7.4's listpackex), and a table.
 */
export const hashEncodings = {
  listpack: 0,
  hashtable: 1,
  wide: 2,
  expiringListpack: 3,
  expiringHashtable: 4,
} as const;

/** Encoding code of streams: there is one form. */
export const streamEncodings = { stream: 0 } as const;

/** Type and encoding in one number of six bits, as they stand in a record's header. */
export function kindOf(type: number, encoding: number): number {
  return type | (encoding << 3);
}

/** By kind: 1 where a record's value is the number of a structure rather than the bytes themselves. */
export const structuredKinds: Uint8Array = new Uint8Array(64);
for (const kind of [
  kindOf(valueTypes.list, listEncodings.quicklist),
  kindOf(valueTypes.set, setEncodings.hashtable),
  kindOf(valueTypes.sortedSet, sortedSetEncodings.skiplist),
  kindOf(valueTypes.hash, hashEncodings.hashtable),
  kindOf(valueTypes.hash, hashEncodings.expiringHashtable),
  kindOf(valueTypes.stream, streamEncodings.stream),
]) {
  structuredKinds[kind] = 1;
}

/** Longest string that Redis reports as `embstr`. */
export const embstrBytesMax = 44;
