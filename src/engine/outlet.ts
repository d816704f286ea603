import { concatBytes } from '../base/bytes.ts';
import type { ReplyWriter } from '../protocol/reply-writer.ts';
import type { Session } from './session.ts';
import type { Statistics } from './statistics.ts';

/** The way of bytes to sessions: replies, and messages that were pushed meanwhile. */
export class Outlet {
  readonly #statistics: Statistics;
  readonly #outputKept: (session: Session) => void;

  /** `outputKept` hears of a session whose peer does not read. */
  constructor(statistics: Statistics, outputKept: (session: Session) => void) {
    this.#statistics = statistics;
    this.#outputKept = outputKept;
  }

  /** Sends what was replied, after the messages that came before it. */
  send(session: Session, reply: ReplyWriter): void {
    if (reply.length === 0) return;
    if (session.connection === null) {
      reply.clear();
      return;
    }
    if (session.pushes !== null) this.flush(session);
    if (this.#write(session, reply.bytes.subarray(0, reply.length))) reply.clear();
    else reply.detach();
  }

  /** Sends the messages that wait, in one piece. Their memory never changes. */
  flush(session: Session): void {
    const { pushes } = session;
    session.pushes = null;
    if (pushes === null) return;
    this.#write(session, pushes.length === 1 ? pushes[0] : concatBytes(pushes));
  }

  /** Whether the memory of `bytes` is free again. */
  #write(session: Session, bytes: Uint8Array): boolean {
    this.#statistics.outputBytes += bytes.length;
    if (session.connection?.write(bytes) ?? true) return true;
    this.#outputKept(session);
    return false;
  }
}
