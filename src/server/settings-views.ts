import type { ReplicationSettings } from '../replication/settings.ts';
import type { SettingsStore } from './settings/store.ts';

/** The settings as replication reads them: always the values in force. */
export function replicationSettingsOf(
  settings: SettingsStore,
  boundPort: () => number,
): ReplicationSettings {
  return {
    get port() {
      return boundPort();
    },
    get replicaAnnounceIp() {
      return settings.value('replica-announce-ip');
    },
    get replicaAnnouncePort() {
      return settings.value('replica-announce-port');
    },
    get primaryPassword() {
      return settings.value('masterauth');
    },
    get primaryUser() {
      return settings.value('masteruser');
    },
    get replTimeoutSeconds() {
      return settings.value('repl-timeout');
    },
    get replPingReplicaPeriodSeconds() {
      return settings.value('repl-ping-replica-period');
    },
    get replBacklogBytes() {
      return settings.value('repl-backlog-size');
    },
    get replBacklogTtlSeconds() {
      return settings.value('repl-backlog-ttl');
    },
    get replDisklessSync() {
      return settings.value('repl-diskless-sync');
    },
    get replDisklessSyncDelaySeconds() {
      return settings.value('repl-diskless-sync-delay');
    },
    get replDisklessSyncMaxReplicas() {
      return settings.value('repl-diskless-sync-max-replicas');
    },
    get replDisklessLoad() {
      return settings.value('repl-diskless-load');
    },
    get replDisableTcpNoDelay() {
      return settings.value('repl-disable-tcp-nodelay');
    },
    get tcpKeepAliveSeconds() {
      return settings.value('tcp-keepalive');
    },
    get replicaPriority() {
      return settings.value('replica-priority');
    },
    get replicaReadOnly() {
      return settings.value('replica-read-only');
    },
    get replicaAnnounced() {
      return settings.value('replica-announced');
    },
    get minReplicasToWrite() {
      return settings.value('min-replicas-to-write');
    },
    get minReplicasMaxLagSeconds() {
      return settings.value('min-replicas-max-lag');
    },
    get replicaOutputLimit() {
      return settings.value('client-output-buffer-limit').replica;
    },
  };
}
