/** Kinds whose values have several words: save points, limits by client class, addresses. */
import { bytesOfText, type Kind, type Parsed, quoted, refused, textOfBytes } from './kinds.ts';

/** Save when `seconds` passed and `changes` keys changed. */
export interface SavePoint {
  readonly seconds: number;
  readonly changes: number;
}

/** Pairs of seconds and changes. One line sets all of them. */
export const savePoints: Kind<readonly SavePoint[]> = {
  describes: 'pairs of seconds and changes, or `""` for none',
  manyWords: true,
  parse(words) {
    if (words.length === 0 || (words.length === 1 && words[0] === '')) {
      return { ok: true, value: [], text: '' };
    }
    if (words.length % 2 !== 0) return refused('Invalid save parameters');
    const points: SavePoint[] = [];
    for (let i = 0; i < words.length; i += 2) {
      const seconds = wholeNumber(words[i]);
      const changes = wholeNumber(words[i + 1]);
      if (seconds === null || seconds < 1 || changes === null) {
        return refused('Invalid save parameters');
      }
      points.push({ seconds, changes });
    }
    return { ok: true, value: points, text: textOfPoints(points) };
  },
  lines(_, points) {
    if (points.length === 0) return ['""'];
    return points.map((point) => `${point.seconds} ${point.changes}`);
  },
};

function textOfPoints(points: readonly SavePoint[]): string {
  return points.map((point) => `${point.seconds} ${point.changes}`).join(' ');
}

function wholeNumber(word: string | undefined): number | null {
  return word !== undefined && /^[0-9]{1,15}$/.test(word) ? Number(word) : null;
}

/** When a client that does not read is cut off. Zero means never. */
export interface OutputLimit {
  readonly hardBytes: number;
  readonly softBytes: number;
  readonly softSeconds: number;
}

/** The limits of each class of clients. */
export interface OutputLimits {
  readonly normal: OutputLimit;
  readonly replica: OutputLimit;
  readonly pubsub: OutputLimit;
}

const noLimit: OutputLimit = { hardBytes: 0, softBytes: 0, softSeconds: 0 };
const classOf = new Map<string, keyof OutputLimits>([
  ['normal', 'normal'],
  ['slave', 'replica'],
  ['replica', 'replica'],
  ['pubsub', 'pubsub'],
]);
/** `CONFIG GET` keeps the old word for replicas; files get the new one. */
const classWords = [
  ['normal', 'normal'],
  ['slave', 'replica'],
  ['pubsub', 'pubsub'],
] as const;

/** Groups of class, hard bytes, soft bytes and soft seconds. Classes not named keep their limits. */
export const outputLimits: Kind<OutputLimits> = {
  describes: 'class (`normal`, `replica`, `pubsub`), hard bytes, soft bytes, soft seconds',
  manyWords: true,
  parse(words, current) {
    if (words.length % 4 !== 0) {
      return refused('Wrong number of arguments in buffer limit configuration.');
    }
    const limits: Record<keyof OutputLimits, OutputLimit> = {
      normal: current?.normal ?? noLimit,
      replica: current?.replica ?? noLimit,
      pubsub: current?.pubsub ?? noLimit,
    };
    for (let i = 0; i < words.length; i += 4) {
      const name = classOf.get((words[i] ?? '').toLowerCase());
      if (name === undefined) {
        return refused('Invalid client class specified in buffer limit configuration.');
      }
      const limit = limitOf(words.slice(i + 1, i + 4));
      if (limit === null) {
        return refused(
          'Error in hard, soft or soft_seconds setting in buffer limit configuration.',
        );
      }
      limits[name] = limit;
    }
    return { ok: true, value: limits, text: textOfLimits(limits) };
  },
  lines(_, limits) {
    return classWords.map(([, name]) => {
      const { hardBytes, softBytes, softSeconds } = limits[name];
      const [hard, soft] = [textOfBytes(BigInt(hardBytes)), textOfBytes(BigInt(softBytes))];
      return `${name} ${hard} ${soft} ${softSeconds}`;
    });
  },
};

function limitOf(words: readonly string[]): OutputLimit | null {
  const hard = bytesOfText(words[0] ?? '');
  const soft = bytesOfText(words[1] ?? '');
  const softSeconds = wholeNumber(words[2]);
  if (hard === null || soft === null || softSeconds === null) return null;
  return { hardBytes: Number(hard), softBytes: Number(soft), softSeconds };
}

function textOfLimits(limits: OutputLimits): string {
  return classWords
    .map(([word, name]) => {
      const { hardBytes, softBytes, softSeconds } = limits[name];
      return `${word} ${hardBytes} ${softBytes} ${softSeconds}`;
    })
    .join(' ');
}

/** At most so many addresses in `bind`, as in Redis. */
export const bindAddressesMax = 16;

/** Addresses to listen on. A leading `-` means: no harm when it is not there. */
export const addresses: Kind<readonly string[]> = {
  describes: `up to ${bindAddressesMax} addresses; \`-\` before one: it may be missing`,
  manyWords: true,
  parse(words) {
    if (words.length > bindAddressesMax) return refused('Too many bind addresses specified.');
    // An empty word names no address, and a rewritten file could not hold it.
    const value = words.filter((word) => word !== '');
    return { ok: true, value, text: value.join(' ') };
  },
  lines: (text) => [text === '' ? '""' : text],
};

/** Where this server's primary is. */
export interface PrimaryAddress {
  readonly host: string;
  readonly port: number;
}

/** `host port`, or `no one`. */
export const primaryAddress: Kind<PrimaryAddress | null> = {
  describes: 'host and port, or `no one`',
  manyWords: true,
  parse(words) {
    if (words.length === 1 && words[0] === '') return { ok: true, value: null, text: '' };
    const [host = '', portText = ''] = words;
    if (words.length !== 2) return refused('wrong number of arguments');
    if (host.toLowerCase() === 'no' && portText.toLowerCase() === 'one') {
      return { ok: true, value: null, text: '' };
    }
    const port = wholeNumber(portText);
    if (port === null || port > 65_535) return refused('Invalid master port');
    return { ok: true, value: { host, port }, text: `${host} ${port}` };
  },
  lines: (text) => (text === '' ? [] : [text]),
};

/** Events in the order in which they are shown; together they are `A`. */
const eventLetters = 'g$lshzxetd';
const otherEventLetters = 'KEmn';

/** Which keyspace events are published: the letters, with those that `A` stands for spelled out. */
export const keyspaceEvents: Kind<string> = {
  describes: 'letters of `Ag$lshzxeKEtmdn`',
  manyWords: false,
  parse([word = '']) {
    const letters = new Set(word.includes('A') ? eventLetters : '');
    for (const letter of word) {
      if (letter === 'A') continue;
      if (!eventLetters.includes(letter) && !otherEventLetters.includes(letter)) {
        return refused("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
      }
      letters.add(letter);
    }
    return { ok: true, value: [...letters].join(''), text: textOfEvents(letters) };
  },
  lines: (text) => [quoted(text)],
};

function textOfEvents(letters: ReadonlySet<string>): string {
  const all = [...eventLetters].every((letter) => letters.has(letter));
  const kept = (order: string) => [...order].filter((letter) => letters.has(letter)).join('');
  // New-key events are not shown beside `A`: Redis does the same, and tools compare the text.
  return (all ? 'A' : kept(`${eventLetters}n`)) + kept('KEm');
}

/** Percentiles that `INFO latencystats` reports. */
export const percentiles: Kind<readonly number[]> = {
  describes: 'numbers from 0 to 100',
  manyWords: true,
  parse(words) {
    if (words.length === 0 || (words.length === 1 && words[0] === '')) {
      return { ok: true, value: [], text: '' };
    }
    const value = words.map((word) => (word.trim() === '' ? Number.NaN : Number(word)));
    if (value.some((each) => Number.isNaN(each))) {
      return refused('Invalid latency-tracking-info-percentiles parameters');
    }
    if (value.some((each) => each < 0 || each > 100)) {
      return refused('latency-tracking-info-percentiles parameters should sit between [0.0,100.0]');
    }
    return { ok: true, value, text: value.join(' ') };
  },
  lines: (text) => [text === '' ? '""' : text],
};

/** What a signal to stop does besides stopping. */
export interface ShutdownOptions {
  readonly save: 'as-configured' | 'yes' | 'no';
  readonly now: boolean;
  readonly force: boolean;
}

const shutdownWords = ['default', 'save', 'nosave', 'now', 'force'] as const;

/** Options of a shutdown by signal. */
export const shutdownOptions: Kind<ShutdownOptions> = {
  describes: '`default`, or any of `save`, `nosave`, `now`, `force`',
  manyWords: true,
  parse(words) {
    const given = words.map((word) => word.toLowerCase());
    if (given.length === 0 || given.some((word) => !shutdownWords.some((each) => each === word))) {
      return refused(`argument(s) must be one of the following: ${shutdownWords.join(', ')}`);
    }
    const has = (word: string) => given.includes(word);
    if (has('save') && has('nosave')) {
      return refused("shutdown options SAVE and NOSAVE can't be used simultaneously");
    }
    const kept = shutdownWords.slice(1).filter(has);
    const save = has('save') ? 'yes' : has('nosave') ? 'no' : 'as-configured';
    const text = kept.length === 0 ? 'default' : kept.join(' ');
    return { ok: true, value: { save, now: has('now'), force: has('force') }, text };
  },
  lines: (text) => [text],
};

/** Three scores for the kernel's out-of-memory killer. */
export const outOfMemoryScores: Kind<readonly number[]> = {
  describes: 'three numbers, -2000 to 2000',
  manyWords: true,
  parse(words): Parsed<readonly number[]> {
    if (words.length !== 3) return refused('wrong number of arguments');
    const value = words.map((word) => (/^-?[0-9]{1,4}$/.test(word) ? Number(word) : Number.NaN));
    if (!value.every((each) => each >= -2000 && each <= 2000)) {
      return refused('Invalid oom-score-adj-values, elements must be between -2000 and 2000.');
    }
    return { ok: true, value, text: value.join(' ') };
  },
  lines: (text) => [text],
};
