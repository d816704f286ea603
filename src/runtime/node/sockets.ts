import net from 'node:net';
import { getSystemErrorName } from 'node:util';
import { withView } from '../../base/bytes.ts';
import type { Connection, ConnectionListener } from '../connection.ts';
import { DirectWriter } from './direct-writer.ts';

/**
 * One buffer receives the bytes of every socket, one after the other: `onData` is called before the
 * next socket is read. Without it Node allocates a buffer for each read.
 */
const readBuffer = withView(Buffer.allocUnsafeSlow(64 * 1024));

/** A TCP or Unix socket as the pure folders see it. */
export class NodeConnection implements Connection {
  readonly remoteAddress: string;
  readonly localAddress: string;
  readonly remoteHost: string;
  readonly #socket: net.Socket;
  readonly #handle: object | null;
  #listener: ConnectionListener | null = null;
  #failure = '';
  #direct: DirectWriter | null = null;
  #isPaused = false;

  /** `unixPath` is the path for a Unix socket, null for TCP. What arrives is given to `received`. */
  constructor(socket: net.Socket, unixPath: string | null) {
    this.#socket = socket;
    this.#handle = handleOf(socket);
    DirectWriter.learnFrom(this.#handle);
    this.remoteHost = unixPath ?? socket.remoteAddress ?? '';
    this.remoteAddress = addressOf(this.remoteHost, unixPath === null ? socket.remotePort : 0);
    this.localAddress =
      unixPath === null ? addressOf(socket.localAddress ?? '', socket.localPort) : `${unixPath}:0`;
    socket.on('drain', () => this.#listener?.onDrain());
    socket.on('error', (error) => {
      this.#failure = failureOf(error);
    });
    socket.on('end', () => socket.end());
    socket.on('close', () => this.#listener?.onClose(this.#failure));
  }

  listen(listener: ConnectionListener): void {
    this.#listener = listener;
  }

  /** Reading has stopped for this turn: it goes on in the next, unless somebody paused it. */
  yieldTurn(): void {
    setImmediate(() => {
      if (!this.#isPaused) this.#socket.resume();
    });
  }

  /** Called by whoever reads the socket. */
  received(bytes: Uint8Array, length: number): void {
    this.#listener?.onData(bytes, length);
  }

  write(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return true;
    if (this.#direct !== null) return this.#direct.write(bytes);
    socket.write(bytes);
    // Zero means that the kernel took everything within the call.
    const isTaken = socket.writableLength === 0;
    if (isTaken) this.#direct = this.#directWriter();
    return isTaken;
  }

  get pendingBytes(): number {
    return this.#socket.writableLength + (this.#direct?.pendingBytes ?? 0);
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #directWriter(): DirectWriter | null {
    return DirectWriter.on(
      this.#handle,
      () => this.#listener?.onDrain(),
      (errorNumber) => {
        this.#failure = failureOf({ code: getSystemErrorName(errorNumber) });
        this.#socket.destroy();
      },
    );
  }

  setNoDelay(enabled: boolean): void {
    this.#socket.setNoDelay(enabled);
  }

  setKeepAlive(seconds: number): void {
    this.#socket.setKeepAlive(seconds > 0, seconds * 1000);
  }
}

/** What `net.Socket` takes beside its documented options: a handle that is connected already. */
interface AcceptedSocketOptions extends net.SocketConstructorOpts {
  readonly handle: object;
  readonly onread: net.OnReadOpts;
}

/** The read buffer with who receives from it; `target` may come later. */
export function sharedReader(target: () => NodeConnection | null): net.OnReadOpts {
  return {
    buffer: readBuffer,
    callback: (length, bytes) => {
      const connection = target();
      connection?.received(bytes, length);
      // A full buffer means that more waits. Node would go on with this socket many times over;
      // others, and timers, come first.
      if (length < readBuffer.length || connection === null) return true;
      connection.yieldTurn();
      return false;
    },
  };
}

/**
 * Makes a connection of a socket that a server accepted while paused.
 *
 * Node offers its shared read buffer (`onread`) only to sockets that a program makes itself, so the
 * socket's handle moves to a new one. Where the handle cannot be had, the socket is read as usual.
 */
export function adoptAccepted(socket: net.Socket, unixPath: string | null): NodeConnection {
  const handle = takeHandle(socket);
  if (handle === null) return readAsUsual(socket, unixPath);
  let connection: NodeConnection | null = null;
  const options: AcceptedSocketOptions = {
    handle,
    allowHalfOpen: true,
    onread: sharedReader(() => connection),
  };
  const adopted = new net.Socket(options);
  connection = new NodeConnection(adopted, unixPath);
  adopted.resume();
  return connection;
}

function readAsUsual(socket: net.Socket, unixPath: string | null): NodeConnection {
  const connection = new NodeConnection(socket, unixPath);
  socket.on('data', (bytes: Buffer) => connection.received(bytes, bytes.length));
  socket.resume();
  return connection;
}

function takeHandle(socket: net.Socket): object | null {
  const handle = handleOf(socket);
  if (handle !== null) (socket as unknown as { _handle: object | null })._handle = null;
  return handle;
}

/** The system's side of a socket; null where Node no longer shows it. */
function handleOf(socket: net.Socket): object | null {
  const { _handle: handle } = socket as unknown as { readonly _handle?: unknown };
  return typeof handle === 'object' ? handle : null;
}

/** `host:port`, IPv6 in brackets. */
function addressOf(host: string, port: number | undefined): string {
  const plain = host.startsWith('::ffff:') ? host.slice(7) : host;
  return plain.includes(':') ? `[${plain}]:${port ?? 0}` : `${plain}:${port ?? 0}`;
}

/** A system error as a person would read it. */
export function failureOf(error: {
  readonly code?: string | undefined;
  readonly message?: string;
}): string {
  return failureTexts.get(error.code ?? '') ?? error.message ?? error.code ?? 'unknown error';
}

const failureTexts = new Map([
  ['ECONNREFUSED', 'Connection refused'],
  ['ECONNRESET', 'Connection reset by peer'],
  ['ETIMEDOUT', 'Connection timed out'],
  ['EHOSTUNREACH', 'No route to host'],
  ['ENETUNREACH', 'Network is unreachable'],
  ['EPIPE', 'Broken pipe'],
  ['ENOTFOUND', 'Name or service not known'],
  ['EADDRINUSE', 'Address already in use'],
  ['EADDRNOTAVAIL', 'Cannot assign requested address'],
  ['EACCES', 'Permission denied'],
]);
