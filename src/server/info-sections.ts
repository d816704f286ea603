import type { Engine } from '../engine/engine.ts';
import type { Replication } from '../replication/replication.ts';
import type { Clients } from './clients.ts';
import type { DataSet } from './data-set.ts';
import { memoryFields } from './info-memory.ts';
import type { Rates } from './rates.ts';
import type { Saves } from './saves.ts';
import type { SettingsStore } from './settings/store.ts';
import type { ShutdownState } from './shutdown.ts';
import { headwaterVersion, redisVersion } from './version.ts';

/** What the machine says of this process. */
export interface ProcessFacts {
  readonly pid: number;
  readonly operatingSystem: string;
  readonly architectureBits: number;
  readonly nodeVersion: string;
  readonly executable: string;
  readonly residentBytes: () => number;
  readonly heapBytes: () => number;
  readonly totalSystemBytes: number;
  /** Seconds of processor time, in the kernel and in user code. */
  readonly cpuSeconds: () => { readonly system: number; readonly user: number };
}

/** All that INFO draws from. */
export interface InfoFacts {
  readonly settings: SettingsStore;
  readonly engine: Engine;
  readonly clients: Clients;
  readonly replication: Replication;
  readonly dataSet: DataSet;
  readonly saves: Saves;
  readonly process: ProcessFacts;
  readonly rates: Rates;
  readonly shutdown: ShutdownState;
  readonly runId: string;
  readonly configFile: string | null;
  readonly port: number;
  readonly nowMs: number;
  readonly startedAtMs: number;
  readonly peakUsedBytes: number;
}

/** One line: a name and what it says. */
export type InfoLine = readonly [name: string, value: string | number];

/** One section. */
export interface InfoSection {
  /** As INFO's argument, lower case. */
  readonly name: string;
  readonly title: string;
  readonly isDefault: boolean;
  fields(facts: InfoFacts): readonly InfoLine[];
}

/** Names are Redis': tools read them. */
export const infoSections: readonly InfoSection[] = [
  { name: 'server', title: 'Server', isDefault: true, fields: serverFields },
  { name: 'clients', title: 'Clients', isDefault: true, fields: clientFields },
  { name: 'memory', title: 'Memory', isDefault: true, fields: memoryFields },
  { name: 'persistence', title: 'Persistence', isDefault: true, fields: persistenceFields },
  { name: 'stats', title: 'Stats', isDefault: true, fields: statisticsFields },
  {
    name: 'replication',
    title: 'Replication',
    isDefault: true,
    fields: ({ replication }) => replication.infoFields(),
  },
  { name: 'cpu', title: 'CPU', isDefault: true, fields: processorFields },
  { name: 'modules', title: 'Modules', isDefault: true, fields: () => [] },
  { name: 'commandstats', title: 'Commandstats', isDefault: false, fields: commandFields },
  { name: 'errorstats', title: 'Errorstats', isDefault: true, fields: errorFields },
  { name: 'latencystats', title: 'Latencystats', isDefault: false, fields: latencyFields },
  {
    name: 'cluster',
    title: 'Cluster',
    isDefault: true,
    fields: () => [['cluster_enabled', 0]],
  },
  { name: 'keyspace', title: 'Keyspace', isDefault: true, fields: keyspaceFields },
];

function serverFields(facts: InfoFacts): readonly InfoLine[] {
  const { process, settings, nowMs, startedAtMs, shutdown } = facts;
  const uptimeSeconds = Math.floor((nowMs - startedAtMs) / 1000);
  return [
    ['redis_version', redisVersion],
    ['redis_git_sha1', '00000000'],
    ['redis_git_dirty', 0],
    ['redis_build_id', '0'],
    ['redis_mode', 'standalone'],
    ['os', process.operatingSystem],
    ['arch_bits', process.architectureBits],
    ['monotonic_clock', 'node'],
    ['multiplexing_api', 'libuv'],
    ['atomicvar_api', 'none'],
    ['gcc_version', '0.0.0'],
    ['process_id', process.pid],
    ['process_supervised', 'no'],
    ['run_id', facts.runId],
    ['tcp_port', facts.port],
    ['server_time_usec', nowMs * 1000],
    ['uptime_in_seconds', uptimeSeconds],
    ['uptime_in_days', Math.floor(uptimeSeconds / 86_400)],
    ['hz', settings.value('hz')],
    ['configured_hz', settings.value('hz')],
    ['lru_clock', Math.floor(nowMs / 1000) & 0xffffff],
    ['executable', process.executable],
    ['config_file', facts.configFile ?? ''],
    ['io_threads_active', 0],
    ...(shutdown.name === 'waitingForReplicas'
      ? [['shutdown_in_milliseconds', Math.max(0, shutdown.deadlineMs - nowMs)] as const]
      : []),
    ['server_name', 'headwater'],
    ['headwater_version', headwaterVersion],
    ['node_version', process.nodeVersion],
  ];
}

function clientFields({ clients, engine, settings }: InfoFacts): readonly InfoLine[] {
  const { blocking } = engine.run;
  let largestInput = 0;
  let largestOutput = 0;
  for (const session of clients.sessions.all) {
    largestInput = Math.max(largestInput, session.parser.reservedBytes);
    largestOutput = Math.max(largestOutput, session.connection?.pendingBytes ?? 0);
  }
  return [
    ['connected_clients', clients.sessions.clientCount],
    ['cluster_connections', 0],
    ['maxclients', settings.value('maxclients')],
    ['client_recent_max_input_buffer', largestInput],
    ['client_recent_max_output_buffer', largestOutput],
    ['blocked_clients', clients.sessions.blockedCount],
    ['tracking_clients', engine.instruments.tracking.clientCount],
    ['clients_in_timeout_table', blocking.timedCount],
    ['total_blocking_keys', blocking.lineCount],
    ['total_blocking_keys_on_nokey', blocking.deleteLineCount],
  ];
}

function persistenceFields(facts: InfoFacts): readonly InfoLine[] {
  const { dataSet, saves, nowMs } = facts;
  const { loading, writer } = dataSet;
  return [
    ['loading', loading !== null && !loading.isAsync ? 1 : 0],
    ['async_loading', loading?.isAsync === true ? 1 : 0],
    ['current_cow_peak', 0],
    ['current_cow_size', 0],
    ['current_cow_size_age', 0],
    ['current_fork_perc', '0.00'],
    ['current_save_keys_processed', writer?.writtenCount ?? 0],
    ['current_save_keys_total', writer?.keyCount ?? 0],
    ['rdb_changes_since_last_save', saves.unsavedChanges],
    ['rdb_bgsave_in_progress', saves.isInProgress ? 1 : 0],
    ['rdb_last_save_time', Math.floor(saves.lastSaveAtMs / 1000)],
    ['rdb_last_bgsave_status', saves.lastStatus],
    ['rdb_last_bgsave_time_sec', saves.lastDurationSeconds],
    ['rdb_current_bgsave_time_sec', currentSaveSeconds(facts)],
    ['rdb_saves', saves.savedCount],
    ['rdb_last_cow_size', 0],
    ['rdb_last_load_keys_expired', dataSet.lastLoadKeysExpired],
    ['rdb_last_load_keys_loaded', dataSet.lastLoadKeysLoaded],
    ['aof_enabled', 0],
    ['aof_rewrite_in_progress', 0],
    ['aof_rewrite_scheduled', 0],
    ['aof_last_rewrite_time_sec', -1],
    ['aof_current_rewrite_time_sec', -1],
    ['aof_last_bgrewrite_status', 'ok'],
    ['aof_rewrites', 0],
    ['aof_rewrites_consecutive_failures', 0],
    ['aof_last_write_status', 'ok'],
    ['aof_last_cow_size', 0],
    ['module_fork_in_progress', 0],
    ['module_fork_last_cow_size', 0],
    ...(loading === null ? [] : loadingFields(loading, nowMs)),
  ];
}

function currentSaveSeconds({ dataSet, saves, nowMs }: InfoFacts): number {
  const { startedAtMs } = saves;
  if (startedAtMs !== null) return Math.floor((nowMs - startedAtMs) / 1000);
  return dataSet.writer === null ? -1 : Math.floor(dataSet.writer.runningUs / 1e6);
}

function loadingFields(
  loading: NonNullable<InfoFacts['dataSet']['loading']>,
  nowMs: number,
): readonly InfoLine[] {
  const total = loading.totalBytes ?? 0;
  const elapsedSeconds = Math.max(0.001, (nowMs - loading.startedAtMs) / 1000);
  const bytesPerSecond = loading.loadedBytes / elapsedSeconds;
  const left = Math.max(0, total - loading.loadedBytes);
  const percent = total === 0 ? 0 : (loading.loadedBytes / total) * 100;
  return [
    ['loading_start_time', Math.floor(loading.startedAtMs / 1000)],
    ['loading_total_bytes', total],
    ['loading_rdb_used_mem', 0],
    ['loading_loaded_bytes', loading.loadedBytes],
    ['loading_loaded_perc', percent.toFixed(2)],
    ['loading_eta_seconds', Math.max(1, Math.floor(left / Math.max(1, bytesPerSecond)))],
  ];
}

function statisticsFields(facts: InfoFacts): readonly InfoLine[] {
  const { engine, replication, rates } = facts;
  const { statistics } = engine;
  const sync = replication.statistics();
  return [
    ['total_connections_received', statistics.connectionsReceived],
    ['total_commands_processed', statistics.commandsProcessed],
    ['instantaneous_ops_per_sec', Math.round(rates.perSecond('commands'))],
    ['total_net_input_bytes', statistics.inputBytes],
    ['total_net_output_bytes', statistics.outputBytes],
    ['total_net_repl_input_bytes', sync.inputBytes],
    ['total_net_repl_output_bytes', sync.outputBytes],
    ['instantaneous_input_kbps', kilobytes(rates.perSecond('input'))],
    ['instantaneous_output_kbps', kilobytes(rates.perSecond('output'))],
    ['instantaneous_input_repl_kbps', kilobytes(rates.perSecond('replicationInput'))],
    ['instantaneous_output_repl_kbps', kilobytes(rates.perSecond('replicationOutput'))],
    ...syncFields(facts),
    ...keyFields(facts),
    ...oddFields(facts),
  ];
}

function syncFields({ engine, replication }: InfoFacts): readonly InfoLine[] {
  const sync = replication.statistics();
  return [
    ['rejected_connections', engine.statistics.connectionsRejected],
    ['sync_full', sync.fullSyncCount],
    ['sync_partial_ok', sync.partialSyncCount],
    ['sync_partial_err', sync.refusedPartialSyncCount],
  ];
}

function keyFields({ engine: { statistics, run, instruments } }: InfoFacts): readonly InfoLine[] {
  const { tracking } = instruments;
  return [
    ['expired_keys', statistics.expiredKeys],
    ['expired_subkeys', statistics.expiredFields],
    ['expired_stale_perc', statistics.expiredStalePercent.toFixed(2)],
    ['expired_time_cap_reached_count', statistics.expireCyclesCutShort],
    ['expire_cycle_cpu_milliseconds', 0],
    ['evicted_keys', 0],
    ['evicted_clients', 0],
    ['total_eviction_exceeded_time', 0],
    ['current_eviction_exceeded_time', 0],
    ['keyspace_hits', statistics.keyspaceHits],
    ['keyspace_misses', statistics.keyspaceMisses],
    ['pubsub_channels', run.pubSub.count('channel')],
    ['pubsub_patterns', run.pubSub.count('pattern')],
    ['pubsubshard_channels', run.pubSub.count('shardChannel')],
    ['latest_fork_usec', 0],
    ['total_forks', 0],
    ['migrate_cached_sockets', 0],
    ['slave_expires_tracked_keys', 0],
    ['active_defrag_hits', 0],
    ['active_defrag_misses', 0],
    ['active_defrag_key_hits', 0],
    ['active_defrag_key_misses', 0],
    ['total_active_defrag_time', 0],
    ['current_active_defrag_time', 0],
    ['tracking_total_keys', tracking.table.keyCount],
    ['tracking_total_items', tracking.table.itemCount],
    ['tracking_total_prefixes', tracking.prefixes.count],
  ];
}

function oddFields({
  engine: { statistics },
  replication,
  dataSet,
}: InfoFacts): readonly InfoLine[] {
  const sync = replication.statistics();
  return [
    ['unexpected_error_replies', statistics.unexpectedErrorReplies],
    ['total_error_replies', statistics.errorReplies],
    ['dump_payload_sanitizations', 0],
    ['total_reads_processed', statistics.readsProcessed],
    ['total_writes_processed', statistics.writesProcessed],
    ['io_threaded_reads_processed', 0],
    ['io_threaded_writes_processed', 0],
    ['reply_buffer_shrinks', 0],
    ['reply_buffer_expands', 0],
    [
      'client_output_buffer_limit_disconnections',
      statistics.outputLimitDisconnections + sync.outputLimitDisconnections,
    ],
    ['client_query_buffer_limit_disconnections', statistics.queryLimitDisconnections],
    ['headwater_snapshots', dataSet.snapshotCount],
  ];
}

function processorFields({ process }: InfoFacts): readonly InfoLine[] {
  const { system, user } = process.cpuSeconds();
  return [
    ['used_cpu_sys', system.toFixed(6)],
    ['used_cpu_user', user.toFixed(6)],
    ['used_cpu_sys_children', '0.000000'],
    ['used_cpu_user_children', '0.000000'],
    ['used_cpu_sys_main_thread', system.toFixed(6)],
    ['used_cpu_user_main_thread', user.toFixed(6)],
  ];
}

function commandFields({ engine }: InfoFacts): readonly InfoLine[] {
  const { calls, microseconds, rejectedCalls, failedCalls } = engine.statistics;
  const lines: InfoLine[] = [];
  for (const { fullName, index } of engine.table.commands) {
    if (calls[index] === 0 && rejectedCalls[index] === 0) continue;
    const perCall = microseconds[index] / Math.max(1, calls[index]);
    lines.push([
      `cmdstat_${fullName}`,
      `calls=${calls[index]},usec=${Math.round(microseconds[index])},` +
        `usec_per_call=${perCall.toFixed(2)},rejected_calls=${rejectedCalls[index]},` +
        `failed_calls=${failedCalls[index]}`,
    ]);
  }
  return lines;
}

/** Of commands whose calls are timed only now and then, these are estimates. */
function latencyFields({ engine, settings }: InfoFacts): readonly InfoLine[] {
  const { timing } = engine.instruments;
  const percentiles = settings.value('latency-tracking-info-percentiles');
  if (!timing.keepsHistograms) return [];
  return timing.names.flatMap((name) => {
    const histogram = timing.histogram(name);
    if (histogram === null) return [];
    const shown = percentiles.map((each) => `p${each}=${histogram.percentile(each).toFixed(3)}`);
    return [[`latency_percentiles_usec_${name}`, shown.join(',')] as const];
  });
}

function errorFields({ engine }: InfoFacts): readonly InfoLine[] {
  return [...engine.statistics.errorsByCode].map(
    ([code, count]) => [`errorstat_${code}`, `count=${count}`] as const,
  );
}

function keyspaceFields({ engine }: InfoFacts): readonly InfoLine[] {
  return engine.keyspace.databases
    .filter((database) => database.size > 0)
    .map(
      ({ index, size, expiryCount }) =>
        [`db${index}`, `keys=${size},expires=${expiryCount},avg_ttl=0`] as const,
    );
}

function kilobytes(bytes: number): string {
  return (bytes / 1024).toFixed(2);
}
