import { expect, test } from 'vitest';
import type { Connection } from '../runtime/connection.ts';
import type { Listener } from '../runtime/listener.ts';
import { HeldListener } from './held-listener.ts';

const address = { kind: 'tcp', host: 'here', port: 1, backlog: 1 } as const;

/** A held listener, a way to let connections in, and what came through. */
function open() {
  let accept = (_connection: Connection): void => {};
  const inner: Listener = {
    listen: (_address, onConnection) => {
      accept = onConnection;
      return { close: () => {} };
    },
  };
  const listener = new HeldListener(inner);
  const events: string[] = [];
  const connect = (name: string) => {
    let close = (): void => {};
    const connection = {
      name,
      pause: () => events.push(`${name} paused`),
      resume: () => events.push(`${name} resumed`),
      destroy: () => events.push(`${name} destroyed`),
      listen: ({ onClose }: { onClose: () => void }) => {
        close = onClose;
      },
    };
    accept(connection as unknown as Connection);
    return () => close();
  };
  listener.listen(
    address,
    (connection) => events.push((connection as unknown as { name: string }).name),
    () => {},
    () => {},
  );
  return { listener, connect, events };
}

test('held listener: connections wait until it is released, and come in order', () => {
  const { listener, connect, events } = open();

  connect('a');
  connect('b');
  expect(events.splice(0)).toEqual(['a paused', 'b paused']);
  listener.release();
  connect('c');
  listener.release();

  expect(events).toEqual(['a', 'a resumed', 'b', 'b resumed', 'c']);
});

test('held listener: who leaves before is not handed on', () => {
  const { listener, connect, events } = open();

  const leave = connect('a');
  leave();
  listener.release();

  expect(events).toEqual(['a paused']);
});

test('held listener: who waits is closed when the server stops first', () => {
  const { listener, connect, events } = open();

  connect('a');
  listener.drop();
  listener.release();

  expect(events).toEqual(['a paused', 'a destroyed']);
});
