import { latin1Of } from '../base/bytes.ts';
import type { SlowLogControl, SlowLogEntry } from '../commands/instruments.ts';
import type { Request } from '../protocol/request.ts';
import type { Session } from './session.ts';

/** The commands that took long, newest first; settings say what long is and how many are kept. */
export class SlowLog implements SlowLogControl {
  /** From how many microseconds on a command is slow; negative: none is. */
  thresholdUs = 10_000;
  #lengthMax = 128;
  /** Oldest first. */
  #entries: SlowLogEntry[] = [];
  #nextId = 0;

  get length(): number {
    return this.#entries.length;
  }

  set lengthMax(lengthMax: number) {
    this.#lengthMax = lengthMax;
    this.#trim();
  }

  /** Notes a call when it was slow. `hidden`: words that hold secrets. */
  note(
    session: Session,
    request: Request,
    hidden: readonly number[],
    timing: { readonly tookUs: number; readonly nowMs: number },
  ): void {
    if (this.thresholdUs < 0 || timing.tookUs < this.thresholdUs || this.#lengthMax === 0) return;
    this.#entries.push({
      id: this.#nextId,
      unixSeconds: Math.floor(timing.nowMs / 1000),
      microseconds: Math.floor(timing.tookUs),
      words: wordsToKeep(request, hidden),
      remoteAddress: session.remoteAddress,
      clientName: session.name,
    });
    this.#nextId += 1;
    this.#trim();
  }

  newest(count: number): readonly SlowLogEntry[] {
    return this.#entries.slice(Math.max(0, this.#entries.length - count)).reverse();
  }

  reset(): void {
    this.#entries = [];
  }

  #trim(): void {
    const surplus = this.#entries.length - this.#lengthMax;
    if (surplus > 0) this.#entries.splice(0, surplus);
  }
}

const wordsMax = 32;
const bytesMax = 128;

function wordsToKeep(request: Request, hidden: readonly number[]): readonly string[] {
  const { count } = request;
  const isCut = count > wordsMax;
  const kept = isCut ? wordsMax - 1 : count;
  const words: string[] = [];
  for (let word = 0; word < kept; word += 1) {
    words.push(hidden.includes(word) ? redacted : beginningOf(request, word));
  }
  if (isCut) words.push(`... (${count - kept} more arguments)`);
  return words;
}

function beginningOf(request: Request, word: number): string {
  const surplus = request.lengthOf(word) - bytesMax;
  if (surplus <= 0) return request.text(word);
  const start = request.starts[word];
  const text = latin1Of(request.bytes, start, start + bytesMax);
  return `${text}... (${surplus} more bytes)`;
}

/** What stands in logs in place of a secret. */
export const redacted = '(redacted)';
