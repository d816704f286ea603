import type { MemoryView, ReloadOptions, ServerControl, SessionView } from '../commands/context.ts';
import type { Engine } from '../engine/engine.ts';
import type { Session } from '../engine/session.ts';
import { errors } from '../protocol/errors.ts';
import type { Replication } from '../replication/replication.ts';
import type { Connection } from '../runtime/connection.ts';
import type { ListenAddress, OpenListener } from '../runtime/listener.ts';
import type { Clients } from './clients.ts';
import type { ServerWorld } from './compose.ts';
import type { DataSet } from './data-set.ts';
import { infoText } from './info.ts';
import { memoryViewOf } from './memory-view.ts';
import type { Saves } from './saves.ts';
import type { ShutdownOptions } from './settings/list-kinds.ts';
import { Shutdown } from './shutdown.ts';
import type { StartupLoad } from './startup-load.ts';
import type { Upkeep } from './upkeep.ts';

/** The parts that the process puts to work. */
export interface ProcessParts {
  readonly world: ServerWorld;
  readonly runId: string;
  readonly engine: Engine;
  readonly clients: Clients;
  readonly replication: Replication;
  readonly dataSet: DataSet;
  readonly saves: Saves;
  readonly upkeep: Upkeep;
  /** Makes the load of the server's own file; `done` hears how it ended. */
  readonly startupLoad: (done: (failure: string | null) => void) => StartupLoad;
}

/** A server's life: start, INFO about it, shut down. */
export class ServerProcess implements ServerControl {
  readonly startedAtMs: number;
  readonly shutdownSteps: Shutdown;
  /** The TCP port that is listened on; 0 for none. */
  port: number;
  readonly #parts: ProcessParts;
  #listeners: OpenListener[] = [];
  #startupLoad: StartupLoad | null = null;
  /** Clients that asked for the end, and hear of it only when it is called off. */
  readonly #askedForEnd = new Set<Session>();

  constructor(parts: ProcessParts) {
    const { world, engine, replication } = parts;
    this.#parts = parts;
    this.port = world.settings.value('port');
    this.startedAtMs = world.clock.nowMs();
    this.shutdownSteps = new Shutdown({
      clock: world.clock,
      log: world.log,
      laggingReplicas: () =>
        replication.isReplica
          ? []
          : replication.replicas
              .filter(({ state, offset }) => state === 'online' && offset < replication.offset)
              .map(({ host, port, offset, lagSeconds }) => {
                const behind = replication.offset - offset;
                return `${host}:${port}, ${behind} bytes behind, lag of ${lagSeconds} seconds`;
              }),
      replicaCount: () => replication.replicas.length,
      askForAcknowledgements: () => replication.askForAcknowledgements(),
      pauseWrites: (untilMs) => engine.waits.pause('shutdown', 'write', untilMs),
      resumeWrites: () => engine.waits.unpause('shutdown'),
      timeoutMs: () => world.settings.value('shutdown-timeout') * 1000,
      save: (mode) => this.#saveForEnd(mode),
      calledOff: () => this.#endCalledOff(),
      stop: () => this.#stop(),
    });
  }

  /**
   * Begins to load the server's file; then ticks, and follows the primary that the settings name.
   * `done` hears null, or why the file cannot be loaded: then the server must not go on.
   */
  start(done: (failure: string | null) => void = () => {}): void {
    const { replication, upkeep, world, startupLoad } = this.#parts;
    const primary = world.settings.value('replicaof');
    replication.prepare(primary);
    upkeep.start();
    this.#startupLoad = startupLoad((failure) => {
      this.#startupLoad = null;
      if (failure === null) replication.start(primary);
      done(failure);
    });
    this.#startupLoad.start();
  }

  /** Listens on one more address; answers with the port, or with why not. */
  listen(address: ListenAddress, done: (failure: string | null, port: number) => void): void {
    const opened = this.#parts.world.listener.listen(
      address,
      (connection: Connection) => this.#parts.clients.accept(connection),
      (port) => {
        if (address.kind === 'tcp') this.port = port;
        done(null, port);
      },
      (cause) => done(cause, 0),
    );
    this.#listeners.push(opened);
  }

  info(sections: readonly string[]): string {
    const { world, runId, engine, clients, replication, dataSet, saves, upkeep } = this.#parts;
    return infoText(sections, {
      settings: world.settings,
      engine,
      clients,
      replication,
      dataSet,
      saves,
      process: world.process,
      rates: upkeep.rates,
      shutdown: this.shutdownSteps.state,
      runId,
      configFile: world.configFile,
      port: this.port,
      nowMs: world.clock.nowMs(),
      startedAtMs: this.startedAtMs,
      peakUsedBytes: upkeep.peakUsedBytes,
    });
  }

  memory(): MemoryView {
    return memoryViewOf(this.#parts);
  }

  resetStatistics(): void {
    this.#parts.engine.statistics.reset();
    this.#parts.engine.instruments.timing.reset();
    this.#parts.replication.resetStatistics();
    this.#parts.upkeep.peakUsedBytes = this.#parts.engine.keyspace.usedBytes;
  }

  shutdown(modes: readonly string[], caller: SessionView): string | null {
    const { world, clients, engine } = this.#parts;
    if (modes.includes('abort')) {
      return this.shutdownSteps.abort() ? null : errors.noShutdownInProgress.text;
    }
    world.log.warning('User requested shutdown...', { client: caller.id });
    const session = clients.sessions.get(caller.id);
    if (session !== undefined && !caller.inTransaction) {
      this.#askedForEnd.add(session);
      engine.block(session, {
        answer: (_end, reply) => reply.error(errors.shutdownFailed.text),
        cancel: () => this.#askedForEnd.delete(session),
      });
    }
    const mode: ShutdownOptions = {
      save: modes.includes('save') ? 'yes' : modes.includes('nosave') ? 'no' : 'as-configured',
      now: modes.includes('now'),
      force: modes.includes('force'),
    };
    world.clock.endOfTurn(() => this.shutdownSteps.begin(mode));
    return null;
  }

  sleep(ms: number): void {
    this.#parts.world.sleep(ms);
  }

  setActiveExpiry(enabled: boolean): void {
    this.#parts.upkeep.expiry.enabled = enabled;
  }

  save(): string | null {
    return this.#parts.saves.save();
  }

  backgroundSave(later: boolean): 'started' | 'scheduled' | { readonly error: string } {
    return this.#parts.saves.saveInBackground(later);
  }

  get lastSaveAtMs(): number {
    return this.#parts.saves.lastSaveAtMs;
  }

  dataFlushed(): void {
    this.#parts.saves.dataFlushed();
  }

  reload({ save, flush, merge }: ReloadOptions): string | null {
    const { saves, dataSet, replication, world } = this.#parts;
    // A walk reads the tables that the file's keys would go into.
    if (!flush && dataSet.writer !== null) return errors.saveInProgress.text;
    if (save && !saves.saveNow()) return errors.saveFailed.text;
    const how = { flush, merge, dropsExpired: !replication.isReplica };
    const failure = dataSet.loadNow(how, (take) => world.disk.instant.read(saves.fileName, take));
    if (failure !== null) {
      world.log.warning(`Error trying to load the RDB dump: ${failure}`);
      return errors.reloadFailed.text;
    }
    saves.dataLoaded();
    world.log.warning('DB reloaded by DEBUG RELOAD');
    return null;
  }

  logLine(text: string): void {
    this.#parts.world.log.warning(`DEBUG LOG: ${text}`);
  }

  nowUs(): number {
    return this.#parts.world.clock.nowMs() * 1000 + (this.#parts.world.clock.monotonicUs() % 1000);
  }

  changeReplicationId(): void {
    this.#parts.replication.changeReplicationId();
  }

  debugSwitch(name: string, value: string): string | null {
    this.#parts.world.log.notice('DEBUG switch noted', { name, value });
    return null;
  }

  /** Saves before the end. While the file is still being loaded there is nothing to save. */
  #saveForEnd(mode: ShutdownOptions['save']): boolean {
    const { saves, dataSet, world } = this.#parts;
    saves.cancel('the server stops');
    if (this.#startupLoad !== null || dataSet.loading !== null || mode === 'no') return true;
    if (mode === 'as-configured' && !saves.hasSavePoints) return true;
    world.log.notice('Saving the final RDB snapshot before exiting.');
    return saves.saveNow();
  }

  #endCalledOff(): void {
    const { engine } = this.#parts;
    for (const session of [...this.#askedForEnd]) engine.waits.unblock(session, 'error');
    this.#askedForEnd.clear();
  }

  #stop(): void {
    const { clients, replication, upkeep, world } = this.#parts;
    this.#startupLoad?.cancel();
    for (const listener of this.#listeners) listener.close();
    this.#listeners = [];
    upkeep.stop();
    replication.stop();
    clients.closeAll();
    world.onStopped();
  }
}
