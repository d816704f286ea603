import { bitfieldCommands } from './bitfield.ts';
import { bitopCommands } from './bitop.ts';
import { bitCommands } from './bits.ts';
import { clientCommands } from './client.ts';
import { configCommands } from './config.ts';
import { connectionCommands } from './connection.ts';
import { counterCommands } from './counters.ts';
import { databaseCommands } from './databases.ts';
import { debugCommandList } from './debug.ts';
import type { CommandDeclaration } from './define.ts';
import { dumpCommands } from './dump.ts';
import { expiryCommands } from './expiry.ts';
import { geoCommands } from './geo.ts';
import { hashCounterCommands } from './hash-counters.ts';
import { hashExpiryCommands } from './hash-expiry.ts';
import { hashScanCommands } from './hash-scan.ts';
import { hashExpiringValueCommands } from './hash-values-expiring.ts';
import { hashCommands } from './hashes.ts';
import { hyperLogLogCommands } from './hyperloglog.ts';
import { introspectionCommands } from './introspection.ts';
import { keyCommands } from './keys.ts';
import { latencyCommands } from './latency.ts';
import { lcsCommands } from './lcs.ts';
import { listEditCommands } from './list-edits.ts';
import { listMoveCommands } from './list-moves.ts';
import { listWaitCommands } from './list-waits.ts';
import { listCommands } from './lists.ts';
import { CommandTable, type Renames } from './lookup.ts';
import { memoryCommands } from './memory.ts';
import { monitorCommands } from './monitor.ts';
import { objectCommands } from './object.ts';
import { pubSubCommands } from './pub-sub.ts';
import { replicationCommands } from './replication.ts';
import { savingCommands } from './saving.ts';
import { scanCommands } from './scan.ts';
import { serverCommands } from './server.ts';
import { setOperationCommands } from './set-operations.ts';
import { setRandomCommands } from './set-random.ts';
import { setCommands } from './sets.ts';
import { slowLogCommands } from './slow-log.ts';
import { sortCommands } from './sort.ts';
import { sortedSetCountCommands } from './sorted-set-counts.ts';
import { sortedSetOperationCommands } from './sorted-set-operations.ts';
import { sortedSetPopCommands } from './sorted-set-pops.ts';
import { sortedSetRandomCommands } from './sorted-set-random.ts';
import { sortedSetRangeCommands } from './sorted-set-ranges.ts';
import { sortedSetCommands } from './sorted-sets.ts';
import { streamClaimCommands } from './stream-claims.ts';
import { streamGroupCommands } from './stream-groups.ts';
import { streamInfoCommands } from './stream-info.ts';
import { streamPendingCommands } from './stream-pending.ts';
import { streamReadCommands } from './stream-reads.ts';
import { streamCommands } from './streams.ts';
import { stringRangeCommands } from './string-ranges.ts';
import { stringCommands } from './strings.ts';
import { transactionCommands } from './transactions.ts';

/** Every family of commands. A new family is added here, a new command to its family's list. */
const families: readonly (readonly CommandDeclaration[])[] = [
  stringCommands,
  counterCommands,
  stringRangeCommands,
  lcsCommands,
  bitCommands,
  bitopCommands,
  bitfieldCommands,
  hyperLogLogCommands,
  hashCommands,
  hashCounterCommands,
  hashScanCommands,
  hashExpiryCommands,
  hashExpiringValueCommands,
  geoCommands,
  listCommands,
  listEditCommands,
  listMoveCommands,
  listWaitCommands,
  setCommands,
  setRandomCommands,
  setOperationCommands,
  sortedSetCommands,
  sortedSetRangeCommands,
  sortedSetCountCommands,
  sortedSetPopCommands,
  sortedSetOperationCommands,
  sortedSetRandomCommands,
  streamCommands,
  streamReadCommands,
  streamGroupCommands,
  streamPendingCommands,
  streamClaimCommands,
  streamInfoCommands,
  sortCommands,
  keyCommands,
  expiryCommands,
  dumpCommands,
  scanCommands,
  databaseCommands,
  objectCommands,
  connectionCommands,
  clientCommands,
  serverCommands,
  savingCommands,
  configCommands,
  memoryCommands,
  monitorCommands,
  slowLogCommands,
  latencyCommands,
  debugCommandList,
  replicationCommands,
  transactionCommands,
  pubSubCommands,
];

/** All commands of a server. `renames`: what `rename-command` asks for. */
export function createCommandTable(renames: Renames = new Map()): CommandTable {
  const table: CommandTable = new CommandTable(
    [...families.flat(), ...introspectionCommands(() => table)],
    renames,
  );
  return table;
}
