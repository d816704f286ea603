import { latin1Of } from '../../src/base/bytes.ts';
import { type Reply, ReplyParser } from '../../src/protocol/reply-parser.ts';
import { frameOf } from '../../src/replication/replica/handshake.ts';
import type { Connection } from '../../src/runtime/connection.ts';
import type { SimulatedNetwork } from './simulated-network.ts';

/** Called with the reply's text: an error begins with `-`; null when the connection was lost. */
type OnReply = (reply: string | null) => void;

/** A client of one node: connects anew at the next request when its connection is lost. */
export class SimulatedClient {
  readonly #network: SimulatedNetwork;
  readonly #host: string;
  readonly #port: number;
  #connection: Connection | null = null;
  #cancel: (() => void) | null = null;
  #unsent: Uint8Array[] = [];
  #waiting: OnReply[] = [];

  constructor(network: SimulatedNetwork, host: string, port: number) {
    this.#network = network;
    this.#host = host;
    this.#port = port;
  }

  /** Sends a request; the reply comes later. Words are latin-1. */
  send(words: readonly string[], onReply: OnReply = () => {}): void {
    this.#waiting.push(onReply);
    const frame = frameOf(words);
    if (this.#connection === null) {
      this.#unsent.push(frame);
      this.#connect();
    } else {
      this.#connection.write(frame);
    }
  }

  /** Ends the connection; replies that are awaited are lost. */
  close(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#connection?.destroy();
    this.#lost();
  }

  #connect(): void {
    if (this.#cancel !== null) return;
    this.#cancel = this.#network.connectorOf('client').connect(
      { host: this.#host, port: this.#port },
      (connection) => this.#opened(connection),
      () => {
        this.#cancel = null;
        this.#lost();
      },
    );
  }

  #opened(connection: Connection): void {
    const parser = new ReplyParser();
    this.#cancel = null;
    this.#connection = connection;
    connection.listen({
      onData: (bytes, length) => {
        parser.feed(bytes, length);
        for (let next = parser.next(); next.kind === 'reply'; next = parser.next()) {
          this.#waiting.shift()?.(textOf(next.reply));
        }
      },
      onDrain: () => {},
      onClose: () => {
        if (connection === this.#connection) this.#lost();
      },
    });
    for (const frame of this.#unsent.splice(0)) connection.write(frame);
  }

  #lost(): void {
    this.#connection = null;
    this.#unsent = [];
    for (const onReply of this.#waiting.splice(0)) onReply(null);
  }
}

function textOf(reply: Reply): string {
  switch (reply.kind) {
    case 'error':
      return `-${reply.text}`;
    case 'status':
      return reply.text;
    case 'integer':
      return String(reply.value);
    case 'bulk':
      return latin1Of(reply.bytes);
    default:
      return reply.kind;
  }
}
