import type { Clock } from '../runtime/clock.ts';
import type { Connector } from '../runtime/connection.ts';
import type { Disk } from '../runtime/disk.ts';
import type { Log } from '../runtime/log.ts';
import type { Random } from '../runtime/random.ts';
import type { ReplicationHost } from './host.ts';
import type { ReplicationSettings } from './settings.ts';

/** The world around replication. */
export interface ReplicationWorld {
  readonly host: ReplicationHost;
  readonly settings: ReplicationSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly connector: Connector;
  readonly disk: Disk;
  readonly log: Log;
}
