import type { Command } from '../commands/command.ts';
import { flags } from '../commands/flags.ts';
import { type CommandError, errors } from '../protocol/errors.ts';
import type { Session } from './session.ts';

/** The state of the server, as far as it decides which commands may run. */
export interface ServerConditions {
  passwordRequired: boolean;
  isReplica: boolean;
  replicaReadOnly: boolean;
  /** A replica whose link is down, and that may not serve what it has. */
  staleDataForbidden: boolean;
  /** The data set is being loaded, nothing is there to serve. */
  loading: boolean;
  /** New data grows beside the old, which is served. */
  asyncLoading: boolean;
  /** Fewer good replicas than `min-replicas-to-write`. */
  tooFewReplicas: boolean;
  /** Memory is over `maxmemory` and nothing may be evicted. */
  outOfMemory: boolean;
  /** The last snapshot could not be saved, and writes are refused until one is. */
  savingFailed: boolean;
  debugAllowed: 'no' | 'local' | 'yes';
}

/** One reason to refuse a command. */
export interface AdmissionCheck {
  readonly name: string;
  refuse(command: Command, session: Session, server: ServerConditions): CommandError | null;
}

const mayWrite = flags.write | flags.mayReplicate;

/** In the order in which a request meets them (protocol facts, "error order"). */
export const admissionChecks: readonly AdmissionCheck[] = [
  {
    name: 'authenticated',
    // Whoever came before the password was taken away needs none any more.
    refuse: (command, session, server) =>
      session.authenticated || !server.passwordRequired || (command.flagBits & flags.noAuth) !== 0
        ? null
        : errors.notAuthenticated,
  },
  {
    name: 'debug-allowed',
    refuse: (command, session, server) => {
      if ((command.flagBits & flags.protected) === 0 || server.debugAllowed === 'yes') return null;
      if (server.debugAllowed === 'local' && isLocal(session)) return null;
      return errors.debugNotAllowed;
    },
  },
  {
    name: 'memory',
    refuse: (command, _session, server) =>
      server.outOfMemory && (command.flagBits & flags.denyOutOfMemory) !== 0
        ? errors.outOfMemory
        : null,
  },
  {
    name: 'saving',
    // PING too: whoever watches over servers shall notice.
    refuse: (command, _session, server) =>
      server.savingFailed && ((command.flagBits & flags.write) !== 0 || command.fullName === 'ping')
        ? errors.cannotSave
        : null,
  },
  {
    name: 'enough-replicas',
    refuse: (command, _session, server) =>
      server.tooFewReplicas && !server.isReplica && (command.flagBits & flags.write) !== 0
        ? errors.notEnoughReplicas
        : null,
  },
  {
    name: 'read-only-replica',
    refuse: (command, _session, server) =>
      server.isReplica && server.replicaReadOnly && (command.flagBits & flags.write) !== 0
        ? errors.readOnlyReplica
        : null,
  },
  {
    name: 'stale-data',
    refuse: (command, _session, server) =>
      server.staleDataForbidden && (command.flagBits & flags.stale) === 0
        ? errors.primaryDown
        : null,
  },
  {
    name: 'loading',
    refuse: (command, _session, server) =>
      server.loading && (command.flagBits & flags.loading) === 0 ? errors.loading : null,
  },
  {
    name: 'async-loading',
    refuse: (command, _session, server) =>
      server.asyncLoading && (command.flagBits & flags.noAsyncLoading) !== 0
        ? errors.loading
        : null,
  },
  {
    name: 'replica-connection',
    refuse: (command, session) =>
      session.kind === 'replica' && (command.flagBits & (flags.readOnly | mayWrite)) !== 0
        ? errors.replicaMayNotTouchKeys
        : null,
  },
];

/** The first reason to refuse, null when the command may run. */
export function admit(
  command: Command,
  session: Session,
  server: ServerConditions,
): CommandError | null {
  for (const check of admissionChecks) {
    const refusal = check.refuse(command, session, server);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** Whether no check can refuse an ordinary session: then `admit` need not be asked. */
export function isOpen(server: ServerConditions): boolean {
  return (
    !server.isReplica &&
    !server.staleDataForbidden &&
    !server.loading &&
    !server.asyncLoading &&
    !server.tooFewReplicas &&
    !server.outOfMemory &&
    !server.savingFailed
  );
}

/** Whether a command may change data here or at replicas: what a pause of writes holds back. */
export function isWrite(command: Command): boolean {
  return (command.flagBits & mayWrite) !== 0;
}

function isLocal(session: Session): boolean {
  const host = session.connection?.remoteHost ?? '';
  return host === '127.0.0.1' || host === '::1' || session.remoteAddress.endsWith(':0');
}
