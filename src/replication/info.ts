import type { ReplicationLog } from './log.ts';
import type { History } from './position.ts';
import { previousOnTheWire } from './position.ts';
import type { ReplicaView } from './primary/replicas.ts';
import type { Link } from './replica/link.ts';
import type { Role } from './role.ts';
import type { ReplicationSettings } from './settings.ts';

/** One line of INFO. */
export type InfoField = readonly [name: string, value: string | number];

/** What the section `# Replication` is made of. */
export interface InfoFacts {
  readonly role: Role;
  readonly settings: ReplicationSettings;
  readonly history: History;
  readonly log: ReplicationLog;
  readonly replicas: readonly ReplicaView[];
  readonly goodReplicaCount: number;
  readonly nowMs: number;
}

/**
 * The section `# Replication`, in Redis' order, which Sentinel depends on. Fields of our own come
 * last.
 */
export function replicationInfo(facts: InfoFacts): readonly InfoField[] {
  const { role } = facts;
  return [
    ['role', role.name === 'primary' ? 'master' : 'slave'],
    ...(role.name === 'replica' ? linkFields(role.link, facts) : []),
    ...replicaFields(facts),
    ...historyFields(facts),
    ...(role.name === 'replica' ? failureFields(role.link, facts.nowMs) : []),
  ];
}

function linkFields(link: Link, facts: InfoFacts): readonly InfoField[] {
  const { nowMs, log, settings } = facts;
  const isSyncing = link.state.name === 'receivingSnapshot';
  const lastIo = link.isUp || isSyncing ? secondsSince(link.lastIoMs, nowMs) : -1;
  return [
    ['master_host', link.target.host],
    ['master_port', link.target.port],
    ['master_link_status', link.isUp ? 'up' : 'down'],
    ['master_last_io_seconds_ago', lastIo],
    ['master_sync_in_progress', isSyncing ? 1 : 0],
    ['slave_read_repl_offset', log.offset + link.waitingBytes],
    ['slave_repl_offset', log.offset],
    ...(isSyncing ? progressFields(link, nowMs) : []),
    ...(link.isUp
      ? []
      : [['master_link_down_since_seconds', secondsSince(link.downSinceMs, nowMs)] as const]),
    ['slave_priority', settings.replicaPriority],
    ['slave_read_only', settings.replicaReadOnly ? 1 : 0],
    ['replica_announced', settings.replicaAnnounced ? 1 : 0],
  ];
}

function progressFields(link: Link, nowMs: number): readonly InfoField[] {
  const readBytes = link.progress?.readBytes ?? 0;
  const totalBytes = link.progress?.totalBytes ?? null;
  const known = totalBytes ?? 0;
  const percent = totalBytes === null || totalBytes === 0 ? 0 : (readBytes / totalBytes) * 100;
  return [
    ['master_sync_total_bytes', known],
    ['master_sync_read_bytes', readBytes],
    ['master_sync_left_bytes', totalBytes === null ? -1 : known - readBytes],
    ['master_sync_perc', percent.toFixed(2)],
    ['master_sync_last_io_seconds_ago', secondsSince(link.lastIoMs, nowMs)],
  ];
}

function replicaFields(facts: InfoFacts): readonly InfoField[] {
  const { minReplicasToWrite, minReplicasMaxLagSeconds } = facts.settings;
  const isGuarded = minReplicasToWrite > 0 && minReplicasMaxLagSeconds > 0;
  return [
    ['connected_slaves', facts.replicas.length],
    ...(isGuarded ? [['min_slaves_good_slaves', facts.goodReplicaCount] as const] : []),
    ...facts.replicas.map(
      ({ host, port, state, offset, lagSeconds }, i) =>
        [
          `slave${i}`,
          `ip=${host},port=${port},state=${state},offset=${offset},lag=${lagSeconds}`,
        ] as const,
    ),
  ];
}

function historyFields({ history, log, settings }: InfoFacts): readonly InfoField[] {
  const previous = previousOnTheWire(history);
  const backlog = log.window;
  return [
    ['master_failover_state', 'no-failover'],
    ['master_replid', history.id],
    ['master_replid2', previous.id],
    ['master_repl_offset', log.offset],
    ['second_repl_offset', previous.end],
    ['repl_backlog_active', backlog === null ? 0 : 1],
    ['repl_backlog_size', settings.replBacklogBytes],
    ['repl_backlog_first_byte_offset', backlog?.firstByte ?? 0],
    ['repl_backlog_histlen', backlog?.length ?? 0],
  ];
}

function failureFields(link: Link, nowMs: number): readonly InfoField[] {
  const failure = link.loadFailure;
  if (failure === null) return [];
  const pauseSeconds = Math.max(0, Math.ceil((failure.retryAtMs - nowMs) / 1000));
  return [
    ['headwater_sync_failure', failure.reason.replace(/[\r\n]/g, ' ')],
    ['headwater_sync_retry_in_seconds', pauseSeconds],
  ];
}

function secondsSince(atMs: number, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - atMs) / 1000));
}
