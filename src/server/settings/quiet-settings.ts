/** Settings that `CONFIG GET *` does not list: aids of tests, and directives newer than Redis 7.0. */
import { setting, storedAtStart } from './declare.ts';
import { int32Max, int64Max, integer, memory, text, yesNo } from './kinds.ts';

const quiet = { hidden: true, support: 'stored' } as const;
const delay = integer({ min: -2_147_483_648, max: int32Max });

/** Declarations, by name. */
export const quietSettings = {
  'rdb-key-save-delay': setting(delay, '0', 'Microseconds after each key of a snapshot.', quiet),
  'key-load-delay': setting(delay, '0', 'Microseconds after each key loaded.', quiet),
  'loading-process-events-interval-bytes': setting(
    memory({ min: 1024, max: int32Max }),
    '2mb',
    'Bytes loaded between two looks at other clients.',
    quiet,
  ),
  'use-exit-on-panic': setting(yesNo, 'no', 'Exit instead of abort.', quiet),
  'watchdog-period': setting(
    integer({ min: 0, max: int32Max }),
    '0',
    'Milliseconds after which a stuck server is reported.',
    quiet,
  ),
  'lua-enable-deprecated-api': setting(yesNo, 'no', 'Old calls in scripts.', {
    ...storedAtStart,
    hidden: true,
  }),
  'set-max-listpack-entries': setting(
    integer({ min: 0, max: int64Max }),
    '128',
    'Members of a packed set (Redis 7.2).',
    { hidden: true },
  ),
  'set-max-listpack-value': setting(
    memory({ min: 0, max: int64Max }),
    '64',
    'Bytes of a member in it (Redis 7.2).',
    { hidden: true },
  ),
  'locale-collate': setting(text(), '', 'Order of texts in `SORT ALPHA` (Redis 7.2).', quiet),
  'cluster-announce-human-nodename': setting(
    text(),
    '',
    'Name of a node in logs (Redis 7.2).',
    quiet,
  ),
  'max-new-connections-per-cycle': setting(
    integer({ min: 1, max: 1000 }),
    '10',
    'Connections accepted in one go (Redis 7.4).',
    quiet,
  ),
  'max-new-tls-connections-per-cycle': setting(
    integer({ min: 1, max: 1000 }),
    '1',
    'The same for TLS (Redis 7.4).',
    quiet,
  ),
  'hide-user-data-from-log': setting(yesNo, 'no', 'Keep values out of the log.', quiet),
  'dual-channel-replication-enabled': setting(
    yesNo,
    'no',
    'Full sync over a connection of its own (Valkey 8).',
    quiet,
  ),
} as const;
