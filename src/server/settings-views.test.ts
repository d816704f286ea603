import { expect, test } from 'vitest';
import { SettingsStore } from './settings/store.ts';
import { replicationSettingsOf } from './settings-views.ts';

test("replication's settings: are the values in force, at any moment", () => {
  const settings = new SettingsStore();
  let port = 7_000;
  const view = replicationSettingsOf(settings, () => port);

  expect(view).toMatchObject({
    port: 7_000,
    primaryPassword: '',
    replTimeoutSeconds: 60,
    replPingReplicaPeriodSeconds: 10,
    replBacklogBytes: 1024 * 1024,
    replDisklessSync: true,
    replicaReadOnly: true,
    minReplicasToWrite: 0,
    minReplicasMaxLagSeconds: 10,
    replicaOutputLimit: { hardBytes: 2 ** 28, softBytes: 2 ** 26, softSeconds: 60 },
  });
  port = 7_001;
  const changed = settings.set([
    ['masterauth', 'secret'],
    ['repl-timeout', '7'],
    ['repl-backlog-size', '2mb'],
    ['repl-diskless-load', 'swapdb'],
    ['min-replicas-to-write', '3'],
    ['client-output-buffer-limit', 'replica 1mb 2kb 3'],
  ]);

  expect(changed).toEqual({ ok: true });
  expect(view).toMatchObject({
    port: 7_001,
    primaryPassword: 'secret',
    replTimeoutSeconds: 7,
    replBacklogBytes: 2 * 1024 * 1024,
    replDisklessLoad: 'swapdb',
    minReplicasToWrite: 3,
    replicaOutputLimit: { hardBytes: 2 ** 20, softBytes: 2_048, softSeconds: 3 },
  });
});
