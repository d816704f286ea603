import { connect, type Socket } from 'node:net';
import { bytesOf, concatBytes, equalBytes, latin1Of } from '../../src/base/bytes.ts';
import { RdbReader } from '../../src/persistence/rdb/rdb-reader.ts';
import { eventually } from './eventually.ts';
import { RecordingVisitor } from './recorded-rdb.ts';
import { parseReply, textOf } from './reply.ts';
import { requestOf, type Word } from './resp-client.ts';

/** What a replica is told first: where the history stands. */
export interface FullSyncStart {
  readonly id: string;
  readonly offset: number;
}

const acknowledgeMs = 50;

/**
 * A replica made by hand: it shows byte for byte what a primary sends.
 *
 * Line by line through the handshake, then the snapshot in either framing, then the stream as a list
 * of requests.
 */
export class RawReplica {
  readonly #socket: Socket;
  readonly #capabilities: readonly string[];
  #received: Uint8Array = new Uint8Array(0);
  #stage: 'handshake' | 'framing' | 'snapshot' | 'mark' | 'stream' = 'handshake';
  #expectedLines: number;
  #mark: Uint8Array | null = null;
  #acknowledging: NodeJS.Timeout | null = null;
  readonly #reader: RdbReader;

  /** The lines of the handshake, without line ends. */
  readonly lines: string[] = [];
  /** What the snapshot held. */
  readonly snapshot = new RecordingVisitor();
  /** The requests of the stream, words as latin-1. */
  readonly stream: string[][] = [];
  /** How many bytes of the stream came after the snapshot. */
  streamBytes = 0;
  start: FullSyncStart | null = null;
  framing: 'length' | 'mark' | null = null;
  snapshotBytes = 0;
  problem: string | null = null;

  private constructor(socket: Socket, capabilities: readonly string[]) {
    this.#socket = socket;
    this.#capabilities = capabilities;
    this.#reader = new RdbReader(this.snapshot, { verifyChecksum: true });
    this.#expectedLines = 3;
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('error', (error) => {
      this.problem ??= error.message;
    });
    socket.on('close', () => {
      this.problem ??= 'closed';
      this.close();
    });
  }

  /** Connects and asks for a full sync. */
  static attach(
    server: { readonly port: number },
    capabilities: readonly string[] = ['eof', 'psync2'],
  ): Promise<RawReplica> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: server.port, noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        const replica = new RawReplica(socket, capabilities);
        replica.#introduce();
        resolve(replica);
      });
    });
  }

  /** Whether the snapshot is complete and the stream may come. */
  get isStreaming(): boolean {
    return this.#stage === 'stream';
  }

  /** Waits until the stream may come; throws when something went wrong before. */
  async ready(): Promise<void> {
    await eventually(() => this.isStreaming || this.problem !== null, { what: 'a full sync' });
    if (this.problem !== null) throw new Error(this.problem);
  }

  /** Writes a request as a replica may: no reply comes to it, but for those of the handshake. */
  write(...words: readonly Word[]): void {
    this.#socket.write(requestOf(words));
  }

  close(): void {
    if (this.#acknowledging !== null) clearInterval(this.#acknowledging);
    this.#socket.destroy();
  }

  #introduce(): void {
    this.write('REPLCONF', 'listening-port', '7777');
    this.write('REPLCONF', ...this.#capabilities.flatMap((word) => ['capa', word]));
  }

  #take(bytes: Uint8Array): void {
    this.#received = concatBytes([this.#received, bytes]);
    let before = -1;
    while (this.#received.length !== before && this.problem === null) {
      before = this.#received.length;
      if (this.#stage === 'handshake' || this.#stage === 'framing') this.#takeLine();
      else if (this.#stage === 'snapshot') this.#takeSnapshot();
      else if (this.#stage === 'mark') this.#takeMark();
      else this.#takeRequest();
    }
  }

  #drop(length: number): void {
    this.#received = this.#received.slice(length);
  }

  #takeLine(): void {
    const end = this.#received.indexOf(0x0a);
    if (end < 0) return;
    const line = latin1Of(this.#received, 0, end).replace(/\r$/, '');
    this.#drop(end + 1);
    if (line === '') return;
    this.lines.push(line);
    if (this.#stage === 'framing') {
      this.#enterSnapshot(line);
      return;
    }
    this.#expectedLines -= 1;
    // Not before the other replies are here: a primary refuses PSYNC while it has output pending.
    if (this.#expectedLines === 1) this.write('PSYNC', '?', '-1');
    if (this.#expectedLines > 0) return;
    const match = /^\+FULLRESYNC ([0-9a-f]{40}) (\d+)$/.exec(line);
    if (match === null) this.problem = `no full sync: ${line}`;
    else this.start = { id: match[1], offset: Number(match[2]) };
    this.#stage = 'framing';
  }

  #enterSnapshot(line: string): void {
    const mark = /^\$EOF:(.{40})$/.exec(line);
    this.framing = mark === null ? 'length' : 'mark';
    this.#mark = mark === null ? null : bytesOf(mark[1]);
    this.#stage = 'snapshot';
  }

  #takeSnapshot(): void {
    const bytes = this.#received;
    const status = this.#reader.feed(bytes, 0, bytes.length);
    if (status === 'failed') this.problem = this.#reader.failure?.detail ?? 'a bad snapshot';
    if (status !== 'done') {
      this.#drop(bytes.length);
      return;
    }
    this.snapshotBytes = this.#reader.consumedBytes;
    this.#drop(this.#reader.endIndex);
    if (this.#mark === null) this.#enterStream();
    else this.#stage = 'mark';
  }

  #takeMark(): void {
    const mark = this.#mark ?? new Uint8Array(0);
    if (this.#received.length < mark.length) return;
    if (!equalBytes(this.#received.slice(0, mark.length), mark)) this.problem = 'a wrong mark';
    this.#drop(mark.length);
    this.#enterStream();
  }

  #enterStream(): void {
    this.#stage = 'stream';
    // One acknowledgement can come before the primary has noticed that its snapshot ended.
    const acknowledge = () => {
      const offset = (this.start?.offset ?? 0) + this.streamBytes;
      this.write('REPLCONF', 'ACK', String(offset));
    };
    acknowledge();
    this.#acknowledging = setInterval(acknowledge, acknowledgeMs);
  }

  #takeRequest(): void {
    const parsed = this.#received.length > 0 ? parseReply(this.#received, 0) : null;
    if (parsed === null) return;
    if (typeof parsed.reply === 'string' || 'kind' in parsed.reply) {
      this.problem = `not a request: ${JSON.stringify(parsed.reply)}`;
      return;
    }
    this.stream.push(parsed.reply.map(textOf));
    this.streamBytes += parsed.end;
    this.#drop(parsed.end);
  }
}
