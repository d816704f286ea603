/**
 * The settings of one server: their values, who is told when they change, and the three commands
 * that look at them (`CONFIG GET`, `CONFIG SET`, `CONFIG REWRITE`).
 *
 * A value is read with `settings.value('port')`, typed by the declaration. Whoever reads one often
 * keeps it and listens with `onChange`.
 *
 * All texts hold one character per byte; `pathOf` turns such a text into a path.
 */
import { bytesOfLatin1 } from '../../base/bytes.ts';
import { matchesGlob } from '../../base/glob.ts';
import type { Directive } from '../config-file.ts';
import type { Parsed } from './kinds.ts';
import {
  type AnySetting,
  findSetting,
  type SettingName,
  type SettingValue,
  settingNames,
  settingOf,
} from './table.ts';

/** Told of a change. Gives the reason to refuse it, or nothing: then it is in force. */
export type ChangeListener<Value> = (value: Value, previous: Value) => string | undefined;

/** Who asks for a change, and when. */
export interface ChangeContext {
  /** Whether the client is on this machine, for the settings with the value `local`. */
  readonly local: boolean;
}

/** `error` is the whole error reply, without the leading `-`. */
export type ChangeResult = { readonly ok: true } | { readonly ok: false; readonly error: string };

/** What a directive of the file did. */
export type DirectiveResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string };

/** A directive that is known but has no effect. */
export interface IgnoredDirective {
  readonly name: string;
  readonly directive: Directive;
}

/** Turns a directory's text into its absolute path, or says why not. */
export type DirectoryCheck = (path: string) => Parsed<string>;

interface State {
  value: unknown;
  text: string;
}

type Listener = ChangeListener<unknown>;

const accepted = { ok: true } as const;

export class SettingsStore {
  readonly #states = new Map<SettingName, State>();
  readonly #listeners = new Map<SettingName, Listener[]>();
  readonly #setByFile = new Map<SettingName, Directive>();
  readonly #checkDirectory: DirectoryCheck;

  /** `rename-command` lines, in order. `to` is empty when the command goes away. */
  readonly renamedCommands: { from: string; to: string; directive: Directive }[] = [];
  readonly #foreignDirectives: IgnoredDirective[] = [];

  /** `checkDirectory` looks at the disk for `dir`; without it any path is taken as it is. */
  constructor(checkDirectory: DirectoryCheck = (path) => ({ ok: true, value: path, text: path })) {
    this.#checkDirectory = checkDirectory;
    for (const name of settingNames) {
      const parsed = this.#parse(name, wordsOf(name, settingOf(name).standard), null);
      if (!parsed.ok) throw new Error(`default of ${name}: ${parsed.reason}`);
      this.#states.set(name, { value: parsed.value, text: parsed.text });
    }
  }

  /** The value of a setting. */
  value<Name extends SettingName>(name: Name): SettingValue<Name> {
    return this.#state(name).value as SettingValue<Name>;
  }

  /** The value as `CONFIG GET` shows it. */
  text(name: SettingName): string {
    return this.#state(name).text;
  }

  /** Calls `listener` when `CONFIG SET` or `replace` changes the setting; it may refuse. */
  onChange<Name extends SettingName>(
    name: Name,
    listener: ChangeListener<SettingValue<Name>>,
  ): void {
    const listeners = this.#listeners.get(name) ?? [];
    // The table says that a value of `name` has this type; the map cannot.
    listeners.push(listener as unknown as Listener);
    this.#listeners.set(name, listeners);
  }

  /** `CONFIG GET`: names and values of all settings that one of the patterns fits, each once. */
  get(patterns: readonly string[]): readonly (readonly [name: string, value: string])[] {
    const found = new Map<string, readonly [string, string]>();
    for (const pattern of patterns) {
      const exact = /[*?[]/.test(pattern) ? null : findSetting(pattern);
      if (exact !== null) {
        const key = pattern.toLowerCase();
        if (!found.has(key)) found.set(key, [pattern, this.text(exact)]);
        continue;
      }
      for (const name of settingNames) {
        const { aliases, hidden } = settingOf(name);
        if (hidden) continue;
        for (const each of [name, ...aliases]) {
          if (!found.has(each) && fits(pattern, each)) {
            found.set(each, [each, this.text(name)]);
          }
        }
      }
    }
    return [...found.values()];
  }

  /** `CONFIG SET`: all pairs, or none of them. */
  set(
    pairs: readonly (readonly [name: string, value: string])[],
    context: ChangeContext = { local: false },
  ): ChangeResult {
    const refusal = this.#refusalOf(pairs, context);
    if (refusal !== null) return { ok: false, error: refusal };

    const before = new Map<SettingName, State>();
    for (const [asTyped, word] of pairs) {
      const name = findSetting(asTyped);
      if (name === null) continue;
      const reason = this.#assign(name, word, before);
      if (reason === null) continue;
      this.#restore(before);
      return { ok: false, error: setFailed(asTyped.toLowerCase(), reason) };
    }
    return this.#apply(before);
  }

  /**
   * Sets a value that no `CONFIG SET` may change, because a command of its own does: `REPLICAOF`
   * sets `replicaof`. Listeners are told and cannot refuse.
   */
  replace(name: SettingName, text: string): void {
    const parsed = this.#parse(name, wordsOf(name, text), null);
    if (!parsed.ok) throw new Error(`${name} ${text}: ${parsed.reason}`);
    const { value: previous } = this.#state(name);
    this.#states.set(name, { value: parsed.value, text: parsed.text });
    for (const listener of this.#listeners.get(name) ?? []) listener(parsed.value, previous);
  }

  /** Takes one line of a configuration file or of the command line. */
  take(directive: Directive): DirectiveResult {
    const { name: asTyped, words } = directive;
    const name = findSetting(asTyped);
    if (name === null) return this.#takeForeign(directive);

    const { kind, linesAddUp } = settingOf(name);
    if (words.length !== 1 && !kind.manyWords) {
      return { ok: false, reason: 'wrong number of arguments' };
    }
    const given = words.length === 1 ? wordsOf(name, words[0] ?? '') : words;
    const current = this.#state(name);
    const adds = linesAddUp && this.#setByFile.has(name) && current.text !== '' && given[0] !== '';
    const all = adds ? [...wordsOf(name, current.text), ...given] : given;
    const parsed = this.#parse(name, all, current.value);
    if (!parsed.ok) return parsed;
    this.#states.set(name, { value: parsed.value, text: parsed.text });
    this.#setByFile.set(name, directive);
    return accepted;
  }

  /** Directives of the file that have no effect and do not say the default: one warning for each. */
  ignoredDirectives(): readonly IgnoredDirective[] {
    const ignored: IgnoredDirective[] = [];
    for (const [name, directive] of this.#setByFile) {
      const { support, trueAnyway } = settingOf(name);
      if (support === 'yes' || this.isDefault(name) || trueAnyway.includes(this.text(name)))
        continue;
      ignored.push({ name, directive });
    }
    return [...ignored, ...this.#foreignDirectives];
  }

  /** Whether the setting has its default. */
  isDefault(name: SettingName): boolean {
    return this.text(name) === defaultText(name);
  }

  /** The lines that say this setting in a file, and whether each must be written. */
  linesOf(name: SettingName): readonly { readonly line: string; readonly forced: boolean }[] {
    const { kind, alwaysWritten } = settingOf(name);
    const standard = kind.lines(...standardOf(name));
    const { text, value } = this.#state(name);
    return kind.lines(text, value).map((words) => ({
      line: `${name} ${words}`,
      forced: alwaysWritten || !standard.includes(words),
    }));
  }

  #state(name: SettingName): State {
    const state = this.#states.get(name);
    if (state === undefined) throw new Error(`no such setting: ${name}`);
    return state;
  }

  #parse(name: SettingName, words: readonly string[], current: unknown): Parsed<unknown> {
    if (name === 'dir') return this.#checkDirectory(words[0] ?? '');
    return settingOf(name).kind.parse(words, current);
  }

  /** Why the names of a `CONFIG SET` cannot be set at all. */
  #refusalOf(pairs: readonly (readonly [string, string])[], context: ChangeContext): string | null {
    const seen = new Set<string>();
    for (const [asTyped] of pairs) {
      const name = findSetting(asTyped);
      if (name === null) {
        return `ERR Unknown option or number of arguments for CONFIG SET - '${asTyped}'`;
      }
      const { change, guarded } = settingOf(name);
      if (change === 'at-start') return setFailed(asTyped, "can't set immutable config");
      if (guarded && !this.allows('enable-protected-configs', context)) {
        return setFailed(asTyped, "can't set protected config");
      }
      if (seen.has(asTyped.toLowerCase())) return setFailed(asTyped, 'duplicate parameter');
      seen.add(asTyped.toLowerCase());
    }
    return null;
  }

  /** Whether one of the `enable-…` settings lets this client do what it guards. */
  allows(
    name: 'enable-protected-configs' | 'enable-debug-command' | 'enable-module-command',
    context: ChangeContext,
  ): boolean {
    const access = this.value(name);
    return access === 'yes' || (access === 'local' && context.local);
  }

  /** Parses and stores one value. Gives the reason when it cannot. */
  #assign(name: SettingName, word: string, before: Map<SettingName, State>): string | null {
    const current = this.#state(name);
    const parsed = this.#parse(name, wordsOf(name, word), current.value);
    if (!parsed.ok) return parsed.reason;
    if (settingOf(name).support === 'refused' && parsed.text !== defaultText(name)) {
      return 'not supported yet';
    }
    if (!before.has(name)) before.set(name, current);
    this.#states.set(name, { value: parsed.value, text: parsed.text });
    return null;
  }

  #apply(before: Map<SettingName, State>): ChangeResult {
    const done: SettingName[] = [];
    for (const [name, old] of before) {
      const { value, text } = this.#state(name);
      if (text === old.text) continue;
      done.push(name);
      for (const listener of this.#listeners.get(name) ?? []) {
        const reason = listener(value, old.value);
        if (reason === undefined) continue;
        this.#undo(before, done);
        return { ok: false, error: setFailed(name, reason) };
      }
    }
    return accepted;
  }

  /** Puts the old values back and tells those who were told of the new ones. */
  #undo(before: Map<SettingName, State>, done: readonly SettingName[]): void {
    const failed = new Map(done.map((name) => [name, this.#state(name).value]));
    this.#restore(before);
    for (const [name, value] of failed) {
      const restored = this.#state(name).value;
      for (const listener of this.#listeners.get(name) ?? []) listener(restored, value);
    }
  }

  #restore(before: Map<SettingName, State>): void {
    for (const [name, state] of before) this.#states.set(name, state);
  }

  /** Directives that are no settings. */
  #takeForeign(directive: Directive): DirectiveResult {
    const { name, words } = directive;
    const [from = '', to = ''] = words;
    switch (name) {
      case 'rename-command':
        if (words.length !== 2) break;
        this.renamedCommands.push({ from, to, directive });
        return accepted;
      case 'user':
      case 'loadmodule':
        if (words.length === 0) break;
        this.#foreignDirectives.push({ name, directive });
        return accepted;
      case 'list-max-ziplist-entries':
      case 'list-max-ziplist-value':
        // Redis takes these two and forgets them: they went away in 3.2.
        if (words.length === 1) return accepted;
        break;
      case 'sentinel':
        return { ok: false, reason: 'sentinel directive while not in sentinel mode' };
    }
    return { ok: false, reason: 'Bad directive or wrong number of arguments' };
  }
}

/** Whether a name fits a glob pattern, in any case. */
function fits(pattern: string, name: string): boolean {
  const bytes = bytesOfLatin1(name);
  return matchesGlob(bytesOfLatin1(pattern), bytes, 0, bytes.length, true);
}

/** A `CONFIG SET` value as words: kinds with many words take it apart at each space. */
function wordsOf(name: SettingName, word: string): readonly string[] {
  return settingOf(name).kind.manyWords && word !== '' ? word.split(' ') : [word];
}

function setFailed(name: string, reason: string): string {
  return `ERR CONFIG SET failed (possibly related to argument '${name}') - ${reason}`;
}

function standardOf(name: SettingName): [text: string, value: unknown] {
  const { kind, standard }: AnySetting = settingOf(name);
  const parsed = kind.parse(wordsOf(name, standard), null);
  return parsed.ok ? [parsed.text, parsed.value] : [standard, null];
}

function defaultText(name: SettingName): string {
  return standardOf(name)[0];
}

/** A text that holds one character per byte, as the path that those bytes name. */
export function pathOf(text: string): string {
  return new TextDecoder().decode(bytesOfLatin1(text));
}
