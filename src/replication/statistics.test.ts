import { expect, test } from 'vitest';
import { bytesOfLatin1 } from '../base/bytes.ts';
import { ReplicationLog } from './log.ts';
import { replicationStatistics } from './statistics.ts';
import { SyncHistory } from './sync-history.ts';

test('replication statistics: the backlog counts up to its size, a replica what it holds', () => {
  const log = new ReplicationLog(16 * 1024);
  log.create();
  log.append(bytesOfLatin1('x'.repeat(100)), 0, 100);
  const held = (heldBytes: number) => ({
    ...{ host: 'h', port: 1, state: 'online', offset: 0, lagSeconds: 0 },
    heldBytes,
  });

  const statistics = replicationStatistics({
    syncs: new SyncHistory(),
    log,
    replicas: { outputLimitDisconnections: 3, views: () => [held(5), held(9)] },
    inputBytes: 1,
    outputBytes: 2,
  });

  expect(statistics).toMatchObject({
    ...{ fullSyncCount: 0, inputBytes: 1, outputBytes: 2, outputLimitDisconnections: 3 },
    ...{ bufferBytes: log.heldBytes, backlogBytes: log.heldBytes, replicaBytes: 9 },
  });
});
