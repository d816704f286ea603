import type { ServerConditions } from '../engine/admission.ts';
import type { Engine } from '../engine/engine.ts';
import type { Replication } from '../replication/replication.ts';
import type { DataSet } from './data-set.ts';
import type { Saves } from './saves.ts';
import type { SettingsStore } from './settings/store.ts';

/** Settings that decide which commands are admitted. */
export const conditionSettings = [
  'requirepass',
  'replica-read-only',
  'replica-serve-stale-data',
  'min-replicas-to-write',
  'min-replicas-max-lag',
  'save',
  'stop-writes-on-bgsave-error',
] as const;

/** The conditions of a server that has not begun. */
export function freshConditions(settings: SettingsStore): ServerConditions {
  return {
    passwordRequired: settings.value('requirepass') !== '',
    isReplica: false,
    replicaReadOnly: true,
    staleDataForbidden: false,
    loading: false,
    asyncLoading: false,
    tooFewReplicas: false,
    outOfMemory: false,
    savingFailed: false,
    debugAllowed: settings.value('enable-debug-command'),
  };
}

/** Looks at everything anew that decides which commands are admitted. */
export function refreshConditions({
  engine,
  settings,
  replication,
  dataSet,
  saves,
}: {
  readonly engine: Engine;
  readonly settings: SettingsStore;
  readonly replication: Replication;
  readonly dataSet: DataSet;
  readonly saves: Saves;
}): void {
  const { conditions } = engine;
  const needed = settings.value('min-replicas-to-write');
  const isGuarded = needed > 0 && settings.value('min-replicas-max-lag') > 0;
  conditions.passwordRequired = settings.value('requirepass') !== '';
  conditions.isReplica = replication.isReplica;
  conditions.replicaReadOnly = settings.value('replica-read-only');
  conditions.staleDataForbidden =
    replication.isReplica && !replication.isLinkUp && !settings.value('replica-serve-stale-data');
  conditions.loading = dataSet.loading !== null && !dataSet.loading.isAsync;
  conditions.asyncLoading = dataSet.loading?.isAsync === true;
  conditions.tooFewReplicas = isGuarded && replication.goodReplicaCount < needed;
  conditions.savingFailed = saves.refusesWrites;
  conditions.debugAllowed = settings.value('enable-debug-command');
  engine.conditionsChanged();
}
