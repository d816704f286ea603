import { errors } from '../protocol/errors.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';

/** MONITOR: the requests of everybody, as they run. */

const monitor = defineCommand({
  name: 'MONITOR',
  summary: 'Shows every request that the server runs.',
  since: '1.0.0',
  group: 'server',
  flags: ['admin', 'noscript', 'loading', 'stale'],
  execute({ session, instruments, reply }) {
    if (session.inTransaction) throw errors.monitorInTransaction;
    // A monitor asks in vain, and is not answered.
    if (session.kind !== 'client') return;
    instruments.monitors.begin();
    reply.ok();
  },
});

export const monitorCommands: readonly CommandDeclaration[] = [monitor];
