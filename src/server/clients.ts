import { bytesOf } from '../base/bytes.ts';
import type { ClientsControl, SessionFilter, SessionView } from '../commands/context.ts';
import type { Engine } from '../engine/engine.ts';
import { Session } from '../engine/session.ts';
import { isClient, Sessions } from '../engine/sessions.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Connection } from '../runtime/connection.ts';
import type { Log } from '../runtime/log.ts';
import { protectedModeRefusal, tooManyClientsRefusal } from './refusals.ts';
import type { SettingsStore } from './settings/store.ts';

/** What clients need of the rest of the server. */
export interface ClientsWorld {
  readonly settings: SettingsStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly engine: Engine;
  /** Sessions that became replicas: replication hears of their connections. */
  readonly replicas: {
    sessionClosed(sessionId: number): void;
    sessionDrained(sessionId: number): void;
    noteActivity(sessionId: number): void;
    /** Cuts the link to our primary; says whether there is one. */
    breakLink(): boolean;
  };
}

/** The clients of a server: who is let in, what bounds hold, who is cut. */
export class Clients implements ClientsControl {
  readonly sessions = new Sessions();
  readonly #world: ClientsWorld;
  readonly #limits: ClientLimits;

  constructor(world: ClientsWorld) {
    this.#world = world;
    this.#limits = new ClientLimits(world.settings);
    world.settings.onChange('proto-max-bulk-len', (value) => {
      for (const session of this.sessions.all) session.parser.limits.maxBulkBytes = value;
      return undefined;
    });
  }

  get count(): number {
    return this.sessions.count;
  }

  /** A client connected. */
  accept(connection: Connection): void {
    const { settings, engine, log, clock } = this.#world;
    engine.statistics.connectionsReceived += 1;
    const refusal = this.#refusalOf(connection);
    if (refusal !== null) {
      engine.statistics.connectionsRejected += 1;
      connection.listen(deafListener);
      connection.write(bytesOf(refusal));
      connection.end();
      return;
    }
    connection.setKeepAlive(settings.value('tcp-keepalive'));
    const session = new Session({
      id: this.sessions.nextId(),
      kind: 'client',
      connection,
      nowMs: clock.nowMs(),
      authenticated: settings.value('requirepass') === '',
      maxBulkBytes: this.#limits.maxBulkBytes,
    });
    this.sessions.add(session);
    log.verbose(`Accepted ${connection.remoteAddress}`);
    connection.listen({
      onData: (bytes, length) => this.#received(session, bytes, length),
      onDrain: () => {
        if (session.kind === 'replica') this.#world.replicas.sessionDrained(session.id);
      },
      onClose: (reason) => this.#closed(session, reason),
    });
  }

  /** The engine has nothing further for a session: it goes when its replies are sent. */
  end(session: Session): void {
    session.connection?.end();
  }

  /** A reply stays because its client does not read: too much of that ends the session. */
  outputKept(session: Session): void {
    if (isClient(session)) this.#checkOutput(session, this.#world.clock.nowMs());
  }

  /** Called about ten times a second. */
  tick(nowMs: number): void {
    const timeoutSeconds = this.#world.settings.value('timeout');
    for (const session of this.sessions.all) {
      if (!isClient(session)) continue;
      this.#checkOutput(session, nowMs);
      const idleMs = nowMs - session.lastActiveAtMs;
      const listens = session.isSubscriber || session.kind === 'monitor';
      const mayIdle = session.state.name !== 'running' || listens;
      const isIdle = !mayIdle && idleMs > timeoutSeconds * 1000;
      if (timeoutSeconds > 0 && isIdle) {
        this.#world.log.verbose('Closing idle client');
        this.#cut(session);
      }
    }
  }

  list(filter: SessionFilter): readonly SessionView[] {
    return this.sessions.matching(filter, this.#world.clock.nowMs());
  }

  kill(filter: SessionFilter, caller: SessionView): number {
    const victims = this.sessions.matching(filter, this.#world.clock.nowMs());
    for (const session of victims) {
      if (session === caller) session.closeAfterReply();
      else this.#cut(session);
    }
    // Our primary's link is no session of a client.
    if (filter.type === 'primary') return this.#world.replicas.breakLink() ? 1 : 0;
    return victims.length;
  }

  pause(mode: 'write' | 'all', untilMs: number): void {
    this.#world.engine.waits.pause('client', mode, untilMs);
  }

  unpause(): void {
    this.#world.engine.waits.unpause('client');
  }

  unblock(id: number, how: 'timeout' | 'error'): boolean {
    const session = this.sessions.get(id);
    return session !== undefined && this.#world.engine.waits.unblock(session, how);
  }

  /** Ends the waits of all sessions, because the server's role changed. */
  unblockAll(): void {
    for (const session of this.sessions.all)
      this.#world.engine.waits.unblock(session, 'role-changed');
  }

  /** Cuts everybody. */
  closeAll(): void {
    for (const session of this.sessions.all) this.#cut(session);
  }

  #received(session: Session, bytes: Uint8Array, length: number): void {
    const { engine } = this.#world;
    if (session.state.name === 'closing') return;
    if (session.kind === 'replica') this.#world.replicas.noteActivity(session.id);
    engine.receive(session, bytes, length);
    if (session.heldInputBytes <= this.#limits.queryBufferBytes) return;
    engine.statistics.queryLimitDisconnections += 1;
    this.#world.log.warning('Closing client that reached max query buffer length', {
      client: session.describe(this.#world.clock.nowMs()),
    });
    this.#cut(session);
  }

  /** Ends a session at once: it runs nothing and is not listed while its socket closes. */
  #cut(session: Session): void {
    this.sessions.remove(session);
    this.#world.engine.forget(session);
    session.connection?.destroy();
  }

  #closed(session: Session, reason: string): void {
    this.sessions.remove(session);
    this.#world.engine.forget(session);
    this.#world.replicas.sessionClosed(session.id);
    this.#world.log.verbose('Client closed connection', {
      id: session.id,
      addr: session.remoteAddress,
      ...(reason === '' ? {} : { reason }),
    });
  }

  #refusalOf(connection: Connection): string | null {
    const { settings } = this.#world;
    if (this.sessions.count >= settings.value('maxclients')) return tooManyClientsRefusal;
    const isOpen = settings.value('protected-mode') && settings.value('requirepass') === '';
    return isOpen && !isLocal(connection) ? protectedModeRefusal : null;
  }

  #checkOutput(session: Session, nowMs: number): void {
    const pending = session.connection?.pendingBytes ?? 0;
    const { hardBytes, softBytes, softSeconds } = this.#limits.outputOf(session);
    const isOverSoft = softBytes > 0 && pending > softBytes;
    if (!isOverSoft) session.overLimitSinceMs = 0;
    else if (session.overLimitSinceMs === 0) session.overLimitSinceMs = nowMs;
    const isLongOver = isOverSoft && nowMs - session.overLimitSinceMs > softSeconds * 1000;
    if (!isLongOver && !(hardBytes > 0 && pending > hardBytes)) return;
    this.#world.engine.statistics.outputLimitDisconnections += 1;
    this.#world.log.warning(
      `Client ${session.describe(nowMs)} closed for overcoming of output buffer limits.`,
    );
    this.#cut(session);
  }
}

/** Bounds that are looked at for each piece of input, kept beside the settings for speed. */
class ClientLimits {
  maxBulkBytes: number;
  queryBufferBytes: number;
  readonly #settings: SettingsStore;

  constructor(settings: SettingsStore) {
    this.#settings = settings;
    this.maxBulkBytes = settings.value('proto-max-bulk-len');
    this.queryBufferBytes = settings.value('client-query-buffer-limit');
    settings.onChange('proto-max-bulk-len', (value) => {
      this.maxBulkBytes = value;
      return undefined;
    });
    settings.onChange('client-query-buffer-limit', (value) => {
      this.queryBufferBytes = value;
      return undefined;
    });
  }

  outputOf(session: Session): { hardBytes: number; softBytes: number; softSeconds: number } {
    const { normal, pubsub } = this.#settings.value('client-output-buffer-limit');
    return session.isSubscriber ? pubsub : normal;
  }
}

const deafListener = {
  onData: () => {},
  onDrain: () => {},
  onClose: () => {},
};

/** Whether the peer is this machine. */
function isLocal({ remoteHost, remoteAddress }: Connection): boolean {
  const host = remoteHost.startsWith('::ffff:') ? remoteHost.slice(7) : remoteHost;
  return host === '::1' || host.startsWith('127.') || remoteAddress.endsWith(':0');
}
