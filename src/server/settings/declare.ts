/** How a setting is declared. Everything else about settings is derived from these declarations. */
import type { Kind } from './kinds.ts';

/**
 * How far this server honours a setting:
 * - `yes`: it does what it says;
 * - `stored`: known, kept and reported, without effect yet;
 * - `refused`: as `stored`, but `CONFIG SET` to anything but the default is an error, because a
 *   silent OK would promise safety (an append-only file, TLS) that is not there.
 */
export type Support = 'yes' | 'stored' | 'refused';

/** What else may be said about a setting. */
export interface SettingOptions {
  /** Older names, equal in every respect. */
  readonly aliases?: readonly string[];
  /** Names of other projects: understood everywhere, but not listed by `CONFIG GET *`. */
  readonly quietAliases?: readonly string[];
  /** `at-start`: only the file and the command line may set it. */
  readonly change?: 'at-runtime' | 'at-start';
  readonly support?: Support;
  /** Of a setting without effect: texts that say what happens anyway, and so need no warning. */
  readonly trueAnyway?: readonly string[];
  /** `CONFIG SET` needs `enable-protected-configs`. */
  readonly guarded?: boolean;
  /** `CONFIG GET` answers to the exact name only. */
  readonly hidden?: boolean;
  /** `CONFIG REWRITE` writes it even when it has its default. */
  readonly alwaysWritten?: boolean;
  /** A second line of the same name in a file adds to the first. */
  readonly linesAddUp?: boolean;
}

/** One setting, declared. */
export interface Setting<Value> extends Required<SettingOptions> {
  readonly kind: Kind<Value>;
  /** The default, as a configuration file would say it. */
  readonly standard: string;
  /** One sentence for `docs/settings.md`. */
  readonly summary: string;
}

/** Declares a setting. */
export function setting<Value>(
  kind: Kind<Value>,
  standard: string,
  summary: string,
  options: SettingOptions = {},
): Setting<Value> {
  return {
    kind,
    standard,
    summary,
    aliases: [],
    quietAliases: [],
    change: 'at-runtime',
    support: 'yes',
    trueAnyway: [],
    guarded: false,
    hidden: false,
    alwaysWritten: false,
    linesAddUp: false,
    ...options,
  };
}

/** Options of a setting that is known but has no effect yet. */
export const stored = { support: 'stored' } as const;

/** Options of a setting that only the file and the command line may set. */
export const atStart = { change: 'at-start' } as const;

/** Both of them. */
export const storedAtStart = { support: 'stored', change: 'at-start' } as const;
