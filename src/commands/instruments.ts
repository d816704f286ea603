/** What commands see of the instruments that look at the commands which run. */

/** One slow command. */
export interface SlowLogEntry {
  /** Grows by one from entry to entry, and never begins anew. */
  readonly id: number;
  readonly unixSeconds: number;
  readonly microseconds: number;
  /** The request's words in latin-1, shortened, without secrets. */
  readonly words: readonly string[];
  readonly remoteAddress: string;
  readonly clientName: string;
}

/** SLOWLOG */
export interface SlowLogControl {
  readonly length: number;
  /** The newest entries, at most `count`, newest first. */
  newest(count: number): readonly SlowLogEntry[];
  reset(): void;
}

/** MONITOR, for the session whose command runs. */
export interface MonitorsControl {
  begin(): void;
  /** RESET: an ordinary session again. Harmless when it is none. */
  end(): void;
}

/** How long an event took, and in which second it was. */
export interface LatencySample {
  readonly unixSeconds: number;
  readonly milliseconds: number;
}

/** What was seen of one kind of event. */
export interface LatencyEvent {
  readonly name: string;
  /** At least one, oldest first. */
  readonly samples: readonly LatencySample[];
  readonly worstMs: number;
}

/** How long calls of a command took. */
export interface LatencyHistogramView {
  /** Estimated where not every call is timed. */
  readonly total: number;
  /** Bounds and how many calls took no longer; only where the number grows. */
  cumulative(): readonly (readonly [boundUs: number, count: number])[];
}

/** LATENCY */
export interface LatencyControl {
  readonly events: {
    /** 0: nothing is noted. */
    readonly thresholdMs: number;
    readonly all: readonly LatencyEvent[];
    /** Says whether there was something to forget. */
    forget(name: string): boolean;
  };
  /** Null for a command that does not exist, or was never timed. */
  histogram(fullName: string): LatencyHistogramView | null;
  /** A command and its subcommands, as full names; empty when there is none. */
  namesOf(fullName: string): readonly string[];
  /** All commands. */
  readonly names: readonly string[];
}

/** What a session asked for with CLIENT TRACKING. */
export interface TrackingState {
  /** Id of the session that is told instead; 0: this one. */
  readonly redirection: number;
  /** Of broadcasting mode: beginnings of the keys to hear of; null in the mode by reads. */
  readonly prefixes: readonly string[] | null;
  /** Which keys are remembered: all that are read, or by CLIENT CACHING. */
  readonly choice: 'all' | 'opt-in' | 'opt-out';
  /** Whether the session does not hear of its own changes. */
  readonly ignoresOwn: boolean;
  isRedirectionBroken: boolean;
  /** What CLIENT CACHING said of the next command. */
  caching: 'yes' | 'no' | null;
}

/** CLIENT TRACKING ON, with its options. */
export interface TrackingWishes
  extends Pick<TrackingState, 'redirection' | 'choice' | 'ignoresOwn'> {
  readonly isBroadcast: boolean;
  /** In broadcasting mode; none means every key. */
  readonly wishedPrefixes: readonly string[];
}

/** Client-side caching, for the session whose command runs. */
export interface TrackingControl {
  /** Null when it does not track. */
  readonly state: TrackingState | null;
  enable(wishes: TrackingWishes): void;
  disable(): void;
}

/** All of them. */
export interface InstrumentsControl {
  readonly slowLog: SlowLogControl;
  readonly timing: LatencyControl;
  readonly monitors: MonitorsControl;
  readonly tracking: TrackingControl;
}
