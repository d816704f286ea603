import type { Random } from '../runtime/random.ts';

/** The policies' two ways to remember when and how often a key was used. */
export type AccessMode = 'lru' | 'lfu';

/**
 * The 24 bits of access history in a record: seconds of last use (LRU), or minutes of the last
 * decay and a logarithmic counter (LFU), as Redis keeps them, so that OBJECT IDLETIME, OBJECT FREQ
 * and RDB's idle and freq fields mean the same.
 */
export class AccessClock {
  mode: AccessMode = 'lru';
  /** `lfu-log-factor`: how hard it is for the counter to rise. */
  logFactor = 10;
  /** `lfu-decay-time`: minutes after which the counter falls by one; 0 never. */
  decayMinutes = 1;
  #seconds = 0;
  #minutes = 0;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Called now and then with the wall clock: idle times are as exact as these calls are frequent. */
  advance(nowMs: number): void {
    this.#seconds = Math.floor(nowMs / 1000) & clockMask;
    this.#minutes = Math.floor(nowMs / 60_000) & minutesMask;
  }

  /** The bits of a new record. */
  fresh(): number {
    return this.mode === 'lru' ? this.#seconds : (this.#minutes << 8) | firstCount;
  }

  /** The bits of a record after one more access. */
  touched(access: number): number {
    if (this.mode === 'lru') return this.#seconds;
    return (this.#minutes << 8) | this.#increment(this.#decayed(access));
  }

  /** Seconds since the last access; 0 under an LFU policy. */
  idleSeconds(access: number): number {
    if (this.mode === 'lfu') return 0;
    return (this.#seconds - access) & clockMask;
  }

  /** The bits that a record gets which was idle for so many seconds, half a year at most. */
  accessOfIdle(seconds: number): number {
    return (this.#seconds - Math.min(seconds, clockMask)) & clockMask;
  }

  /** The LFU counter now, 0 to 255. */
  frequency(access: number): number {
    return this.#decayed(access);
  }

  /** The bits that a record gets whose counter is `frequency`. */
  accessOfFrequency(frequency: number): number {
    return (this.#minutes << 8) | (frequency & 0xff);
  }

  #decayed(access: number): number {
    const elapsed = (this.#minutes - (access >>> 8)) & minutesMask;
    const periods = this.decayMinutes === 0 ? 0 : Math.floor(elapsed / this.decayMinutes);
    return Math.max(0, (access & 0xff) - periods);
  }

  #increment(counter: number): number {
    if (counter === 255) return counter;
    const base = Math.max(0, counter - firstCount);
    const chance = 1 / (base * this.logFactor + 1);
    return this.#random.uint32() / 2 ** 32 < chance ? counter + 1 : counter;
  }
}

const clockMask = 0xffffff;
const minutesMask = 0xffff;
/** New keys start here, so that they are not the first to go. */
const firstCount = 5;
