import { expect, test } from 'vitest';
import { bytesOfLatin1, latin1Of } from '../base/bytes.ts';
import type { Connection, ConnectionListener } from '../runtime/connection.ts';
import { RespClient } from './resp-client.ts';

/** A client whose connection is in the test's hand. */
function wiredClient() {
  const sent: string[] = [];
  const wire: { listener: ConnectionListener | null } = { listener: null };
  const connection: Connection = {
    remoteAddress: '',
    localAddress: '',
    remoteHost: '',
    pendingBytes: 0,
    listen: (listener) => {
      wire.listener = listener;
    },
    write: (bytes) => sent.push(latin1Of(bytes)) > 0,
    pause: () => {},
    resume: () => {},
    end: () => {},
    destroy: () => wire.listener?.onClose(''),
    setNoDelay: () => {},
    setKeepAlive: () => {},
  };
  const client = new RespClient(connection);
  const receive = (text: string) => wire.listener?.onData(bytesOfLatin1(text), text.length);
  return { client, sent, receive, wire };
}

test('client: replies come in the order of the requests', async () => {
  const { client, sent, receive } = wiredClient();

  const replies = Promise.all([client.text('GET', 'a'), client.text('MGET', 'b', 'c')]);
  receive('$1\r\nx\r\n*2\r\n$1');
  receive('\r\ny\r\n$-1\r\n');

  expect(await replies).toEqual(['x', 'y (nil)']);
  expect(sent).toEqual([
    '*2\r\n$3\r\nGET\r\n$1\r\na\r\n',
    '*3\r\n$4\r\nMGET\r\n$1\r\nb\r\n$1\r\nc\r\n',
  ]);
});

test('client: an error rejects, and so does the end of the connection', async () => {
  const { client, receive, wire } = wiredClient();

  const refused = client.text('X');
  receive('-ERR no\r\n');
  await expect(refused).rejects.toThrow('ERR no');

  const open = client.send('PING');
  wire.listener?.onClose('Connection reset by peer');
  await expect(open).rejects.toThrow('Connection reset by peer');
  await expect(client.send('PING')).rejects.toThrow('closed');
});

test('client: what is no RESP ends the connection', async () => {
  const { client, receive } = wiredClient();

  const open = client.send('PING');
  receive('HTTP/1.1 200 OK\r\n');

  await expect(open).rejects.toThrow('no RESP');
});
