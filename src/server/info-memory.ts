import { humanBytes } from './human-bytes.ts';
import type { InfoFacts, InfoLine } from './info-sections.ts';

/** Nothing here runs scripts: libraries are kept for replicas only. */
const scriptMemory: readonly InfoLine[] = [
  ['used_memory_lua', 0],
  ['used_memory_vm_eval', 0],
  ['used_memory_lua_human', '0B'],
  ['used_memory_scripts_eval', 0],
  ['number_of_cached_scripts', 0],
  ['number_of_functions', 0],
  ['used_memory_vm_functions', 0],
  ['used_memory_vm_total', 0],
  ['used_memory_vm_total_human', '0B'],
  ['used_memory_functions', 0],
  ['used_memory_scripts', 0],
  ['used_memory_scripts_human', '0B'],
];

/** The section `# Memory`: what the store holds, what the process takes, and what lies between. */
export function memoryFields(facts: InfoFacts): readonly InfoLine[] {
  const { engine, process, replication } = facts;
  const { arena, large } = engine.keyspace.records;
  const used = engine.keyspace.usedBytes + replication.statistics().bufferBytes;
  const resident = process.residentBytes();
  const peak = Math.max(used, facts.peakUsedBytes);
  const spanned = arena.spannedBytes + large.usedBytes;
  const content = arena.usedBytes + large.usedBytes;
  return [
    ['used_memory', used],
    ['used_memory_human', humanBytes(used)],
    ['used_memory_rss', resident],
    ['used_memory_rss_human', humanBytes(resident)],
    ['used_memory_peak', peak],
    ['used_memory_peak_human', humanBytes(peak)],
    ['used_memory_peak_perc', `${((used / Math.max(1, peak)) * 100).toFixed(2)}%`],
    ['used_memory_overhead', used - content],
    ['used_memory_startup', 0],
    ['used_memory_dataset', content],
    ['used_memory_dataset_perc', `${((content / Math.max(1, used)) * 100).toFixed(2)}%`],
    ['allocator_allocated', content],
    ['allocator_active', spanned],
    ['allocator_resident', resident],
    ...limitFields(facts),
    ['allocator_frag_ratio', ratio(spanned, content)],
    ['allocator_frag_bytes', Math.max(0, spanned - content)],
    ['allocator_rss_ratio', ratio(resident, spanned)],
    ['allocator_rss_bytes', resident - spanned],
    ['rss_overhead_ratio', '1.00'],
    ['rss_overhead_bytes', 0],
    ['mem_fragmentation_ratio', ratio(resident, used)],
    ['mem_fragmentation_bytes', resident - used],
    ...bufferFields(facts),
  ];
}

function limitFields({ process, settings, dataSet }: InfoFacts): readonly InfoLine[] {
  return [
    ['total_system_memory', process.totalSystemBytes],
    ['total_system_memory_human', humanBytes(process.totalSystemBytes)],
    ...scriptMemory,
    ['number_of_libraries', dataSet.functions.length],
    ['maxmemory', settings.value('maxmemory')],
    ['maxmemory_human', humanBytes(settings.value('maxmemory'))],
    ['maxmemory_policy', settings.value('maxmemory-policy')],
  ];
}

function bufferFields({ engine, process, replication }: InfoFacts): readonly InfoLine[] {
  const buffers = replication.statistics();
  return [
    ['mem_not_counted_for_evict', 0],
    ['mem_replication_backlog', buffers.backlogBytes],
    ['mem_total_replication_buffers', buffers.bufferBytes],
    ['mem_clients_slaves', buffers.replicaBytes],
    ['mem_clients_normal', 0],
    ['mem_cluster_links', 0],
    ['mem_aof_buffer', 0],
    ['mem_allocator', 'arena'],
    ['active_defrag_running', 0],
    ['lazyfree_pending_objects', engine.keyspace.hasDetached ? 1 : 0],
    ['lazyfreed_objects', 0],
    ['headwater_heap_bytes', process.heapBytes()],
  ];
}

function ratio(over: number, under: number): string {
  return (over / Math.max(1, under)).toFixed(2);
}
