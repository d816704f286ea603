import type { Clock } from '../../src/runtime/clock.ts';
import type { Connection, ConnectionListener, Connector } from '../../src/runtime/connection.ts';
import type { Listener } from '../../src/runtime/listener.ts';
import type { Random } from '../../src/runtime/random.ts';

/** How the network misbehaves while nothing is broken. */
export interface NetworkMood {
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** Pieces have between 1 and so many bytes. */
  readonly maxPieceBytes: number;
}

const calm: NetworkMood = { minDelayMs: 0.1, maxDelayMs: 2, maxPieceBytes: 16 * 1024 };
/** What the two kernels hold between two processes. */
const kernelBytes = 16 * 1024;
const connectTimeoutMs = 20_000;
/** What a piece's memory shows after it was handed over: nobody may look at it any more. */
const garbage = 0xee;

/** A connection that is not open yet. */
interface Attempt {
  readonly node: string;
  isOver: boolean;
}

interface Binding {
  readonly onConnection: (connection: Connection) => void;
}

/**
 * Connections between named nodes: late, in pieces of any size, always in order. A direction can be
 * cut (bytes wait, as with lost packets), connections can be broken (both ends are told, unless they
 * are cut off), and a node can die.
 */
export class SimulatedNetwork {
  mood: NetworkMood = calm;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #bindings = new Map<string, Binding>();
  readonly #cuts = new Set<string>();
  readonly #ends = new Set<SimulatedConnection>();
  readonly #attempts = new Set<Attempt>();
  #nextPort = 40_000;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Where the processes of `node` listen: its host name is the node's name. */
  listenerOf(node: string): Listener {
    return {
      listen: (address, onConnection, onReady) => {
        const port = address.kind === 'tcp' ? address.port : 0;
        const key = `${node}:${port}`;
        this.#bindings.set(key, { onConnection });
        this.#clock.after(0, () => onReady(port));
        return { close: () => void this.#bindings.delete(key) };
      },
    };
  }

  /** How `node` reaches others. */
  connectorOf(node: string): Connector {
    return {
      connect: ({ host, port }, onOpen, onFailure) => {
        const attempt: Attempt = { node, isOver: false };
        this.#attempts.add(attempt);
        const startedAtMs = this.#clock.nowMs();
        const tryNow = (): void => {
          if (attempt.isOver) return;
          const isCut = this.#isCut(node, host) || this.#isCut(host, node);
          if (isCut && this.#clock.nowMs() - startedAtMs < connectTimeoutMs) {
            this.#clock.after(500, tryNow);
            return;
          }
          attempt.isOver = true;
          this.#attempts.delete(attempt);
          const binding = this.#bindings.get(`${host}:${port}`);
          if (isCut) onFailure('Connection timed out');
          else if (binding === undefined) onFailure('Connection refused');
          else this.#open(node, host, port, binding, onOpen);
        };
        this.#clock.after(this.delayMs(), tryNow);
        return () => {
          attempt.isOver = true;
          this.#attempts.delete(attempt);
        };
      },
    };
  }

  /** Bytes from one node to another wait from now on. */
  cut(from: string, to: string): void {
    this.#cuts.add(`${from}>${to}`);
  }

  /** All nodes reach each other again. */
  heal(): void {
    this.#cuts.clear();
    for (const end of this.#ends) end.wake();
  }

  /** Breaks all connections between two nodes. */
  break(left: string, right: string): void {
    for (const end of [...this.#ends]) {
      if (end.node === left && end.peerNode === right) end.destroy();
    }
  }

  /** Breaks everything that one node has, and frees its addresses: the process is gone. */
  kill(node: string): void {
    for (const key of [...this.#bindings.keys()]) {
      if (key.startsWith(`${node}:`)) this.#bindings.delete(key);
    }
    for (const end of [...this.#ends]) if (end.node === node) end.die();
    for (const attempt of this.#attempts) if (attempt.node === node) attempt.isOver = true;
  }

  /** A delay that a piece, or a refusal, may take. */
  delayMs(): number {
    const { minDelayMs, maxDelayMs } = this.mood;
    return minDelayMs + (this.#random.uint32() / 2 ** 32) * (maxDelayMs - minDelayMs);
  }

  /** How long the next piece is. */
  pieceBytes(): number {
    // Mostly large pieces, and often enough one byte alone.
    const roll = this.#random.uint32();
    return (roll & 15) === 0 ? 1 : 1 + ((roll >>> 4) % this.mood.maxPieceBytes);
  }

  isCutBetween(from: string, to: string): boolean {
    return this.#isCut(from, to);
  }

  forget(end: SimulatedConnection): void {
    this.#ends.delete(end);
  }

  #isCut(from: string, to: string): boolean {
    return this.#cuts.has(`${from}>${to}`);
  }

  #open(
    from: string,
    to: string,
    port: number,
    binding: Binding,
    onOpen: (connection: Connection) => void,
  ): void {
    this.#nextPort += 1;
    const here = new SimulatedConnection(this, this.#clock, {
      node: from,
      peerNode: to,
      localAddress: `${from}:${this.#nextPort}`,
      remoteAddress: `${to}:${port}`,
    });
    const there = new SimulatedConnection(this, this.#clock, {
      node: to,
      peerNode: from,
      localAddress: `${to}:${port}`,
      remoteAddress: `${from}:${this.#nextPort}`,
    });
    here.pairWith(there);
    there.pairWith(here);
    this.#ends.add(here).add(there);
    binding.onConnection(there);
    onOpen(here);
  }
}

interface Ends {
  readonly node: string;
  readonly peerNode: string;
  readonly localAddress: string;
  readonly remoteAddress: string;
}

/** One end of a connection. What is written here waits here until it is delivered there. */
export class SimulatedConnection implements Connection {
  readonly node: string;
  readonly peerNode: string;
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly #network: SimulatedNetwork;
  readonly #clock: Clock;
  #peer: SimulatedConnection | null = null;
  #listener: ConnectionListener | null = null;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #owesDrain = false;
  #isPaused = false;
  #isDelivering = false;
  #isEnding = false;
  #isClosed = false;
  #isDead = false;

  constructor(network: SimulatedNetwork, clock: Clock, ends: Ends) {
    this.#network = network;
    this.#clock = clock;
    this.node = ends.node;
    this.peerNode = ends.peerNode;
    this.localAddress = ends.localAddress;
    this.remoteAddress = ends.remoteAddress;
  }

  get remoteHost(): string {
    return this.peerNode;
  }

  get pendingBytes(): number {
    return Math.max(0, this.#queuedBytes - kernelBytes);
  }

  pairWith(peer: SimulatedConnection): void {
    this.#peer = peer;
  }

  listen(listener: ConnectionListener): void {
    this.#listener = listener;
    this.#peer?.wake();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isClosed || this.#isEnding || bytes.length === 0) return true;
    this.#queuedBytes += bytes.length;
    const isTaken = this.pendingBytes === 0;
    // What the kernel has is a copy; what waits here is the writer's own memory.
    this.#queue.push(isTaken ? bytes.slice() : bytes);
    if (!isTaken) this.#owesDrain = true;
    this.wake();
    return isTaken;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#peer?.wake();
  }

  end(): void {
    if (this.#isClosed) return;
    this.#isEnding = true;
    this.wake();
  }

  destroy(): void {
    if (this.#isClosed) return;
    const peer = this.#peer;
    this.#close('');
    if (peer !== null) this.#reset(peer);
  }

  /** The process is gone: nothing is told to it any more. */
  die(): void {
    this.#isDead = true;
    this.destroy();
  }

  setNoDelay(): void {}

  setKeepAlive(): void {}

  /** Plans the delivery of the next piece to the peer, unless it is under way or impossible. */
  wake(): void {
    if (this.#isDelivering || this.#isClosed) return;
    if (this.#queue.length === 0 && !this.#isEnding) return;
    if (this.#network.isCutBetween(this.node, this.peerNode)) return;
    const peer = this.#peer;
    if (peer === null || peer.#isPaused || peer.#listener === null) return;
    this.#isDelivering = true;
    this.#clock.after(this.#network.delayMs(), () => this.#deliver());
  }

  #deliver(): void {
    this.#isDelivering = false;
    const peer = this.#peer;
    if (this.#isClosed || peer === null || peer.#isPaused) return;
    if (this.#network.isCutBetween(this.node, this.peerNode)) return;
    const piece = this.#takePiece();
    if (piece !== null) {
      peer.#listener?.onData(piece, piece.length);
      piece.fill(garbage);
      this.#tellDrained();
    } else if (this.#isEnding) {
      this.#close('');
      peer.#close('');
    }
    this.wake();
  }

  #takePiece(): Uint8Array | null {
    if (this.#queue.length === 0) return null;
    const count = Math.min(this.#network.pieceBytes(), this.#queuedBytes);
    const piece = new Uint8Array(count);
    let at = 0;
    while (at < count) {
      const [first] = this.#queue;
      const part = first.subarray(0, count - at);
      piece.set(part, at);
      at += part.length;
      if (part.length === first.length) this.#queue.shift();
      else this.#queue[0] = first.subarray(part.length);
    }
    this.#queuedBytes -= count;
    return piece;
  }

  #tellDrained(): void {
    if (!this.#owesDrain || this.pendingBytes > 0 || this.#isClosed) return;
    this.#owesDrain = false;
    // The kernel has all of it now: the writer may reuse its memory.
    this.#queue = this.#queue.map((bytes) => bytes.slice());
    this.#listener?.onDrain();
  }

  /** Tells the peer that we are gone, as soon as word gets through. */
  #reset(peer: SimulatedConnection): void {
    this.#clock.after(this.#network.delayMs(), () => {
      if (this.#network.isCutBetween(this.node, peer.node)) {
        this.#clock.after(500, () => this.#reset(peer));
      } else {
        peer.#close('Connection reset by peer');
      }
    });
  }

  #close(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#network.forget(this);
    // As with a real socket, word of it comes after the call that caused it.
    this.#clock.after(0, () => {
      if (!this.#isDead) this.#listener?.onClose(reason);
    });
  }
}
