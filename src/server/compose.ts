import { createCommandTable } from '../commands/table.ts';
import { ActiveExpiry } from '../engine/active-expiry.ts';
import type { EffectSink } from '../engine/effects.ts';
import { Engine } from '../engine/engine.ts';
import { PrimaryStream } from '../engine/primary-stream.ts';
import { Session } from '../engine/session.ts';
import { Replication } from '../replication/replication.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Connector } from '../runtime/connection.ts';
import type { Disk } from '../runtime/disk.ts';
import type { Listener } from '../runtime/listener.ts';
import type { Log } from '../runtime/log.ts';
import { type Random, randomHex } from '../runtime/random.ts';
import { Clients } from './clients.ts';
import { conditionSettings, freshConditions, refreshConditions } from './conditions.ts';
import { ServerReplication, ServerSettings } from './controls.ts';
import { DataSet } from './data-set.ts';
import type { ProcessFacts } from './info-sections.ts';
import { applyInstrumentSettings } from './instrument-settings.ts';
import { ServerProcess } from './process-control.ts';
import { ServerHost } from './replication-host.ts';
import { Saves } from './saves.ts';
import type { SettingsStore } from './settings/store.ts';
import { replicationSettingsOf } from './settings-views.ts';
import { StartupLoad } from './startup-load.ts';
import { logUnexpectedError } from './unexpected-error.ts';
import { Upkeep } from './upkeep.ts';
import { ServerValues } from './value-transfer.ts';

/** The world that one server lives in: real in production, simulated in tests. */
export interface ServerWorld {
  readonly settings: SettingsStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly listener: Listener;
  readonly connector: Connector;
  readonly disk: Disk;
  readonly process: ProcessFacts;
  readonly configFile: string | null;
  /** Rewrites the configuration file; an error reply when that failed. */
  readonly rewriteConfig: () => string | null;
  /** Blocks the whole process: DEBUG SLEEP. */
  readonly sleep: (ms: number) => void;
  /** How much memory the data set takes at a time; 64 MiB unless a test has many servers. */
  readonly slabBytes?: number;
  /** A data set begins to be loaded, or that has ended. */
  readonly onLoading?: (isLoading: boolean) => void;
  /** The role changed, for the log's role letter. */
  readonly onRole: (role: 'primary' | 'replica') => void;
  /** The server has stopped. */
  readonly onStopped: () => void;
}

/** A server that is put together and not yet listening. */
export interface ComposedServer {
  readonly engine: Engine;
  readonly clients: Clients;
  readonly replication: Replication;
  readonly dataSet: DataSet;
  readonly saves: Saves;
  readonly control: ServerProcess;
  readonly upkeep: Upkeep;
}

/** Puts a server together. Nothing runs until `start`. */
export function composeServer(world: ServerWorld): ComposedServer {
  const { settings, clock, log } = world;
  const dataSet = new DataSet({
    ...world,
    onLoadingChanged: () => {
      saves.loadingChanged();
      refresh();
    },
    onReplaced: () => saves.dataReplaced(),
    onWalked: () => replication.snapshotIsFree(),
  });
  const host = new ServerHost(() => ({
    engine,
    stream,
    clients,
    dataSet,
    onRoleChanged: (role) => {
      engine.run.expiry.deletes = role === 'primary';
      refresh();
      if (role === 'replica') clients.unblockAll();
      world.onRole(role);
      settings.replace('replicaof', addressText(replication));
    },
  }));
  const replication = new Replication({
    ...world,
    host,
    settings: replicationSettingsOf(settings, () => control.port),
  });
  const sink = sinkOf(replication);
  const engine = newEngine(world, dataSet, replication, () => clients);
  dataSet.attach(engine);
  const stream = new PrimaryStream(engine, primarySession(clock), (request, error) => {
    engine.statistics.unexpectedErrorReplies += 1;
    logUnexpectedError(log, request, error);
  });
  const clients = new Clients({ settings, clock, log, engine, replicas: replication });
  const saves: Saves = newSaves(world, { engine, replication, dataSet, refresh: () => refresh() });
  const refresh = (): void => refreshConditions({ engine, settings, replication, dataSet, saves });
  const upkeep = new Upkeep({
    ...{ clock, engine, clients, replication, dataSet, saves, settings },
    expiry: new ActiveExpiry(clock, sink, engine.statistics, engine.run.keys),
    refreshConditions: refresh,
  });
  const parts = { engine, clients, replication, dataSet, saves, upkeep };
  const control: ServerProcess = new ServerProcess({
    world,
    runId: randomHex(world.random, 40),
    startupLoad: (done) => new StartupLoad({ ...world, dataSet, replication, sink, saves, done }),
    ...parts,
  });
  engine.attach({
    settings: new ServerSettings(settings, world.rewriteConfig),
    clients,
    replication: new ServerReplication(replication, clients, engine, refresh),
    server: control,
    values: new ServerValues(settings, () => engine.keyspace.access),
  });
  refreshOnChange(world, refresh);
  return { ...parts, control };
}

function publishEvents(settings: SettingsStore, engine: Engine): void {
  const publish = (letters: string): undefined => {
    engine.run.keyspaceEvents.letters = letters;
    engine.run.keys.observe();
  };
  publish(settings.value('notify-keyspace-events'));
  settings.onChange('notify-keyspace-events', publish);
}

function refreshOnChange({ settings, clock }: ServerWorld, refresh: () => void): void {
  refresh();
  for (const name of conditionSettings) {
    settings.onChange(name, () => {
      clock.endOfTurn(refresh);
      return undefined;
    });
  }
}

function newSaves(
  world: ServerWorld,
  parts: {
    readonly engine: Engine;
    readonly replication: Replication;
    readonly dataSet: DataSet;
    readonly refresh: () => void;
  },
): Saves {
  return new Saves({
    ...world,
    dataSet: parts.dataSet,
    processId: world.process.pid,
    changeCount: () => parts.engine.run.changeCount,
    position: () => parts.replication.savedPosition,
    refreshConditions: parts.refresh,
  });
}

function newEngine(
  world: ServerWorld,
  dataSet: DataSet,
  replication: Replication,
  clients: () => Clients,
): Engine {
  const { settings, clock, random, log } = world;
  const engine = new Engine({
    table: createCommandTable(new Map(settings.renamedCommands.map(({ from, to }) => [from, to]))),
    keyspace: dataSet.newKeyspace(),
    clock,
    random,
    sink: sinkOf(replication),
    conditions: freshConditions(settings),
    sessionOf: (id) => clients().sessions.get(id),
    events: {
      endSession: (session) => clients().end(session),
      outputKept: (session) => clients().outputKept(session),
      foreignProtocol: (session) =>
        log.warning(
          'Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: ' +
            'commands to Redis. This is likely due to an attacker attempting to use Cross Protocol ' +
            'Scripting to compromise your Redis instance. Connection aborted.',
          { addr: session.remoteAddress },
        ),
      blankLine: (session) => replication.noteActivity(session.id),
    },
  });
  publishEvents(settings, engine);
  applyInstrumentSettings(settings, engine.instruments);
  return engine;
}

function sinkOf(replication: Replication): EffectSink {
  const { feed } = replication;
  return {
    get wantsEffects() {
      return feed.wantsEffects;
    },
    get offset() {
      return replication.offset;
    },
    feed: (index, bytes, start, end) => feed.feed(index, bytes, start, end),
    beginTransaction: () => feed.beginTransaction(),
    endTransaction: () => feed.endTransaction(),
  };
}

function primarySession(clock: Clock): Session {
  return new Session({
    id: 0,
    kind: 'primary',
    connection: null,
    nowMs: clock.nowMs(),
    authenticated: true,
    maxBulkBytes: Number.MAX_SAFE_INTEGER,
  });
}

/** The setting `replicaof` as it stands now. */
function addressText(replication: Replication): string {
  const address = replication.primaryAddress;
  return address === null ? '' : `${address.host} ${address.port}`;
}
