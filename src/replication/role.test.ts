import { expect, test } from 'vitest';
import type { ReplicaView } from './primary/replicas.ts';
import { roleViewOf } from './role.ts';

test('role: a primary shows the replicas that are online', () => {
  const seen = { host: '10.0.0.1', offset: 7, lagSeconds: 0, heldBytes: 0 };
  const replicas: readonly ReplicaView[] = [
    { ...seen, port: 1, state: 'online' },
    { ...seen, port: 2, state: 'wait_bgsave' },
  ];

  const view = roleViewOf({ name: 'primary' }, 42, replicas);

  expect(view).toMatchObject({ role: 'primary', offset: 42 });
  expect(view.role === 'primary' ? view.replicas.map(({ port }) => port) : []).toEqual([1]);
});
