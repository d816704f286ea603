import type { MemoryView } from '../commands/context.ts';
import type { ProcessParts } from './process-control.ts';

/** What memory is used for, at the moment. */
export function memoryViewOf({
  engine,
  replication,
  clients,
  upkeep,
  world,
  dataSet,
}: Pick<
  ProcessParts,
  'engine' | 'replication' | 'clients' | 'upkeep' | 'world' | 'dataSet'
>): MemoryView {
  const { arena, large } = engine.keyspace.records;
  const { bufferBytes, backlogBytes, replicaBytes } = replication.statistics();
  const usedBytes = engine.keyspace.usedBytes + bufferBytes;
  let clientBytes = 0;
  for (const { parser, connection, kind } of clients.sessions.all) {
    if (kind === 'replica') continue;
    clientBytes += parser.reservedBytes + (connection?.pendingBytes ?? 0);
  }
  return {
    usedBytes,
    peakUsedBytes: Math.max(usedBytes, upkeep.peakUsedBytes),
    contentBytes: arena.usedBytes + large.usedBytes,
    spannedBytes: arena.spannedBytes + large.usedBytes,
    residentBytes: world.process.residentBytes(),
    backlogBytes,
    replicaBytes,
    clientBytes,
    functionBytes: dataSet.functions.reduce((sum, each) => sum + each.length, 0),
    databases: engine.keyspace.databases.map(({ index, size, table }) => ({
      index,
      keyCount: size,
      tableBytes: table.overheadBytes,
    })),
  };
}
