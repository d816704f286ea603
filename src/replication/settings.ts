/** What replication reads of the settings, at the moment of use: a change takes effect by itself. */
export interface ReplicationSettings {
  /** The port that we tell our primary, unless another is announced. */
  readonly port: number;
  readonly replicaAnnounceIp: string;
  /** 0: announce `port`. */
  readonly replicaAnnouncePort: number;
  /** Latin-1 text, one character per byte; empty when the primary asks for no password. */
  readonly primaryPassword: string;
  /** Latin-1 text; empty for the default user. */
  readonly primaryUser: string;

  readonly replTimeoutSeconds: number;
  readonly replPingReplicaPeriodSeconds: number;
  readonly replBacklogBytes: number;
  /** 0: the backlog is never freed. */
  readonly replBacklogTtlSeconds: number;
  readonly replDisklessSync: boolean;
  readonly replDisklessSyncDelaySeconds: number;
  /** 0: no limit, the delay decides. */
  readonly replDisklessSyncMaxReplicas: number;
  readonly replDisklessLoad: 'disabled' | 'on-empty-db' | 'swapdb' | 'flush-before-load';
  readonly replDisableTcpNoDelay: boolean;
  readonly tcpKeepAliveSeconds: number;

  /** Shown in INFO. */
  readonly replicaPriority: number;
  readonly replicaReadOnly: boolean;
  readonly replicaAnnounced: boolean;
  readonly minReplicasToWrite: number;
  readonly minReplicasMaxLagSeconds: number;

  /** The class `replica` of `client-output-buffer-limit`; 0 means no limit. */
  readonly replicaOutputLimit: OutputLimit;
}

/** When a replica that does not read is given up. */
export interface OutputLimit {
  readonly hardBytes: number;
  readonly softBytes: number;
  readonly softSeconds: number;
}
