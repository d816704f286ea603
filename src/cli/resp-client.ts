/** A small client for programs of this project: requests in order, replies in order. */
import { bytesOfLatin1, latin1Of } from '../base/bytes.ts';
import { type Reply, ReplyParser } from '../protocol/reply-parser.ts';
import type { Connection, Connector } from '../runtime/connection.ts';

/** Told how a request ended. */
interface Waiter {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

export class RespClient {
  readonly #connection: Connection;
  readonly #parser = new ReplyParser();
  readonly #waiters: Waiter[] = [];
  #closed = false;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.listen({
      onData: (bytes, length) => this.#received(bytes, length),
      onDrain: () => {},
      onClose: (reason) => this.#end(reason === '' ? 'the server closed the connection' : reason),
    });
  }

  /** Connects, or rejects with the cause as a person would read it. */
  static connect(connector: Connector, host: string, port: number): Promise<RespClient> {
    return new Promise((resolve, reject) => {
      connector.connect(
        { host, port },
        (connection) => resolve(new RespClient(connection)),
        (cause) => reject(new Error(cause)),
      );
    });
  }

  /** Sends one request. Words hold one character per byte. */
  send(...words: readonly string[]): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new Error('the connection is closed'));
        return;
      }
      this.#waiters.push({ resolve, reject });
      this.#connection.write(requestOf(words));
    });
  }

  /** Sends one request and gives its reply as a text; rejects when it is an error. */
  async text(...words: readonly string[]): Promise<string> {
    const reply = await this.send(...words);
    if (reply.kind === 'error') throw new Error(reply.text);
    return textOf(reply);
  }

  close(): void {
    this.#connection.destroy();
  }

  #received(bytes: Uint8Array, length: number): void {
    this.#parser.feed(bytes, length);
    for (;;) {
      const next = this.#parser.next();
      if (next.kind === 'incomplete') return;
      if (next.kind === 'broken') {
        this.#end(`no RESP: ${next.reason}`);
        this.#connection.destroy();
        return;
      }
      if (next.reply.kind !== 'push') this.#waiters.shift()?.resolve(next.reply);
    }
  }

  #end(reason: string): void {
    this.#closed = true;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(new Error(reason));
  }
}

function requestOf(words: readonly string[]): Uint8Array {
  const parts = words.map((word) => `$${word.length}\r\n${word}\r\n`);
  return bytesOfLatin1(`*${words.length}\r\n${parts.join('')}`);
}

/** A reply as text: what redis-cli would show without quotes, items parted by spaces. */
export function textOf(reply: Reply): string {
  switch (reply.kind) {
    case 'bulk':
    case 'verbatim':
      return latin1Of(reply.bytes);
    case 'status':
    case 'error':
    case 'bigNumber':
      return reply.text;
    case 'null':
      return '(nil)';
    case 'array':
    case 'set':
    case 'push':
      return reply.items.map(textOf).join(' ');
    case 'map':
      return reply.entries.flat().map(textOf).join(' ');
    default:
      return String(reply.value);
  }
}
