import { bytesOf } from '../base/bytes.ts';
import type { ReplicationLog } from './log.ts';

const multi = bytesOf('*1\r\n$5\r\nMULTI\r\n');
const exec = bytesOf('*1\r\n$4\r\nEXEC\r\n');
/** Lower case, as every version spells it: all nodes below one primary must count the same bytes. */
const ping = bytesOf('*1\r\n$4\r\nping\r\n');
const getAck = bytesOf('*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n');

const noDatabase = -1;

/**
 * The way into the replication stream. A primary's engine hands its effects over here, a replica's
 * link the bytes that it received; both are appended once, and read by backlog and replicas.
 */
export class ReplicationFeed {
  readonly #log: ReplicationLog;
  readonly #onFirstOfTurn: () => void;
  #originates = true;
  #database = noDatabase;
  #scheduled = false;

  /** `onFirstOfTurn` is called at the first append after each `turnEnded`: to plan a flush. */
  constructor(log: ReplicationLog, onFirstOfTurn: () => void) {
    this.#log = log;
    this.#onFirstOfTurn = onFirstOfTurn;
  }

  /** Whether effects go anywhere: this is a primary, and somebody reads or may come back to read. */
  get wantsEffects(): boolean {
    return this.#originates && this.#log.active;
  }

  /** Whether the stream begins here, and is not a primary's that we hand on. */
  get originates(): boolean {
    return this.#originates;
  }

  /** The database that the stream is in, -1 when the next effect says it anew. */
  get database(): number {
    return this.#database;
  }

  /** A primary's effects begin the stream; what clients write to a replica stays there. */
  setOriginates(originates: boolean): void {
    this.#originates = originates;
  }

  /** The next effect is preceded by SELECT: a replica begins here that does not know the database. */
  forgetDatabase(): void {
    this.#database = noDatabase;
  }

  /** One effect, `bytes[start, end)`, that belongs to a database. Nothing happens without readers. */
  feed(databaseIndex: number, bytes: Uint8Array, start: number, end: number): void {
    if (!this.#originates || !this.#log.active) return;
    if (databaseIndex !== this.#database) this.#select(databaseIndex);
    this.#append(bytes, start, end);
  }

  /**
   * Begins a group that is applied as one: effects follow by `feed`, then `endTransaction`. MULTI
   * comes before SELECT, as since Redis 7.2; replicas of every version take either order.
   */
  beginTransaction(): void {
    if (this.wantsEffects) this.#append(multi, 0, multi.length);
  }

  /** Ends a group. */
  endTransaction(): void {
    if (this.wantsEffects) this.#append(exec, 0, exec.length);
  }

  /** The primary's own bytes, unchanged, on a replica. */
  forward(bytes: Uint8Array, start: number, end: number): void {
    this.#append(bytes, start, end);
  }

  /** Tells the replicas that the primary is alive. */
  ping(): void {
    if (this.wantsEffects) this.#append(ping, 0, ping.length);
  }

  /** Asks all replicas, down the whole chain, to acknowledge at once. */
  askForAcknowledgements(): void {
    if (this.wantsEffects) this.#append(getAck, 0, getAck.length);
  }

  /** The turn's bytes were handed to the replicas. */
  turnEnded(): void {
    this.#scheduled = false;
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    this.#log.append(bytes, start, end);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#onFirstOfTurn();
  }

  #select(index: number): void {
    const digits = String(index);
    const frame = bytesOf(`*2\r\n$6\r\nSELECT\r\n$${digits.length}\r\n${digits}\r\n`);
    this.#append(frame, 0, frame.length);
    this.#database = index;
  }
}
