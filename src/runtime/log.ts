/** Redis' four levels, from the most to the least talkative. */
export type LogLevel = 'debug' | 'verbose' | 'notice' | 'warning';

/**
 * Where log lines go. The sentence is one that operators and tools know (facts: "log phrases"), so
 * fields that belong to the sentence are already in it; `fields` are appended as `name=value`.
 */
export interface Log {
  debug(sentence: string, fields?: LogFields): void;
  verbose(sentence: string, fields?: LogFields): void;
  notice(sentence: string, fields?: LogFields): void;
  warning(sentence: string, fields?: LogFields): void;
}

/** Facts beside the sentence. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;
