import { connect, type Socket } from 'node:net';
import { bytesOfLatin1, concatBytes, latin1Of } from '../../src/base/bytes.ts';
import { parseReply, type Reply } from './reply.ts';

/** One word of a request; text is latin-1, so that every byte can be written. */
export type Word = string | number | Uint8Array;

/** What takes the place of a reply when the server closed the connection instead. */
export const closed = '(closed)';

/** The bytes of one request: a RESP array of bulk strings. */
export function requestOf(words: readonly Word[]): Uint8Array {
  const parts = [bytesOfLatin1(`*${words.length}\r\n`)];
  for (const word of words) {
    const bytes = typeof word === 'object' ? word : bytesOfLatin1(String(word));
    parts.push(bytesOfLatin1(`$${bytes.length}\r\n`), bytes, bytesOfLatin1('\r\n'));
  }
  return concatBytes(parts);
}

/** Where a server listens. */
export type Address = { readonly port: number; readonly host?: string } | { readonly path: string };

/**
 * A client for tests: it shows exactly what the server says. Errors are values, nothing is retried,
 * and a connection that ends gives `(closed)` for every reply that is still awaited.
 */
export class RespClient {
  readonly #socket: Socket;
  readonly #waiting: ((reply: Reply) => void)[] = [];
  readonly #unclaimed: Reply[] = [];
  /** Out-of-band messages of RESP3, in order. */
  readonly pushes: Reply[] = [];
  #received: Uint8Array = new Uint8Array(0);
  #isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('error', () => this.#close());
    socket.on('close', () => this.#close());
  }

  /** Connects, or rejects with the socket's error. */
  static connect(address: Address): Promise<RespClient> {
    return new Promise((resolve, reject) => {
      const options = 'path' in address ? address : { host: '127.0.0.1', ...address };
      const socket = connect({ ...options, noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new RespClient(socket));
      });
    });
  }

  /** Whether the connection has ended. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Sends one request and gives its reply. */
  send(...words: readonly Word[]): Promise<Reply> {
    this.write(requestOf(words));
    return this.next();
  }

  /** Sends all requests at once and gives their replies. */
  pipeline(requests: readonly (readonly Word[])[]): Promise<Reply[]> {
    this.write(concatBytes(requests.map(requestOf)));
    return Promise.all(requests.map(() => this.next()));
  }

  /** Sends bytes as they are; text is latin-1. */
  write(bytes: Uint8Array | string): void {
    this.#socket.write(typeof bytes === 'string' ? bytesOfLatin1(bytes) : bytes);
  }

  /** The next reply that no request has claimed. */
  next(): Promise<Reply> {
    const reply = this.#unclaimed.shift();
    if (reply !== undefined) return Promise.resolve(reply);
    if (this.#isClosed) return Promise.resolve(closed);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Ends the connection. */
  close(): void {
    this.#socket.destroy();
    this.#close();
  }

  #take(bytes: Uint8Array): void {
    this.#received =
      this.#received.length === 0 ? new Uint8Array(bytes) : concatBytes([this.#received, bytes]);
    let at = 0;
    while (at < this.#received.length) {
      const parsed = parseReply(this.#received, at);
      if (parsed === null) break;
      at = parsed.end;
      this.#deliver(parsed.reply);
    }
    if (at > 0) this.#received = this.#received.slice(at);
  }

  #deliver(reply: Reply): void {
    if (typeof reply === 'object' && 'kind' in reply && reply.kind === 'push') {
      this.pushes.push(reply);
      return;
    }
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#unclaimed.push(reply);
    else waiting(reply);
  }

  #close(): void {
    this.#isClosed = true;
    for (const waiting of this.#waiting.splice(0)) waiting(closed);
  }
}

/** What a server answered to raw bytes, and how the exchange ended. */
export interface RawAnswer {
  readonly text: string;
  readonly end: 'answered' | 'closed' | 'silent';
}

/** As the last piece: the server is expected to close the connection. */
export const untilClosed = '(until closed)';

const exchangeMs = 5_000;

/**
 * Sends `pieces` as they are, each in a packet of its own, and gives the bytes that came back: up to
 * the reply to a request that is sent last to mark the end, or up to the end of the connection.
 */
export function exchangeRaw(address: Address, pieces: readonly string[]): Promise<RawAnswer> {
  const mark = '(end of exchange)';
  const markReply = `$${mark.length}\r\n${mark}\r\n`;
  return new Promise((resolve, reject) => {
    const options = 'path' in address ? address : { host: '127.0.0.1', ...address };
    const socket = connect({ ...options, noDelay: true });
    let text = '';
    const finish = (end: RawAnswer['end']) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, end });
    };
    const timer = setTimeout(() => finish('silent'), exchangeMs);
    socket.on('error', (error) => {
      if ('syscall' in error && error.syscall === 'connect') reject(error);
      else finish('closed');
    });
    socket.on('close', () => finish('closed'));
    socket.on('data', (bytes) => {
      text += latin1Of(bytes);
      if (!text.endsWith(markReply)) return;
      text = text.slice(0, -markReply.length);
      finish('answered');
    });
    socket.on('connect', () => {
      const isMarked = pieces.at(-1) !== untilClosed;
      const queue = isMarked
        ? [...pieces, latin1Of(requestOf(['ECHO', mark]))]
        : pieces.slice(0, -1);
      const sendNext = () => {
        const piece = queue.shift();
        // A turn of the loop between two writes makes them two packets, with no delay by the kernel.
        if (piece !== undefined) socket.write(bytesOfLatin1(piece), () => setImmediate(sendNext));
      };
      sendNext();
    });
  });
}
