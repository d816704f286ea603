import type { Connection } from './connection.ts';

/** Where to listen. */
export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly backlog: number }
  | {
      readonly kind: 'unix';
      readonly path: string;
      readonly mode: number;
      readonly backlog: number;
    };

/** Accepts connections of clients. */
export interface Listener {
  /**
   * Starts to listen. Exactly one of `onReady` and `onFailure` is called, later; the failure's text
   * is the cause as a person would read it.
   */
  listen(
    address: ListenAddress,
    onConnection: (connection: Connection) => void,
    onReady: (port: number) => void,
    onFailure: (cause: string) => void,
  ): OpenListener;
}

/** An address that is listened on. */
export interface OpenListener {
  /** Accepts nothing further; connections that are open stay. */
  close(): void;
}
