/** Settings of the data: memory, expiry, layouts, files. */
import { atStart, setting, stored, storedAtStart } from './declare.ts';
import { int32Max, int64Max, integer, memory, oneOf, text, uint64Max, yesNo } from './kinds.ts';
import { savePoints } from './list-kinds.ts';

const size = memory({ min: 0, max: int64Max });
const entries = integer({ min: 0, max: int64Max });
const count = integer({ min: 0, max: int32Max });
const fromOne = (max: number) => integer({ min: 1, max });
const plainName = text((word) => (word.includes('/') ? "it can't be a path, just a name" : null));

/** Declarations of memory and expiry, by name. */
export const memorySettings = {
  maxmemory: setting(
    memory({ min: 0, max: uint64Max }),
    '0',
    'Bytes from which keys are evicted or writes refused; 0 no limit.',
    stored,
  ),
  'maxmemory-policy': setting(
    oneOf(
      ...(['volatile-lru', 'volatile-lfu', 'volatile-random', 'volatile-ttl'] as const),
      ...(['allkeys-lru', 'allkeys-lfu', 'allkeys-random', 'noeviction'] as const),
    ),
    'noeviction',
    'Which keys are evicted.',
    stored,
  ),
  'maxmemory-samples': setting(fromOne(int32Max), '5', 'Keys looked at for each eviction.', stored),
  'maxmemory-eviction-tenacity': setting(
    integer({ min: 0, max: 100 }),
    '10',
    'How long eviction may take in one go.',
    stored,
  ),
  'lfu-log-factor': setting(count, '10', 'How slowly access counters grow.'),
  'lfu-decay-time': setting(count, '1', 'Minutes after which they shrink.'),
  'active-expire-effort': setting(
    fromOne(10),
    '1',
    'How eagerly expired keys are looked for.',
    stored,
  ),
  'lazyfree-lazy-eviction': setting(yesNo, 'no', 'Evicted values are freed later.', stored),
  'lazyfree-lazy-expire': setting(yesNo, 'no', 'Expired values are freed later.', stored),
  'lazyfree-lazy-server-del': setting(yesNo, 'no', 'Overwritten values are freed later.', stored),
  'lazyfree-lazy-user-del': setting(yesNo, 'no', '`DEL` does as `UNLINK`.', stored),
  'lazyfree-lazy-user-flush': setting(
    yesNo,
    'no',
    '`FLUSHALL` is `ASYNC` unless it says `SYNC`.',
    stored,
  ),
  activerehashing: setting(yesNo, 'yes', 'Rehash in the background; nothing to do here.', stored),
  activedefrag: setting(yesNo, 'no', 'Defragment in the background.', { support: 'refused' }),
  'active-defrag-ignore-bytes': setting(
    memory({ min: 1, max: int64Max }),
    '100mb',
    'Waste to be left alone.',
    stored,
  ),
  'active-defrag-threshold-lower': setting(
    integer({ min: 0, max: 1000 }),
    '10',
    'Percentage of waste to start at.',
    stored,
  ),
  'active-defrag-threshold-upper': setting(
    integer({ min: 0, max: 1000 }),
    '100',
    'Percentage of waste for the highest effort.',
    stored,
  ),
  'active-defrag-cycle-min': setting(fromOne(99), '1', 'Least effort, in percent.', stored),
  'active-defrag-cycle-max': setting(fromOne(99), '25', 'Highest effort, in percent.', stored),
  'active-defrag-max-scan-fields': setting(
    integer({ min: 1, max: int64Max }),
    '1000',
    'Elements looked at in one go.',
    stored,
  ),
  'jemalloc-bg-thread': setting(yesNo, 'yes', 'A thread of an allocator not used here.', stored),
} as const;

/** Declarations of layouts, by name. */
export const layoutSettings = {
  'hash-max-listpack-entries': setting(entries, '512', 'Fields of a packed hash.', {
    aliases: ['hash-max-ziplist-entries'],
  }),
  'hash-max-listpack-value': setting(size, '64', 'Bytes of a value in it.', {
    aliases: ['hash-max-ziplist-value'],
  }),
  'list-max-listpack-size': setting(
    integer({ min: -2_147_483_648, max: int32Max }),
    '-2',
    'Size of a node of a list.',
    { aliases: ['list-max-ziplist-size'] },
  ),
  'list-compress-depth': setting(
    count,
    '0',
    'Nodes left uncompressed at both ends; none is ever compressed here.',
    { ...stored, trueAnyway: ['0'] },
  ),
  'set-max-intset-entries': setting(entries, '512', 'Members of a set of integers.'),
  'zset-max-listpack-entries': setting(entries, '128', 'Members of a packed sorted set.', {
    aliases: ['zset-max-ziplist-entries'],
  }),
  'zset-max-listpack-value': setting(size, '64', 'Bytes of a member in it.', {
    aliases: ['zset-max-ziplist-value'],
  }),
  'hll-sparse-max-bytes': setting(size, '3000', 'Bytes of a sparse HyperLogLog.'),
  'stream-node-max-bytes': setting(size, '4kb', 'Bytes of a node of a stream.'),
  'stream-node-max-entries': setting(entries, '100', 'Entries of a node of a stream.'),
} as const;

/** Declarations of snapshots and the append-only file, by name. */
export const persistenceSettings = {
  save: setting(savePoints, '3600 1 300 100 60 10000', 'When the data is saved to its file.', {
    alwaysWritten: true,
    linesAddUp: true,
  }),
  'stop-writes-on-bgsave-error': setting(yesNo, 'yes', 'Refuse writes after a failure.'),
  rdbcompression: setting(yesNo, 'yes', 'Compress strings in snapshots.'),
  rdbchecksum: setting(yesNo, 'yes', 'End snapshots with a checksum, and check it.', atStart),
  'rdb-save-incremental-fsync': setting(yesNo, 'yes', 'Sync the file as it grows.', stored),
  'sanitize-dump-payload': setting(
    oneOf('no', 'yes', 'clients'),
    'no',
    'How closely packed values from outside are looked at.',
    stored,
  ),
  appendonly: setting(yesNo, 'no', 'Log every write to a file.', { support: 'refused' }),
  appendfilename: setting(plainName, 'appendonly.aof', 'Its name.', storedAtStart),
  appenddirname: setting(plainName, 'appendonlydir', 'Its directory in `dir`.', storedAtStart),
  appendfsync: setting(
    oneOf('everysec', 'always', 'no'),
    'everysec',
    'When the file is synced.',
    stored,
  ),
  'no-appendfsync-on-rewrite': setting(yesNo, 'no', 'Not while it is rewritten.', stored),
  'auto-aof-rewrite-percentage': setting(
    count,
    '100',
    'Growth in percent that starts a rewrite; 0 never.',
    stored,
  ),
  'auto-aof-rewrite-min-size': setting(size, '64mb', 'But not below this size.', stored),
  'aof-load-truncated': setting(yesNo, 'yes', 'Load a file whose end is missing.', stored),
  'aof-use-rdb-preamble': setting(yesNo, 'yes', 'Rewrite as a snapshot.', stored),
  'aof-timestamp-enabled': setting(yesNo, 'no', 'Note the time in the file.', stored),
  'aof-disable-auto-gc': setting(yesNo, 'no', 'Keep old files.', stored),
  'aof-rewrite-incremental-fsync': setting(yesNo, 'yes', 'Sync a rewrite as it grows.', stored),
} as const;
