/** What `listPlainBytes` is unless a test changes it. */
export const listPlainBytesDefault: number = 1024 * 1024 * 1024;

/**
 * Up to what size values are kept packed, as the settings of the same names say. One object serves a
 * server: it is read whenever a value grows. The defaults are Redis 7.2's.
 */
export class EncodingLimits {
  /** `hash-max-listpack-entries`: fields. */
  hashEntries = 512;
  /** `hash-max-listpack-value`: bytes of a field or value. */
  hashValueBytes = 64;
  /** `list-max-listpack-size`: entries of a node, or a class of bytes where negative. */
  listNodeSize = -2;
  /** Elements of so many bytes have a node of a list for themselves, without a listpack around them. */
  listPlainBytes: number = listPlainBytesDefault;
  /** `set-max-intset-entries` */
  setIntegers = 512;
  /** `set-max-listpack-entries` */
  setEntries = 128;
  /** `set-max-listpack-value`: bytes of a member. */
  setValueBytes = 64;
  /** `zset-max-listpack-entries` */
  sortedSetEntries = 128;
  /** `zset-max-listpack-value`: bytes of a member. */
  sortedSetValueBytes = 64;
  /** `hll-sparse-max-bytes` */
  sparseBytes = 3000;
  /** `stream-node-max-bytes`; 0 for no limit. */
  streamNodeBytes = 4096;
  /** `stream-node-max-entries`; 0 for no limit. */
  streamNodeEntries = 100;
}

/**
 * A `wide` listpack, beyond Redis's limits, holds no more than this: then a table takes less memory,
 * or is faster.
 */
export const wideBytesMax: number = 4096;
/** Elements of a wide listpack: fields and values count each. */
export const wideElementsMax: number = 64;
