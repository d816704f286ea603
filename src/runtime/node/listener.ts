import { chmodSync, rmSync } from 'node:fs';
import net from 'node:net';
import type { Listener } from '../listener.ts';
import { adoptAccepted, failureOf } from './sockets.ts';

/** TCP ports and Unix sockets of this machine. */
export const nodeListener: Listener = {
  listen(address, onConnection, onReady, onFailure) {
    const unixPath = address.kind === 'unix' ? address.path : null;
    const server = net.createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
      onConnection(adoptAccepted(socket, unixPath));
    });
    server.once('error', (error) => onFailure(failureOf(error)));
    server.once('listening', () => {
      const bound = server.address();
      if (address.kind === 'unix' && address.mode !== 0) chmodSync(address.path, address.mode);
      onReady(typeof bound === 'object' && bound !== null ? bound.port : 0);
    });
    if (address.kind === 'unix') {
      rmSync(address.path, { force: true });
      server.listen({ path: address.path, backlog: address.backlog });
    } else {
      const isAny6 = address.host === '::';
      server.listen({
        host: address.host,
        port: address.port,
        backlog: address.backlog,
        ipv6Only: isAny6,
      });
    }
    return { close: () => void server.close() };
  },
};
