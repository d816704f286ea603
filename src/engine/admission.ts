import type { Command } from '../commands/command.ts';
import { flags } from '../commands/flags.ts';
import { type CommandError, errors, subscriberOnly } from '../protocol/errors.ts';
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
  /** `bits` are the flags that count: of EXEC, those of the commands that it would run. */
  refuse(
    bits: number,
    session: Session,
    server: ServerConditions,
    command: Command,
  ): CommandError | null;
}

const mayWrite = flags.write | flags.mayReplicate;

/** In the order in which a request meets them (protocol facts, "error order"). */
export const admissionChecks: readonly AdmissionCheck[] = [
  {
    name: 'authenticated',
    // Whoever came before the password was taken away needs none any more.
    refuse: (bits, session, server) =>
      session.authenticated || !server.passwordRequired || (bits & flags.noAuth) !== 0
        ? null
        : errors.notAuthenticated,
  },
  {
    name: 'allowed-in-transaction',
    refuse: (bits, { transaction }) =>
      transaction !== null && (bits & flags.noMulti) !== 0 ? errors.notInTransaction : null,
  },
  {
    name: 'debug-allowed',
    refuse: (bits, session, server) => {
      if ((bits & flags.protected) === 0 || server.debugAllowed === 'yes') return null;
      if (server.debugAllowed === 'local' && isLocal(session)) return null;
      return errors.debugNotAllowed;
    },
  },
  {
    name: 'memory',
    // What waits for EXEC takes memory, too.
    refuse: (bits, { transaction }, server) => {
      if (!server.outOfMemory) return null;
      const isQueued = transaction !== null && (bits & flags.unqueued) === 0;
      return isQueued || (bits & flags.denyOutOfMemory) !== 0 ? errors.outOfMemory : null;
    },
  },
  {
    name: 'saving',
    // PING too: whoever watches over servers shall notice.
    refuse: (bits, _session, server, command) =>
      server.savingFailed && ((bits & flags.write) !== 0 || command.fullName === 'ping')
        ? errors.cannotSave
        : null,
  },
  {
    name: 'enough-replicas',
    refuse: (bits, _session, server) =>
      server.tooFewReplicas && !server.isReplica && (bits & flags.write) !== 0
        ? errors.notEnoughReplicas
        : null,
  },
  {
    name: 'read-only-replica',
    refuse: (bits, _session, server) =>
      server.isReplica && server.replicaReadOnly && (bits & flags.write) !== 0
        ? errors.readOnlyReplica
        : null,
  },
  {
    name: 'subscriber',
    refuse: (bits, session, _server, command) => {
      const isBound = session.subscriptions !== null && session.protocol === 2;
      return isBound && (bits & flags.subscriber) === 0 ? subscriberOnly(command.fullName) : null;
    },
  },
  {
    name: 'stale-data',
    refuse: (bits, _session, server) =>
      server.staleDataForbidden && (bits & flags.stale) === 0 ? errors.primaryDown : null,
  },
  {
    name: 'loading',
    refuse: (bits, _session, server) =>
      server.loading && (bits & flags.loading) === 0 ? errors.loading : null,
  },
  {
    name: 'async-loading',
    refuse: (bits, _session, server) =>
      server.asyncLoading && (bits & flags.noAsyncLoading) !== 0 ? errors.loading : null,
  },
  {
    name: 'replica-connection',
    refuse: (bits, session) =>
      (session.kind === 'replica' || session.kind === 'monitor') &&
      (bits & (flags.readOnly | mayWrite)) !== 0
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
  const bits = flagsOf(command, session);
  for (const check of admissionChecks) {
    const refusal = check.refuse(bits, session, server, command);
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
export function isWrite(command: Command, session: Session): boolean {
  return (flagsOf(command, session) & mayWrite) !== 0;
}

/** The flags that a command is admitted by: EXEC is what its transaction is. */
function flagsOf({ flagBits }: Command, { transaction }: Session): number {
  if ((flagBits & flags.inherits) === 0 || transaction?.name !== 'queueing') return flagBits;
  return transaction.queued.flagsOfExec(flagBits);
}

function isLocal(session: Session): boolean {
  const host = session.connection?.remoteHost ?? '';
  return host === '127.0.0.1' || host === '::1' || session.remoteAddress.endsWith(':0');
}
