import type { BlobLayout } from './packed-values.ts';
import { type RdbMagic, redisValueTypes, valkeyValueTypes, valueTypes } from './rdb-format.ts';
import type { RdbValueKind } from './rdb-visitor.ts';

/** Layouts of values that are a count and so many pieces. */
export type PieceLayout =
  | 'elements'
  | 'members'
  | 'members-with-text-scores'
  | 'members-with-scores'
  | 'fields'
  | 'fields-with-relative-expiry'
  | 'fields-with-absolute-expiry'
  | 'fields-with-trailing-expiry'
  | 'nodes'
  | 'ziplists';

/** How the value of one type stands in a file. */
export type ValueLayout =
  | {
      readonly form: 'pieces';
      readonly kind: RdbValueKind;
      readonly pieces: PieceLayout;
      /** Whether eight bytes come first: the earliest expiry of a field. */
      readonly hasExpiryBase?: true;
    }
  | {
      readonly form: 'blob';
      readonly kind: RdbValueKind;
      readonly blob: BlobLayout;
      readonly hasExpiryBase?: true;
    }
  | { readonly form: 'stream'; readonly kind: 'stream'; readonly version: number };

function pieces(kind: RdbValueKind, layout: PieceLayout): ValueLayout {
  return { form: 'pieces', kind, pieces: layout };
}

function blob(kind: RdbValueKind, layout: BlobLayout): ValueLayout {
  return { form: 'blob', kind, blob: layout };
}

function stream(version: number): ValueLayout {
  return { form: 'stream', kind: 'stream', version };
}

const commonLayouts: ReadonlyMap<number, ValueLayout> = new Map([
  [valueTypes.list, pieces('list', 'elements')],
  [valueTypes.set, pieces('set', 'members')],
  [valueTypes.sortedSetTextScores, pieces('sortedSet', 'members-with-text-scores')],
  [valueTypes.hash, pieces('hash', 'fields')],
  [valueTypes.sortedSet, pieces('sortedSet', 'members-with-scores')],
  [valueTypes.hashZipmap, blob('hash', 'zipmap')],
  [valueTypes.listZiplist, blob('list', 'list-ziplist')],
  [valueTypes.setIntset, blob('set', 'intset')],
  [valueTypes.sortedSetZiplist, blob('sortedSet', 'sorted-set-ziplist')],
  [valueTypes.hashZiplist, blob('hash', 'hash-ziplist')],
  [valueTypes.listOfZiplists, pieces('list', 'ziplists')],
  [valueTypes.stream1, stream(1)],
  [valueTypes.hashListpack, blob('hash', 'hash-listpack')],
  [valueTypes.sortedSetListpack, blob('sortedSet', 'sorted-set-listpack')],
  [valueTypes.quicklist, pieces('list', 'nodes')],
  [valueTypes.stream2, stream(2)],
  [valueTypes.setListpack, blob('set', 'set-listpack')],
  [valueTypes.stream3, stream(3)],
]);

const redisLayouts: ReadonlyMap<number, ValueLayout> = new Map([
  ...commonLayouts,
  [redisValueTypes.expiringHashPreRelease, pieces('hash', 'fields-with-absolute-expiry')],
  [redisValueTypes.expiringHashListpackPreRelease, blob('hash', 'expiring-hash-listpack')],
  [
    redisValueTypes.expiringHash,
    {
      form: 'pieces',
      kind: 'hash',
      pieces: 'fields-with-relative-expiry',
      hasExpiryBase: true,
    },
  ],
  [
    redisValueTypes.expiringHashListpack,
    { form: 'blob', kind: 'hash', blob: 'expiring-hash-listpack', hasExpiryBase: true },
  ],
  [redisValueTypes.stream4, stream(4)],
  [redisValueTypes.stream5, stream(5)],
]);

const valkeyLayouts: ReadonlyMap<number, ValueLayout> = new Map([
  ...commonLayouts,
  [valkeyValueTypes.expiringHash, pieces('hash', 'fields-with-trailing-expiry')],
]);

/** How a value of `type` stands in a file of `magic`; undefined when that cannot be read. */
export function layoutOf(type: number, magic: RdbMagic): ValueLayout | undefined {
  return (magic === 'VALKEY' ? valkeyLayouts : redisLayouts).get(type);
}
