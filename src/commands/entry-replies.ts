import type { ReplyWriter } from '../protocol/reply-writer.ts';
import { endMark, skipEntry } from '../store/packed/listpack.ts';
import { EntryView } from '../store/packed/listpack-elements.ts';

/**
 * Replies with entries of a listpack as they lie there, one bulk string after the other: what a long
 * range spends its time on (`npm run bench -- commands`, LRANGE).
 */
export class EntryReplies {
  /** The position behind the last entry that was replied. */
  stoppedAt = 0;
  readonly #element = new EntryView();

  /** Replies with up to `count` entries from the one at `from` on. Returns how many there were. */
  reply(reply: ReplyWriter, bytes: Uint8Array, from: number, count: number): number {
    let at = from;
    let left = count;
    for (; left > 0; left -= 1) {
      const lead = bytes[at];
      if (lead === endMark) break;
      if ((lead & 0xc0) === 0x80) {
        // A string below 64 bytes; one byte of its size follows it.
        const end = at + 1 + (lead & 63);
        reply.bulk(bytes, at + 1, end);
        at = end + 1;
      } else {
        const element = this.#element;
        element.read(bytes, at);
        reply.bulk(element.bytes, element.start, element.end);
        at = skipEntry(bytes, at);
      }
    }
    this.stoppedAt = at;
    return count - left;
  }
}
