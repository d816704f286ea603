import { bytesOfLatin1 } from '../base/bytes.ts';
import type { KeyEvent, KeyEventGroup } from '../commands/context.ts';
import type { PubSub } from './pub-sub.ts';

/** The letters of `notify-keyspace-events`, by class. `A` stands for all but `n` and `m`. */
const lettersOfGroups: Readonly<Record<Exclude<KeyEventGroup, 'silent'>, string>> = {
  generic: 'g',
  string: '$',
  list: 'l',
  set: 's',
  hash: 'h',
  sortedSet: 'z',
  stream: 't',
  expired: 'x',
  evicted: 'e',
  new: 'n',
  keyMiss: 'm',
};

/** Publishes what happens to keys, as far as `notify-keyspace-events` wants it. */
export class KeyspaceEvents {
  /** Whether anything is published. Whoever has an event asks this first. */
  isOn = false;
  /** Whether the creation of keys is an event. */
  wantsNew = false;
  readonly #pubSub: PubSub;
  #letters = '';

  constructor(pubSub: PubSub) {
    this.#pubSub = pubSub;
  }

  /** Sets the letters, with every class of `A` spelled out. */
  set letters(letters: string) {
    const hasChannel = letters.includes('K') || letters.includes('E');
    this.#letters = letters;
    this.isOn = hasChannel && Object.values(lettersOfGroups).some((each) => letters.includes(each));
    this.wantsNew = hasChannel && letters.includes('n');
  }

  /** Something happened to the key `bytes[start, end)`. */
  publish(
    event: KeyEvent,
    databaseIndex: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const { group } = event;
    if (group === 'silent' || !this.#letters.includes(lettersOfGroups[group])) return;
    if (!this.#pubSub.hasListeners) return;
    const key = bytes.slice(start, end);
    const name = bytesOfLatin1(event.name);
    if (this.#letters.includes('K')) this.#send(`__keyspace@${databaseIndex}__:`, key, name);
    if (this.#letters.includes('E')) this.#send(`__keyevent@${databaseIndex}__:`, name, key);
  }

  #send(prefix: string, rest: Uint8Array, message: Uint8Array): void {
    const channel = new Uint8Array(prefix.length + rest.length);
    channel.set(bytesOfLatin1(prefix));
    channel.set(rest, prefix.length);
    this.#pubSub.publishAside(channel, message);
  }
}

/** Events that no single command has. */
export const commonEvents = {
  expired: { group: 'expired', name: 'expired' },
  created: { group: 'new', name: 'new' },
  fieldsExpired: { group: 'hash', name: 'hexpired' },
  deleted: { group: 'generic', name: 'del' },
  missed: { group: 'keyMiss', name: 'keymiss' },
} as const satisfies Record<string, KeyEvent>;
