/**
 * From the command line to the settings: the file first, then standard input, then the directives of
 * the command line, so that the last word counts.
 */
import { bytesOf, latin1Of } from '../base/bytes.ts';
import type { TextFiles } from '../runtime/text-files.ts';
import type { CommandLine } from './command-line.ts';
import { type ConfigError, parseConfig } from './config-file.ts';
import { pathOf, SettingsStore } from './settings/store.ts';

/** Settings that are ready, or what is wrong. */
export type LoadResult =
  | { readonly ok: true; readonly settings: SettingsStore; readonly configFile: string | null }
  | { readonly ok: false; readonly kind: 'unreadable'; readonly reason: string }
  | { readonly ok: false; readonly kind: 'wrong'; readonly error: ConfigError };

/** Where configuration comes from. */
export interface ConfigSources {
  readonly files: TextFiles;
  /** All of standard input, one character per byte. Called only for `-`. */
  readStandardInput(): string;
  /** The absolute path of a file. */
  absolute(path: string): string;
}

/** Reads and takes every directive, in order. */
export function loadSettings(
  line: Extract<CommandLine, { kind: 'run' }>,
  sources: ConfigSources,
): LoadResult {
  const { files } = sources;
  const configFile = line.configFile === null ? null : sources.absolute(line.configFile);
  const texts: [content: string, source: string][] = [];
  if (configFile !== null) {
    const read = files.read(configFile);
    if (!read.ok) {
      const reason = `can't open config file '${configFile}': ${read.reason}`;
      return { ok: false, kind: 'unreadable', reason };
    }
    texts.push([read.value, configFile]);
  }
  if (line.readsStandardInput) texts.push([sources.readStandardInput(), 'standard input']);
  texts.push([line.directives, 'command line']);

  const settings = newSettings(files);
  for (const [content, source] of texts) {
    const error = takeAll(settings, content, source, files);
    if (error !== null) return { ok: false, kind: 'wrong', error };
  }
  return { ok: true, settings, configFile };
}

/** Settings with their defaults, whose `dir` must exist. */
export function newSettings(files: TextFiles): SettingsStore {
  return new SettingsStore((text) => {
    const found = files.directory(pathOf(text));
    if (!found.ok) return found;
    const value = latin1Of(bytesOf(found.value));
    return { ok: true, value, text: value };
  });
}

function takeAll(
  settings: SettingsStore,
  content: string,
  source: string,
  files: TextFiles,
): ConfigError | null {
  const byText = {
    read: (path: string) => files.read(pathOf(path)),
    matching: (path: string) => files.matching(pathOf(path)).map((each) => latin1Of(bytesOf(each))),
  };
  const parsed = parseConfig(content, source, byText);
  if (!parsed.ok) return parsed.error;
  for (const directive of parsed.directives) {
    const taken = settings.take(directive);
    if (!taken.ok) return { ...directive, reason: taken.reason };
  }
  return null;
}
