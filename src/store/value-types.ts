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

/** Longest string that Redis reports as `embstr`. */
export const embstrBytesMax = 44;
