/**
 * `load-keys PORT COUNT`: sets keys over one pipelined connection and prints the seconds it took.
 *
 * The requests of a chunk are written once; afterwards only the digits in them change. A bounded
 * number of chunks is on its way, so that the server never has more to read than it would from a
 * client that minds its replies.
 */
import { connect, type Socket } from 'node:net';

const requestsPerChunk = 500;
const chunksOnTheWay = 8;
const replyBytes = '+OK\r\n'.length;
const minus = 45;

const template = '*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000000\r\n$16\r\nval:000000000000\r\n';
const keyDigitsEnd = template.indexOf('key:') + 16;
const valueDigitsEnd = template.indexOf('val:') + 16;

class Loader {
  readonly #socket: Socket;
  readonly #count: number;
  readonly #chunks: Buffer[] = Array.from({ length: chunksOnTheWay }, () =>
    Buffer.from(template.repeat(requestsPerChunk)),
  );
  #sent = 0;
  #answeredBytes = 0;
  #chunkAt = 0;
  readonly #startedAt = performance.now();

  constructor(socket: Socket, count: number) {
    this.#socket = socket;
    this.#count = count;
    socket.on('data', (bytes) => this.#onReplies(bytes));
    this.#fill();
  }

  #onReplies(bytes: Buffer): void {
    // Every reply must be `+OK`; an error would begin with a minus.
    const error = bytes.indexOf(minus);
    if (error >= 0) fail(bytes.toString('latin1', error, error + 100));
    this.#answeredBytes += bytes.length;
    if (this.#answeredBytes < this.#count * replyBytes) {
      this.#fill();
      return;
    }
    const seconds = (performance.now() - this.#startedAt) / 1000;
    process.stdout.write(`${JSON.stringify({ seconds })}\n`);
    this.#socket.destroy();
  }

  /** A chunk may be written again once the replies to it are there: it was read to its end. */
  #fill(): void {
    const answered = Math.floor(this.#answeredBytes / replyBytes);
    const limit = answered + (chunksOnTheWay - 1) * requestsPerChunk;
    while (this.#sent < this.#count && this.#sent + requestsPerChunk <= limit) this.#sendChunk();
  }

  #sendChunk(): void {
    const chunk = this.#chunks[this.#chunkAt];
    this.#chunkAt = (this.#chunkAt + 1) % chunksOnTheWay;
    const requests = Math.min(requestsPerChunk, this.#count - this.#sent);
    for (let i = 0; i < requests; i += 1) {
      const at = i * template.length;
      writeDigits(chunk, at + keyDigitsEnd, this.#sent + i);
      writeDigits(chunk, at + valueDigitsEnd, this.#sent + i);
    }
    this.#socket.write(chunk.subarray(0, requests * template.length));
    this.#sent += requests;
  }
}

/** Twelve decimal digits that end before `end`. */
function writeDigits(target: Uint8Array, end: number, value: number): void {
  let left = value;
  for (let at = end - 1; at >= end - 12; at -= 1) {
    const rest = Math.floor(left / 10);
    target[at] = 48 + left - rest * 10;
    left = rest;
  }
}

function fail(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}

const [port, count] = process.argv.slice(2).map(Number);
const socket = connect({ port, host: '127.0.0.1', noDelay: true });
socket.on('error', (error) => fail(error.message));
socket.on('connect', () => new Loader(socket, count));
