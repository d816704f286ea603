import { assert } from '../base/assert.ts';
import { latin1Of } from '../base/bytes.ts';
import type { MonitorsControl } from '../commands/instruments.ts';
import type { Request } from '../protocol/request.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Session } from './session.ts';
import { redacted } from './slow-log.ts';

/** What monitors need of the engine around them. */
export interface MonitorsWorld {
  readonly clock: Clock;
  /** Sends bytes to a session: after its reply when its command runs, else in this turn. */
  readonly send: (session: Session, bytes: Uint8Array) => void;
  /** The session whose requests run; null while none do. */
  readonly current: () => Session | null;
  /** Called after the first monitor has come or the last has gone. */
  readonly changed: () => void;
}

/** MONITOR: sessions that are shown every request, as a line of text. */
export class Monitors implements MonitorsControl {
  readonly #world: MonitorsWorld;
  readonly #sessions = new Set<Session>();
  /** Unix time of the monotonic clock's zero, in microseconds. */
  #zeroUs = 0;

  constructor(world: MonitorsWorld) {
    this.#world = world;
  }

  get count(): number {
    return this.#sessions.size;
  }

  begin(): void {
    const session = this.#world.current();
    assert(session !== null, 'monitoring is asked for by a command');
    session.kind = 'monitor';
    this.#sessions.add(session);
    this.#world.changed();
  }

  end(): void {
    const session = this.#world.current();
    if (session !== null) this.forget(session);
  }

  /** A session is gone, or is an ordinary one again. */
  forget(session: Session): void {
    if (!this.#sessions.delete(session)) return;
    session.kind = 'client';
    this.#world.changed();
  }

  /** Shows a request that has run. `hidden`: words that hold secrets. */
  show(session: Session, request: Request, hidden: readonly number[]): void {
    let line = `+${this.#now()} [${session.databaseIndex} ${session.remoteAddress}]`;
    for (let word = 0; word < request.count; word += 1) {
      if (hidden.includes(word)) line += ` "${redacted}"`;
      else line += ` "${escaped(request, word)}"`;
    }
    const bytes = encoder.encode(`${line}\r\n`);
    for (const each of this.#sessions) this.#world.send(each, bytes);
  }

  /** Unix time with microseconds. The wall clock shows milliseconds: the rest is measured. */
  #now(): string {
    const { clock } = this.#world;
    const monotonicUs = clock.monotonicUs();
    const wallUs = clock.nowMs() * 1000;
    const driftUs = wallUs - (this.#zeroUs + monotonicUs);
    if (driftUs > 0 || driftUs < -1000) this.#zeroUs = wallUs - monotonicUs;
    const nowUs = Math.floor(this.#zeroUs + monotonicUs);
    const seconds = Math.floor(nowUs / 1e6);
    return `${seconds}.${String(nowUs % 1e6).padStart(6, '0')}`;
  }
}

const encoder = new TextEncoder();

/** Bytes that a line shows in letters. */
const letters: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['"', '\\"'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
]);

function escaped(request: Request, word: number): string {
  const text = latin1Of(request.bytes, request.starts[word], request.ends[word]);
  if (/^[ !#-[\]-~]*$/.test(text)) return text;
  let shown = '';
  for (const each of text) {
    const code = each.charCodeAt(0);
    const isPlain = code >= 32 && code < 127;
    const hex = code.toString(16).padStart(2, '0');
    shown += letters.get(each) ?? (isPlain ? each : `\\x${hex}`);
  }
  return shown;
}
