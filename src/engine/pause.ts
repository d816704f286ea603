/** What a pause holds back: commands that write, or all. */
export type PauseMode = 'write' | 'all';

/** Who asked for a pause; each has one at a time. */
export type PausePurpose = 'client' | 'shutdown' | 'failover';

interface Pause {
  readonly mode: PauseMode;
  readonly untilMs: number;
}

/** Pauses that are in force: the strongest mode counts, until the last of them ends. */
export class Pauses {
  readonly #byPurpose = new Map<PausePurpose, Pause>();
  /** The mode in force, null for none. */
  mode: PauseMode | null = null;

  /** A pause of the same purpose gets the stronger mode and the later end. */
  begin(purpose: PausePurpose, mode: PauseMode, untilMs: number): void {
    const before = this.#byPurpose.get(purpose);
    this.#byPurpose.set(purpose, {
      mode: before?.mode === 'all' ? 'all' : mode,
      untilMs: Math.max(untilMs, before?.untilMs ?? 0),
    });
    this.#refresh();
  }

  end(purpose: PausePurpose): void {
    this.#byPurpose.delete(purpose);
    this.#refresh();
  }

  /** Ends what has run out. Returns whether the mode in force changed. */
  expire(nowMs: number): boolean {
    const before = this.mode;
    for (const [purpose, pause] of this.#byPurpose) {
      if (pause.untilMs <= nowMs) this.#byPurpose.delete(purpose);
    }
    this.#refresh();
    return this.mode !== before;
  }

  /** When the next pause runs out, in Unix ms; infinite when none does. */
  get nextEndMs(): number {
    return Math.min(...[...this.#byPurpose.values()].map((pause) => pause.untilMs), Infinity);
  }

  #refresh(): void {
    const modes = [...this.#byPurpose.values()].map((pause) => pause.mode);
    if (modes.includes('all')) this.mode = 'all';
    else this.mode = modes.length > 0 ? 'write' : null;
  }
}
