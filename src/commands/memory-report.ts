import type { MemoryView } from './context.ts';

/** MEMORY STATS and MEMORY DOCTOR, from one look at the memory. Names are Redis': tools read them. */

/** A value of MEMORY STATS: an integer, a ratio, or the tables of one database. */
export type MemoryStatistic =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'ratio'; readonly value: number }
  | { readonly kind: 'tables'; readonly bytes: number };

const integer = (value: number): MemoryStatistic => ({ kind: 'integer', value });
const ratio = (value: number): MemoryStatistic => ({ kind: 'ratio', value });

/** All that MEMORY STATS tells, in order. */
export function memoryStatistics(
  view: MemoryView,
): readonly (readonly [name: string, value: MemoryStatistic])[] {
  const { usedBytes, peakUsedBytes, contentBytes, spannedBytes, residentBytes } = view;
  const keyCount = view.databases.reduce((sum, database) => sum + database.keyCount, 0);
  const inUse = view.databases.filter((database) => database.keyCount > 0);
  return [
    ['peak.allocated', integer(peakUsedBytes)],
    ['total.allocated', integer(usedBytes)],
    ['startup.allocated', integer(0)],
    ['replication.backlog', integer(view.backlogBytes)],
    ['clients.slaves', integer(view.replicaBytes)],
    ['clients.normal', integer(view.clientBytes)],
    ['cluster.links', integer(0)],
    ['aof.buffer', integer(0)],
    ['lua.caches', integer(0)],
    ['functions.caches', integer(view.functionBytes)],
    ...inUse.map(
      ({ index, tableBytes }) => [`db.${index}`, { kind: 'tables', bytes: tableBytes }] as const,
    ),
    ['overhead.total', integer(usedBytes - contentBytes)],
    ['keys.count', integer(keyCount)],
    ['keys.bytes-per-key', integer(keyCount === 0 ? 0 : Math.floor(usedBytes / keyCount))],
    ['dataset.bytes', integer(contentBytes)],
    ['dataset.percentage', ratio(percentOf(contentBytes, usedBytes))],
    ['peak.percentage', ratio(percentOf(usedBytes, peakUsedBytes))],
    ['allocator.allocated', integer(contentBytes)],
    ['allocator.active', integer(spannedBytes)],
    ['allocator.resident', integer(residentBytes)],
    ['allocator-fragmentation.ratio', ratio(shareOf(spannedBytes, contentBytes))],
    ['allocator-fragmentation.bytes', integer(spannedBytes - contentBytes)],
    ['allocator-rss.ratio', ratio(shareOf(residentBytes, spannedBytes))],
    ['allocator-rss.bytes', integer(residentBytes - spannedBytes)],
    ['rss-overhead.ratio', ratio(1)],
    ['rss-overhead.bytes', integer(0)],
    ['fragmentation', ratio(shareOf(residentBytes, usedBytes))],
    ['fragmentation.bytes', integer(residentBytes - usedBytes)],
  ];
}

/** Below this, ratios say nothing. */
const judgedFrom = 5 * 1024 * 1024;

/** MEMORY DOCTOR: what is remarkable. */
export function memoryAdvice(view: MemoryView, clientCount: number): string {
  const { usedBytes, peakUsedBytes, contentBytes, spannedBytes } = view;
  if (usedBytes < judgedFrom) return 'Too little memory is in use to judge it.';
  const found: string[] = [];
  if (peakUsedBytes > usedBytes * 1.5) {
    found.push(
      'Peak: at some time much more memory was in use than now. The process keeps what it took and ' +
        'uses it again.',
    );
  }
  if (spannedBytes - contentBytes > holesFrom && spannedBytes > contentBytes * 1.4) {
    found.push(
      'Holes: much of the memory for keys and values is free. New values of the same sizes fill it; ' +
        'a restart or a full sync packs it.',
    );
  }
  if (view.clientBytes / Math.max(1, clientCount) > bigClientFrom) {
    found.push('Clients: buffers of clients are large. CLIENT LIST shows whose (tot-mem).');
  }
  if (found.length === 0) return 'Nothing is remarkable about the memory.';
  return found.map((each) => `- ${each}`).join('\n');
}

const holesFrom = 10 * 1024 * 1024;
const bigClientFrom = 200 * 1024;

/** MEMORY MALLOC-STATS: where keys and values lie. */
export function arenaReport({ contentBytes, spannedBytes, residentBytes }: MemoryView): string {
  return [
    '___ Arena of keys and values ___',
    `In use: ${contentBytes}`,
    `Spanned: ${spannedBytes}`,
    `Resident in the process: ${residentBytes}`,
    '',
  ].join('\n');
}

function percentOf(part: number, whole: number): number {
  return shareOf(part * 100, whole);
}

function shareOf(part: number, whole: number): number {
  return part / Math.max(1, whole);
}
