import type { ServerControl, SessionView } from '../commands/context.ts';
import type { Engine } from '../engine/engine.ts';
import { errors } from '../protocol/errors.ts';
import type { Replication } from '../replication/replication.ts';
import type { Connection } from '../runtime/connection.ts';
import type { ListenAddress, OpenListener } from '../runtime/listener.ts';
import type { Clients } from './clients.ts';
import type { ServerWorld } from './compose.ts';
import type { DataSet } from './data-set.ts';
import { infoText } from './info.ts';
import { Shutdown } from './shutdown.ts';
import type { Upkeep } from './upkeep.ts';

/** The parts that the process puts to work. */
export interface ProcessParts {
  readonly world: ServerWorld;
  readonly runId: string;
  readonly engine: Engine;
  readonly clients: Clients;
  readonly replication: Replication;
  readonly dataSet: DataSet;
  readonly upkeep: Upkeep;
}

/** A server's life: start, INFO about it, shut down. */
export class ServerProcess implements ServerControl {
  readonly startedAtMs: number;
  readonly shutdownSteps: Shutdown;
  /** The TCP port that is listened on; 0 for none. */
  port: number;
  readonly #parts: ProcessParts;
  #listeners: OpenListener[] = [];

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
      pauseWrites: (untilMs) => engine.pause('shutdown', 'write', untilMs),
      resumeWrites: () => engine.unpause('shutdown'),
      timeoutMs: () => world.settings.value('shutdown-timeout') * 1000,
      stop: () => this.#stop(),
    });
  }

  /** Begins to tick, and to follow the primary that the settings name. */
  start(): void {
    const { replication, upkeep, world } = this.#parts;
    upkeep.start();
    replication.start(world.settings.value('replicaof'));
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
    const { world, runId, engine, clients, replication, dataSet, upkeep } = this.#parts;
    return infoText(sections, {
      settings: world.settings,
      engine,
      clients,
      replication,
      dataSet,
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

  resetStatistics(): void {
    this.#parts.engine.statistics.reset();
    this.#parts.replication.resetStatistics();
    this.#parts.upkeep.peakUsedBytes = this.#parts.engine.keyspace.usedBytes;
  }

  shutdown(modes: readonly string[], caller: SessionView): string | null {
    const { world } = this.#parts;
    if (modes.includes('abort')) {
      return this.shutdownSteps.abort() ? null : errors.noShutdownInProgress.text;
    }
    if (modes.includes('save')) {
      world.log.warning('SHUTDOWN SAVE was refused: this version writes no RDB files yet.');
      return errors.shutdownFailed.text;
    }
    world.log.warning('User requested shutdown...', { client: caller.id });
    world.clock.endOfTurn(() => this.shutdownSteps.begin(modes.includes('now')));
    return null;
  }

  sleep(ms: number): void {
    this.#parts.world.sleep(ms);
  }

  setActiveExpiry(enabled: boolean): void {
    this.#parts.upkeep.expiry.enabled = enabled;
  }

  reload(): string | null {
    return this.#parts.dataSet.reload();
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

  #stop(): void {
    const { clients, replication, upkeep, world } = this.#parts;
    for (const listener of this.#listeners) listener.close();
    this.#listeners = [];
    upkeep.stop();
    replication.stop();
    clients.closeAll();
    world.onStopped();
  }
}
