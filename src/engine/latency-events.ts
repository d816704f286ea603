import type { LatencyEvent, LatencySample } from '../commands/instruments.ts';

/** What was seen of one kind of event: its last samples, and the worst of all. */
interface History {
  readonly samples: LatencySample[];
  worstMs: number;
}

/**
 * Events that held the server up, by kind, as the LATENCY commands show them. Nothing is noted while
 * the threshold is 0.
 */
export class LatencyEvents {
  /** From how many milliseconds on an event is noted; 0: none is. */
  thresholdMs = 0;
  readonly #histories = new Map<string, History>();

  /** Notes an event when it was long enough. Events of one second count as one, the longest. */
  note(event: string, tookMs: number, nowMs: number): void {
    if (this.thresholdMs === 0 || tookMs < this.thresholdMs) return;
    const history = this.#histories.get(event) ?? { samples: [], worstMs: 0 };
    this.#histories.set(event, history);
    const sample = { unixSeconds: Math.floor(nowMs / 1000), milliseconds: Math.floor(tookMs) };
    history.worstMs = Math.max(history.worstMs, sample.milliseconds);
    const { samples } = history;
    const last = samples.at(-1);
    if (last?.unixSeconds === sample.unixSeconds) {
      if (sample.milliseconds > last.milliseconds) samples[samples.length - 1] = sample;
      return;
    }
    samples.push(sample);
    if (samples.length > samplesMax) samples.shift();
  }

  /** All kinds of events that were noted. */
  get all(): readonly LatencyEvent[] {
    return [...this.#histories].map(([name, { samples, worstMs }]) => ({
      name,
      samples,
      worstMs,
    }));
  }

  /** Forgets one kind; says whether there was something to forget. */
  forget(name: string): boolean {
    return this.#histories.delete(name);
  }
}

/** How many samples of a kind are kept. */
const samplesMax = 160;
