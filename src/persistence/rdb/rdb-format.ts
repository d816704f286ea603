/**
 * The numbers of the RDB format. One byte leads each item of a file: an opcode, or the type of the
 * value of a key. Raw integers are little endian, lengths big endian.
 */

/** Leading bytes that are not value types. */
export const opcodes = {
  slotInfo: 244,
  functionLibrary: 245,
  functionPreRelease: 246,
  moduleAux: 247,
  idle: 248,
  frequency: 249,
  aux: 250,
  resize: 251,
  expiryMs: 252,
  expirySeconds: 253,
  selectDatabase: 254,
  end: 255,
} as const;

/** First bytes of a length, and of the strings that are stored in a special form. */
export const lengthForms = {
  bits6Max: 0x3f,
  bits14: 0x40,
  bits14Max: 0x3fff,
  bits32: 0x80,
  bits64: 0x81,
  int8: 0xc0,
  int16: 0xc1,
  int32: 0xc2,
  lzf: 0xc3,
} as const;

/**
 * The types of values. Those from 22 on mean something else in a file of another magic word, see
 * `typeNameOf`.
 */
export const valueTypes = {
  string: 0,
  list: 1,
  set: 2,
  sortedSetTextScores: 3,
  hash: 4,
  sortedSet: 5,
  modulePreRelease: 6,
  module: 7,
  hashZipmap: 9,
  listZiplist: 10,
  setIntset: 11,
  sortedSetZiplist: 12,
  hashZiplist: 13,
  listOfZiplists: 14,
  stream1: 15,
  hashListpack: 16,
  sortedSetListpack: 17,
  quicklist: 18,
  stream2: 19,
  setListpack: 20,
  stream3: 21,
} as const;

/** The types above 21 in files of Redis. */
export const redisValueTypes = {
  expiringHashPreRelease: 22,
  expiringHashListpackPreRelease: 23,
  expiringHash: 24,
  expiringHashListpack: 25,
  stream4: 26,
  stream5: 27,
} as const;

/** The types above 21 in files of Valkey. */
export const valkeyValueTypes = { expiringHash: 22 } as const;

/** What leads a node of a quicklist: one element as it is, or a listpack of several. */
export const listNodeForms = { plain: 1, packed: 2 } as const;

/** The last moment (Unix ms) at which a field of a hash may expire. */
export const fieldExpiryMax = 2 ** 48 - 1;

/** The two programs whose magic words we know; their type numbers differ from 22 on. */
export type RdbMagic = 'REDIS' | 'VALKEY';

/** The longest string that Redis itself accepts. */
export const stringBytesMax = 512 * 1024 * 1024;

/** Files of older versions end without a checksum. */
export const checksumSinceVersion = 5;

/** The oldest version that may hold a function library. */
export const functionsSinceVersion = 10;

const typeNames: readonly string[] = [
  'string',
  'list',
  'set',
  'sorted set with text scores',
  'hash',
  'sorted set',
  'module (pre-release)',
  'module',
  'unknown',
  'hash (zipmap)',
  'list (ziplist)',
  'set (intset)',
  'sorted set (ziplist)',
  'hash (ziplist)',
  'list (quicklist of ziplists)',
  'stream (version 1)',
  'hash (listpack)',
  'sorted set (listpack)',
  'list (quicklist)',
  'stream (version 2)',
  'set (listpack)',
  'stream (version 3)',
];

const redisTypeNames: readonly string[] = [
  'hash with field expiry (pre-release)',
  'hash with field expiry (listpack, pre-release)',
  'hash with field expiry',
  'hash with field expiry (listpack)',
  'stream (version 4)',
  'stream (version 5)',
];

const valkeyTypeNames: readonly string[] = ['hash with field expiry (Valkey)'];

/** What a person calls value type `type` in a file of `magic`, for error messages. */
export function typeNameOf(type: number, magic: RdbMagic): string {
  if (type < typeNames.length) return typeNames[type];
  const names = magic === 'VALKEY' ? valkeyTypeNames : redisTypeNames;
  return names[type - typeNames.length] ?? 'unknown';
}

const moduleNameLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/**
 * The name of a module's data type: nine letters of six bits each, in the upper 54 bits of its id,
 * which comes in two halves of 32 bits.
 */
export function moduleNameOf(high: number, low: number): string {
  let letters = ((BigInt(high) << 32n) | BigInt(low)) >> 10n;
  let name = '';
  for (let i = 0; i < 9; i += 1) {
    name = moduleNameLetters[Number(letters & 63n)] + name;
    letters >>= 6n;
  }
  return name;
}
