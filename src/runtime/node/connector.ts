import net from 'node:net';
import type { Connector } from '../connection.ts';
import { failureOf, NodeConnection, sharedReader } from './sockets.ts';

/** Opens TCP connections; `localAddress` (`bind-source-addr`) chooses our own end. */
export function nodeConnector(localAddress: () => string | undefined): Connector {
  return {
    connect({ host, port }, onOpen, onFailure) {
      const local = localAddress();
      let connection: NodeConnection | null = null;
      const socket = net.connect({
        onread: sharedReader(() => connection),
        host,
        port,
        noDelay: true,
        allowHalfOpen: true,
        ...(local === undefined ? {} : { localAddress: local }),
      });
      let isGivenUp = false;
      const fail = (error: NodeJS.ErrnoException): void => {
        if (!isGivenUp) onFailure(failureOf(error));
      };
      socket.once('error', fail);
      socket.once('connect', () => {
        socket.off('error', fail);
        if (isGivenUp) {
          socket.destroy();
          return;
        }
        connection = new NodeConnection(socket, null);
        onOpen(connection);
      });
      return () => {
        isGivenUp = true;
        socket.destroy();
      };
    },
  };
}
