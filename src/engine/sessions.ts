import type { SessionFilter, SessionView } from '../commands/context.ts';
import type { Session } from './session.ts';

/** All sessions of a server, by id. Ids grow and are never used again. */
export class Sessions {
  readonly #byId = new Map<number, Session>();
  #lastId = 0;

  /** The id of the next session. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  add(session: Session): void {
    this.#byId.set(session.id, session);
  }

  remove(session: Session): void {
    this.#byId.delete(session.id);
  }

  get(id: number): Session | undefined {
    return this.#byId.get(id);
  }

  get all(): Iterable<Session> {
    return this.#byId.values();
  }

  /** Sessions of clients, replicas not counted. */
  get clientCount(): number {
    let count = 0;
    for (const session of this.#byId.values()) if (isClient(session)) count += 1;
    return count;
  }

  get count(): number {
    return this.#byId.size;
  }

  /** Sessions that wait for something. */
  get blockedCount(): number {
    let count = 0;
    for (const session of this.#byId.values()) if (session.state.name === 'blocked') count += 1;
    return count;
  }

  /** Those that match, oldest first. */
  matching(filter: SessionFilter, nowMs: number): Session[] {
    return [...this.#byId.values()].filter((session) => matches(session, filter, nowMs));
  }
}

/** Whether a session is one of clients, monitors among them. */
export function isClient({ kind }: SessionView): boolean {
  return kind === 'client' || kind === 'monitor';
}

/** The class that a session belongs to, for CLIENT LIST and for limits. */
function typeOf(session: SessionView): SessionFilter['type'] | 'internal' {
  const { kind, isSubscriber } = session;
  if (kind !== 'client' && kind !== 'monitor') return kind;
  return isSubscriber ? 'pubsub' : 'normal';
}

function matches(session: SessionView, filter: SessionFilter, nowMs: number): boolean {
  if (filter.ids !== undefined && !filter.ids.includes(session.id)) return false;
  if (filter.address !== undefined && filter.address !== session.remoteAddress) return false;
  if (filter.localAddress !== undefined && filter.localAddress !== session.localAddress) {
    return false;
  }
  if (filter.type !== undefined && filter.type !== typeOf(session)) return false;
  if (filter.userName !== undefined && filter.userName !== session.userName) return false;
  if (filter.maxAgeSeconds !== undefined) {
    if (Math.floor((nowMs - session.createdAtMs) / 1000) < filter.maxAgeSeconds) return false;
  }
  return filter.skip !== session;
}
