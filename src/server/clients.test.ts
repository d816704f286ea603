import { describe, expect, test } from 'vitest';
import { SimulatedServer } from '../../test/support/simulated-server.ts';

describe('clients: who is let in', () => {
  test('no more than maxclients', () => {
    const world = new SimulatedServer({ maxclients: '2' });
    const [first, second] = [world.connect(), world.connect()];

    const third = world.connect();

    expect(third.connection.sent).toBe('-ERR max number of clients reached\r\n');
    expect(third.connection.isEnded).toBe(true);
    expect(third.ask('PING\r\n')).toBe('');
    expect(world.server.engine.statistics).toMatchObject({
      connectionsReceived: 3,
      connectionsRejected: 1,
    });
    first.connection.end();
    world.closeSockets();
    expect(world.connect().ask('PING\r\n')).toBe('+PONG\r\n');
    expect(second.ask('PING\r\n')).toBe('+PONG\r\n');
  });

  test('in protected mode without a password, only this machine', () => {
    const world = new SimulatedServer();
    const answerTo = (host: string, port = 50_000) =>
      world.connect(host, port).ask('PING\r\n') === '+PONG\r\n';

    expect(
      ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'].map((each) => answerTo(each)),
    ).toEqual([true, true, true, true]);
    expect(answerTo('/tmp/headwater.sock', 0)).toBe(true);
    expect(
      ['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '1.127.0.1'].map((each) => answerTo(each)),
    ).toEqual([false, false, false, false]);
    const refused = world.connect('10.0.0.1').connection;
    expect(refused.sent).toMatch(/^-DENIED Redis is running in protected mode/);
    expect(refused.sent.split('\r\n')).toHaveLength(2);
    expect(refused.isEnded).toBe(true);
  });

  test('with a password, or without protected mode, everybody', () => {
    const guarded = new SimulatedServer({ requirepass: 'secret' });
    const open = new SimulatedServer({ 'protected-mode': 'no' });

    expect(guarded.connect('10.0.0.1').ask('PING\r\n')).toMatch(/^-NOAUTH/);
    expect(open.connect('10.0.0.1').ask('PING\r\n')).toBe('+PONG\r\n');
  });

  test('with keep-alive as the setting says', () => {
    const world = new SimulatedServer({ 'tcp-keepalive': '77' });

    expect(world.connect().connection.keepAliveSeconds).toBe(77);
  });
});

describe('clients: who is cut', () => {
  test('who is idle for longer than the timeout, not who waits or is a replica', () => {
    const world = new SimulatedServer({ timeout: '10' });
    const [idle, busy, waiting, replica] = [1, 2, 3, 4].map(() => world.connect());
    if (replica.session !== null) replica.session.kind = 'replica';
    waiting.ask('WAIT 1 0\r\n');
    world.clock.advance(9_000);
    busy.ask('PING\r\n');
    const tick = () => world.server.clients.tick(world.clock.nowMs());

    world.clock.advance(1_000);
    tick();
    expect(idle.connection.isDestroyed).toBe(false);
    world.clock.advance(1);
    tick();

    const isCut = [idle, busy, waiting, replica].map(({ connection }) => connection.isDestroyed);
    expect(isCut).toEqual([true, false, false, false]);
  });

  test('nobody for idleness without a timeout', () => {
    const world = new SimulatedServer();
    const client = world.connect();
    world.clock.advance(1e9);

    world.server.clients.tick(world.clock.nowMs());

    expect(client.connection.isDestroyed).toBe(false);
  });

  test('who lets more than the hard limit of replies pile up, in the middle of its pipeline', () => {
    const world = new SimulatedServer({ 'client-output-buffer-limit': 'normal 1000000 0 0' });
    const client = world.connect();
    client.ask(`SET k ${'x'.repeat(60_000)}\r\n`);
    client.connection.isStuck = true;

    client.ask(`${'GET k\r\n'.repeat(2_000)}SET after 1\r\n`);

    expect(client.connection.isDestroyed).toBe(true);
    expect(client.connection.pendingBytes).toBeLessThan(1_500_000);
    expect(world.server.engine.statistics.outputLimitDisconnections).toBe(1);
    expect(world.log.lines.join('\n')).toMatch(/closed for overcoming of output buffer limits/);
    expect(world.connect().ask('EXISTS after\r\n')).toBe(':0\r\n');
  });

  test('who stays above the soft limit for too long', () => {
    const world = new SimulatedServer({ 'client-output-buffer-limit': 'normal 0 1000 5' });
    const client = world.connect();
    const { connection } = client;
    const pass = (ms: number) => {
      world.clock.advance(ms);
      world.server.clients.tick(world.clock.nowMs());
    };
    connection.isStuck = true;
    client.ask(`ECHO ${'x'.repeat(2_000)}\r\n`);
    pass(4_900);
    connection.pendingBytes = 900;
    pass(1_000);
    connection.pendingBytes = 1_100;
    pass(1_000);
    pass(5_000);
    expect(connection.isDestroyed).toBe(false);

    pass(1);

    expect(connection.isDestroyed).toBe(true);
  });

  test('whose unfinished request is larger than the query buffer may be', () => {
    const world = new SimulatedServer({ 'client-query-buffer-limit': '1mb' });
    const client = world.connect();
    client.ask('*2\r\n$4\r\nECHO\r\n$3000000\r\n');
    client.ask('x'.repeat(1_000_000));
    expect(client.connection.isDestroyed).toBe(false);

    client.ask('x'.repeat(100_000));

    expect(client.connection.isDestroyed).toBe(true);
    expect(world.server.engine.statistics.queryLimitDisconnections).toBe(1);
    expect(world.log.lines.join('\n')).toMatch(/reached max query buffer length client=id=1 /);
  });

  test('who is killed: at once, gone from every list, and its waiting is over', () => {
    const world = new SimulatedServer();
    const [killer, victim] = [world.connect(), world.connect()];
    victim.ask('WAIT 1 0\r\n');

    const answers = killer.ask(
      `CLIENT KILL ID ${victim.session?.id}\r\nCLIENT LIST\r\nCLIENT UNBLOCK ${victim.session?.id}\r\n`,
    );

    expect(answers.startsWith(':1\r\n')).toBe(true);
    expect(answers).toContain(' cmd=client|list ');
    expect(answers).not.toContain(' cmd=wait ');
    expect(answers.endsWith(':0\r\n')).toBe(true);
    expect(victim.connection.isDestroyed).toBe(true);
    world.closeSockets();
    expect(world.server.clients.count).toBe(1);
  });

  test('who kills itself, after the reply', () => {
    const world = new SimulatedServer();
    const client = world.connect();

    const answers = client.ask('CLIENT KILL ID 1 SKIPME no\r\nPING\r\n');

    expect(answers).toBe(':1\r\n');
    expect(client.connection).toMatchObject({ isEnded: true, isDestroyed: false });
  });

  test('everybody, when the server ends', () => {
    const world = new SimulatedServer();
    const clients = [world.connect(), world.connect()];

    world.server.clients.closeAll();

    expect(clients.every(({ connection }) => connection.isDestroyed)).toBe(true);
    expect(world.server.clients.count).toBe(0);
  });
});

describe('clients: what they are told', () => {
  test('a role change ends their waits', () => {
    const world = new SimulatedServer();
    const client = world.connect();
    client.ask('WAIT 1 0\r\n');

    world.server.clients.unblockAll();

    expect(client.connection.sent).toMatch(/^-UNBLOCKED force unblock/);
  });

  test('limits can be changed while they run', () => {
    const world = new SimulatedServer();
    const client = world.connect();
    const second = world.connect();
    world.set(['client-query-buffer-limit', '2mb']);

    client.ask('*2\r\n$4\r\nECHO\r\n$3000000\r\n');
    client.ask('x'.repeat(2_200_000));
    expect(client.connection.isDestroyed).toBe(true);

    world.set(['proto-max-bulk-len', '1mb']);
    const tooLong = '*2\r\n$4\r\nECHO\r\n$1048577\r\n';
    expect(world.connect().ask(tooLong)).toMatch(/invalid bulk length/);
    expect(second.ask(tooLong)).toMatch(/invalid bulk length/);
  });

  test('what a client sent before it left is not lost on the others', () => {
    const world = new SimulatedServer();
    const client = world.connect();

    client.ask('SET k v\r\nQUIT\r\nSET k w\r\n');
    world.closeSockets();

    expect(world.connect().ask('GET k\r\n')).toBe('$1\r\nv\r\n');
    expect(world.log.lines.join('\n')).toMatch(/verbose: Client closed connection id=1 addr=127/);
  });
});
