import { bytesOfLatin1, equalBytes } from '../base/bytes.ts';
import type {
  CommandContext,
  ReplicationControl,
  RoleView,
  SessionView,
  SettingsControl,
} from '../commands/context.ts';
import type { Engine } from '../engine/engine.ts';
import { errors } from '../protocol/errors.ts';
import type { Replication } from '../replication/replication.ts';
import type { Clients } from './clients.ts';
import type { SettingsStore } from './settings/store.ts';

/** CONFIG, AUTH and limits, as commands see them. */
export class ServerSettings implements SettingsControl {
  readonly #settings: SettingsStore;
  readonly #rewrite: () => string | null;

  /** `rewrite` rewrites the configuration file; an error reply when that failed. */
  constructor(settings: SettingsStore, rewrite: () => string | null) {
    this.#settings = settings;
    this.#rewrite = rewrite;
  }

  matching(patterns: readonly string[]): readonly (readonly [string, string])[] {
    return this.#settings.get(patterns);
  }

  set(pairs: readonly (readonly [string, string])[]): string | null {
    const result = this.#settings.set(pairs);
    return result.ok ? null : result.error;
  }

  rewrite(): string | null {
    return this.#rewrite();
  }

  get passwordRequired(): boolean {
    return this.#settings.value('requirepass') !== '';
  }

  authenticate(userName: string, password: Uint8Array): boolean {
    if (userName !== 'default') return false;
    const required = this.#settings.value('requirepass');
    return required === '' || equalBytes(bytesOfLatin1(required), password);
  }

  get databaseCount(): number {
    return this.#settings.value('databases');
  }

  get maxBulkBytes(): number {
    return this.#settings.value('proto-max-bulk-len');
  }

  get usesLfu(): boolean {
    return this.#settings.value('maxmemory-policy').includes('lfu');
  }
}

/** REPLICAOF, PSYNC, WAIT and their kin: replication joined to sessions. */
export class ServerReplication implements ReplicationControl {
  readonly #replication: Replication;
  readonly #clients: Clients;
  readonly #engine: Engine;
  /** Called after anything that may change which commands are admitted. */
  readonly #onChange: () => void;

  constructor(replication: Replication, clients: Clients, engine: Engine, onChange: () => void) {
    this.#replication = replication;
    this.#clients = clients;
    this.#engine = engine;
    this.#onChange = onChange;
  }

  get isReplica(): boolean {
    return this.#replication.isReplica;
  }

  roleView(): RoleView {
    return this.#replication.roleView();
  }

  follow(host: string, port: number, caller: SessionView): 'ok' | 'already' | { error: string } {
    if (caller.kind === 'replica') return { error: errors.replicaofFromReplica.text };
    return this.#replication.follow(host, port);
  }

  promote(): void {
    this.#replication.promote();
  }

  replconf(context: CommandContext): void {
    const { id, remoteAddress } = context.session;
    this.#replication.replconf(this.#callerOf(id, remoteAddress), context.request, context.reply);
    this.#onChange();
  }

  sync(context: CommandContext): void {
    const { id, remoteAddress } = context.session;
    const connection = this.#clients.sessions.get(id)?.connection;
    const hasPendingOutput = (connection?.pendingBytes ?? 0) > 0;
    const caller = this.#callerOf(id, remoteAddress);
    this.#replication.sync(caller, context.request, hasPendingOutput);
    this.#onChange();
  }

  acknowledgedBy(offset: number): number {
    return this.#replication.acknowledgedBy(offset);
  }

  wait(context: CommandContext, replicaCount: number, timeoutMs: number): void {
    const offset = context.session.lastWriteOffset;
    const count = this.#replication.acknowledgedBy(offset);
    const session = this.#clients.sessions.get(context.session.id);
    if (count >= replicaCount || context.session.inTransaction || session === undefined) {
      context.reply.integer(count);
      return;
    }
    const cancel = this.#replication.wait({
      offset,
      replicaCount,
      timeoutMs,
      onDone: () => this.#engine.waits.unblock(session, 'ready'),
    });
    this.#engine.block(session, {
      answer: (end, reply) => {
        if (end !== 'ready') cancel();
        if (end === 'error') reply.error(errors.unblockedByClient.text);
        else if (end === 'role-changed') reply.error(errors.unblockedByRoleChange.text);
        else reply.integer(this.#replication.acknowledgedBy(offset));
      },
      cancel,
    });
  }

  #callerOf(
    id: number,
    remoteAddress: string,
  ): {
    readonly id: number;
    readonly remoteAddress: string;
    readonly remoteHost: string;
  } {
    const remoteHost = this.#clients.sessions.get(id)?.connection?.remoteHost ?? '';
    return { id, remoteAddress, remoteHost };
  }
}
