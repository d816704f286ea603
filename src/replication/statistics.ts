import type { ReplicationLog } from './log.ts';
import type { Replicas } from './primary/replicas.ts';
import type { SyncHistory } from './sync-history.ts';

/** Counters and sizes, since the start or the last CONFIG RESETSTAT. */
export interface ReplicationStatistics {
  /** `sync_full`, `sync_partial_ok`, `sync_partial_err` */
  readonly fullSyncCount: number;
  readonly partialSyncCount: number;
  readonly refusedPartialSyncCount: number;
  /** `total_net_repl_input_bytes`, `total_net_repl_output_bytes` */
  readonly inputBytes: number;
  readonly outputBytes: number;
  /** A part of `client_output_buffer_limit_disconnections`. */
  readonly outputLimitDisconnections: number;
  /** `mem_total_replication_buffers`, `mem_replication_backlog`, `mem_clients_slaves` */
  readonly bufferBytes: number;
  readonly backlogBytes: number;
  readonly replicaBytes: number;
}

/** Gathers them from those who count. */
export function replicationStatistics(parts: {
  readonly syncs: SyncHistory;
  readonly log: ReplicationLog;
  readonly replicas: Pick<Replicas, 'outputLimitDisconnections' | 'views'>;
  readonly inputBytes: number;
  readonly outputBytes: number;
}): ReplicationStatistics {
  const { syncs, log, replicas, inputBytes, outputBytes } = parts;
  return {
    fullSyncCount: syncs.fullCount,
    partialSyncCount: syncs.partialCount,
    refusedPartialSyncCount: syncs.refusedCount,
    inputBytes,
    outputBytes,
    outputLimitDisconnections: replicas.outputLimitDisconnections,
    bufferBytes: log.heldBytes,
    backlogBytes: Math.min(log.heldBytes, log.backlogBytes),
    replicaBytes: Math.max(0, ...replicas.views().map(({ heldBytes }) => heldBytes)),
  };
}
