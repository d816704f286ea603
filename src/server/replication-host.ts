import type { Engine } from '../engine/engine.ts';
import type { PrimaryStream } from '../engine/primary-stream.ts';
import type { Request } from '../protocol/request.ts';
import type {
  LoadOptions,
  ReplicationHost,
  SnapshotLoad,
  SnapshotOptions,
  SnapshotWalk,
} from '../replication/host.ts';
import type { Connection } from '../runtime/connection.ts';
import type { Clients } from './clients.ts';
import type { DataSet } from './data-set.ts';

/** The parts of the server that replication acts on. */
export interface ReplicationHostParts {
  readonly engine: Engine;
  readonly stream: PrimaryStream;
  readonly clients: Clients;
  readonly dataSet: DataSet;
  readonly onRoleChanged: (role: 'primary' | 'replica') => void;
}

/** Joins replication to engine, data set and clients. `parts` are asked for at each use. */
export class ServerHost implements ReplicationHost {
  readonly #parts: () => ReplicationHostParts;

  constructor(parts: () => ReplicationHostParts) {
    this.#parts = parts;
  }

  apply(request: Request): boolean {
    return this.#parts().stream.apply(request);
  }

  get primaryDatabase(): number {
    return this.#parts().stream.database;
  }

  set primaryDatabase(index: number) {
    const { stream, engine } = this.#parts();
    // A primary with more databases than we have would otherwise break every later command.
    stream.database = index < engine.keyspace.databases.length ? Math.max(0, index) : 0;
  }

  forgetPrimaryTransaction(): void {
    this.#parts().stream.forgetTransaction();
  }

  get dataIsEmpty(): boolean {
    return this.#parts().engine.keyspace.size === 0;
  }

  startSnapshot(options: SnapshotOptions): SnapshotWalk {
    return this.#parts().dataSet.startSnapshot(options);
  }

  get canStartSnapshot(): boolean {
    return this.#parts().dataSet.writer === null;
  }

  beginLoad(options: LoadOptions): SnapshotLoad {
    return this.#parts().dataSet.beginLoad(options);
  }

  takeOver(sessionId: number): Connection {
    const { clients, engine } = this.#parts();
    const session = clients.sessions.get(sessionId);
    if (session === undefined || session.connection === null) {
      throw new Error(`session ${sessionId} has no connection to take over`);
    }
    engine.flush(session);
    session.kind = 'replica';
    return session.connection;
  }

  closeSession(sessionId: number): void {
    this.#parts().clients.sessions.get(sessionId)?.connection?.destroy();
  }

  roleChanged(role: 'primary' | 'replica'): void {
    this.#parts().onRoleChanged(role);
  }
}
