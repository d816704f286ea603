/** Settings of replication, on both sides. */
import { atStart, setting, stored } from './declare.ts';
import { int32Max, int64Max, integer, memory, oneOf, text, yesNo } from './kinds.ts';
import { primaryAddress } from './list-kinds.ts';

const count = integer({ min: 0, max: int32Max });
const atLeastOne = integer({ min: 1, max: int32Max });

/** Declarations, by name. */
export const replicationSettings = {
  replicaof: setting(primaryAddress, '', "This server's primary.", {
    ...atStart,
    aliases: ['slaveof'],
  }),
  'masterauth': setting(text(), '', 'Password for the primary.', { quietAliases: ['primaryauth'] }),
  'masteruser': setting(text(), '', 'User for the primary.', { quietAliases: ['primaryuser'] }),
  'replica-read-only': setting(yesNo, 'yes', 'A replica refuses writes of clients.', {
    aliases: ['slave-read-only'],
  }),
  'replica-serve-stale-data': setting(yesNo, 'yes', 'A replica answers while its link is down.', {
    aliases: ['slave-serve-stale-data'],
  }),
  'replica-priority': setting(count, '100', "Sentinel's ranking: low first, 0 never.", {
    aliases: ['slave-priority'],
  }),
  'replica-announced': setting(yesNo, 'yes', 'Whether Sentinel tells clients of this replica.'),
  'replica-announce-ip': setting(text(), '', 'Address that the primary is told.', {
    aliases: ['slave-announce-ip'],
  }),
  'replica-announce-port': setting(
    integer({ min: 0, max: 65_535 }),
    '0',
    'Port that the primary is told; 0 is the real one.',
    { aliases: ['slave-announce-port'] },
  ),
  'replica-lazy-flush': setting(yesNo, 'no', 'Free the old data set in pieces after a full sync.', {
    ...stored,
    aliases: ['slave-lazy-flush'],
  }),
  'replica-ignore-maxmemory': setting(yesNo, 'yes', 'A replica does not evict.', {
    ...stored,
    aliases: ['slave-ignore-maxmemory'],
  }),
  'replica-ignore-disk-write-errors': setting(
    yesNo,
    'no',
    'A replica goes on when its disk fails.',
    stored,
  ),
  'min-replicas-to-write': setting(count, '0', 'Good replicas that a write needs; 0 none.', {
    aliases: ['min-slaves-to-write'],
  }),
  'min-replicas-max-lag': setting(
    count,
    '10',
    'A replica is good that acknowledged within so many seconds.',
    { aliases: ['min-slaves-max-lag'] },
  ),
  'repl-ping-replica-period': setting(atLeastOne, '10', 'Seconds between PINGs to replicas.', {
    aliases: ['repl-ping-slave-period'],
  }),
  'repl-timeout': setting(atLeastOne, '60', 'Seconds of silence after which a link is closed.'),
  'repl-disable-tcp-nodelay': setting(yesNo, 'no', 'Let TCP gather small packets to replicas.'),
  'repl-backlog-size': setting(
    memory({ min: 1, max: int64Max, raisedTo: 16_384 }),
    '1mb',
    'Bytes of the stream kept for partial syncs.',
  ),
  'repl-backlog-ttl': setting(
    integer({ min: 0, max: int64Max }),
    '3600',
    'Seconds without replicas after which they are freed; 0 never.',
  ),
  'repl-diskless-sync': setting(yesNo, 'yes', 'Full syncs go from memory to the sockets.'),
  'repl-diskless-sync-delay': setting(
    count,
    '5',
    'Seconds that a full sync waits for more replicas.',
  ),
  'repl-diskless-sync-max-replicas': setting(
    count,
    '0',
    'Start it at once when so many wait; 0 never.',
  ),
  'repl-diskless-load': setting(
    oneOf('disabled', 'on-empty-db', 'swapdb'),
    'disabled',
    'Whether a replica loads a full sync from the socket, and what it does with its old data.',
  ),
  'rdb-del-sync-files': setting(
    yesNo,
    'no',
    'Delete snapshot files made for syncs; they always are.',
    {
      ...stored,
      trueAnyway: ['yes'],
    },
  ),
  'propagation-error-behavior': setting(
    oneOf('ignore', 'panic', 'panic-on-replicas'),
    'ignore',
    'What an error in the stream of the primary does.',
    stored,
  ),
} as const;

/** Declarations of cluster mode, by name: there is none yet. */
export const clusterSettings = {
  'cluster-enabled': setting(yesNo, 'no', 'Cluster mode.', { ...stored, ...atStart }),
  'cluster-config-file': setting(text(), 'nodes.conf', 'Its state.', { ...stored, ...atStart }),
  'cluster-port': setting(integer({ min: 0, max: 65_535 }), '0', 'Port of its bus.', {
    ...stored,
    ...atStart,
  }),
  'cluster-node-timeout': setting(
    integer({ min: 0, max: int64Max }),
    '15000',
    'Milliseconds after which a node is taken for dead.',
    stored,
  ),
  'cluster-replica-validity-factor': setting(
    count,
    '10',
    'How stale a replica may be that takes over.',
    { ...stored, aliases: ['cluster-slave-validity-factor'] },
  ),
  'cluster-replica-no-failover': setting(yesNo, 'no', 'Never take over.', {
    ...stored,
    aliases: ['cluster-slave-no-failover'],
  }),
  'cluster-migration-barrier': setting(
    count,
    '1',
    'Replicas that a primary keeps when one migrates.',
    stored,
  ),
  'cluster-allow-replica-migration': setting(yesNo, 'yes', 'Replicas may migrate.', stored),
  'cluster-require-full-coverage': setting(yesNo, 'yes', 'Serve only while all slots are.', stored),
  'cluster-allow-reads-when-down': setting(yesNo, 'no', 'Read even then.', stored),
  'cluster-allow-pubsubshard-when-down': setting(yesNo, 'yes', 'Publish even then.', stored),
  'cluster-link-sendbuf-limit': setting(
    memory({ min: 0, max: int64Max }),
    '0',
    'Bytes that may wait for another node; 0 no limit.',
    stored,
  ),
  'cluster-announce-ip': setting(text(), '', 'Address told to others.', stored),
  'cluster-announce-hostname': setting(
    text(checkHostname),
    '',
    'Host name told to others.',
    stored,
  ),
  'cluster-announce-port': setting(
    integer({ min: 0, max: 65_535 }),
    '0',
    'Port told to others.',
    stored,
  ),
  'cluster-announce-tls-port': setting(
    integer({ min: 0, max: 65_535 }),
    '0',
    'TLS port told to others.',
    stored,
  ),
  'cluster-announce-bus-port': setting(
    integer({ min: 0, max: 65_535 }),
    '0',
    'Bus port told to others.',
    stored,
  ),
  'cluster-preferred-endpoint-type': setting(
    oneOf('ip', 'hostname', 'unknown-endpoint'),
    'ip',
    'What clients are told.',
    stored,
  ),
} as const;

function checkHostname(name: string): string | null {
  if (name.length >= 256) return 'Hostnames must be less than 256 characters';
  if (/^[A-Za-z0-9.-]*$/.test(name)) return null;
  return 'Hostnames may only contain alphanumeric characters, hyphens or dots';
}
