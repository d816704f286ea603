import { bytesOfLatin1 } from '../base/bytes.ts';
import type { Session } from './session.ts';

/** A prefix, who listens to it, and which keys with it have changed since the last report. */
interface Prefix {
  readonly sessions: Set<Session>;
  /** The keys, with the session that changed each last; null for nobody's command. */
  readonly changed: Map<string, Session | null>;
}

/** Prefixes of keys that clients in broadcasting mode want to hear of. */
export class TrackingPrefixes {
  readonly #prefixes = new Map<string, Prefix>();
  #hasChanges = false;

  get count(): number {
    return this.#prefixes.size;
  }

  add(session: Session, prefix: string): void {
    const known = this.#prefixes.get(prefix);
    if (known === undefined) {
      this.#prefixes.set(prefix, { sessions: new Set([session]), changed: new Map() });
    } else {
      known.sessions.add(session);
    }
  }

  remove(session: Session, prefix: string): void {
    const known = this.#prefixes.get(prefix);
    if (known === undefined) return;
    known.sessions.delete(session);
    if (known.sessions.size === 0) this.#prefixes.delete(prefix);
  }

  /** Notes a change; returns whether it is the first since the last report. */
  touch(name: string, by: Session | null): boolean {
    let isNoted = false;
    for (const [prefix, { changed }] of this.#prefixes) {
      if (!name.startsWith(prefix)) continue;
      changed.set(name, by);
      isNoted = true;
    }
    const isFirst = isNoted && !this.#hasChanges;
    if (isNoted) this.#hasChanges = true;
    return isFirst;
  }

  /** Gives each listener the keys that changed, in order, and forgets them. */
  report(tell: (session: Session, keys: readonly Uint8Array[]) => void): void {
    this.#hasChanges = false;
    for (const { sessions, changed } of [...this.#prefixes.values()]) {
      if (changed.size === 0) continue;
      const sorted = [...changed].sort(([left], [right]) => (left < right ? -1 : 1));
      changed.clear();
      const all = sorted.map(([name]) => bytesOfLatin1(name));
      for (const session of [...sessions]) {
        const isOwn = session.tracking?.ignoresOwn === true;
        const keys = isOwn ? all.filter((_, i) => sorted[i][1] !== session) : all;
        if (keys.length > 0) tell(session, keys);
      }
    }
  }
}
