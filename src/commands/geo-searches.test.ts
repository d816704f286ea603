import { expect, test } from 'vitest';
import { TestServer } from './testing-context.ts';

function newServer(): TestServer {
  const server = new TestServer();
  server.run('GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania 0 0 null');
  return server;
}

test('geo searches: nearest first where so many are wanted', () => {
  const server = newServer();

  expect(server.run('GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km COUNT 1')).toBe(
    '*1\r\n$7\r\nCatania\r\n',
  );
  expect(server.run('GEOSEARCH g FROMLONLAT 15 37 BYBOX 400 400 km DESC WITHDIST')).toBe(
    '*2\r\n*2\r\n$7\r\nPalermo\r\n$8\r\n190.4424\r\n*2\r\n$7\r\nCatania\r\n$7\r\n56.4413\r\n',
  );
  expect(server.propagated).toEqual([]);
});

test('geo searches: what is stored goes out as it was asked for, and counts each member', () => {
  const server = newServer();
  const line = 'GEOSEARCHSTORE x g FROMMEMBER Catania BYRADIUS 200 km';

  expect(server.run(line)).toBe(':2\r\n');
  expect(server.propagated).toEqual([line]);
  expect(server.notified).toEqual(['0:geosearchstore']);
  expect(server.run('GEORADIUS g 15 37 200 km STORE x')).toBe(':2\r\n');
  expect(server.notified).toEqual(['0:georadiusstore']);
  expect(server.run('GEORADIUSBYMEMBER none a 1 m STORE x')).toBe(':0\r\n');
  expect(server.notified).toEqual(['0:del']);
  expect(server.run('EXISTS x')).toBe(':0\r\n');
});

test.each([
  ['GEOSEARCH g FROMMEMBER nobody BYRADIUS 1 km', 'could not decode requested zset member'],
  ['GEOSEARCH g BYRADIUS 1 km ASC DESC', 'exactly one of FROMMEMBER or FROMLONLAT can be'],
  ['GEOSEARCH g FROMMEMBER null ASC DESC ASC', 'exactly one of BYRADIUS and BYBOX can be'],
  ['GEOSEARCH g FROMMEMBER null BYRADIUS 1 km ANY', 'the ANY argument requires COUNT argument'],
  ['GEOSEARCHSTORE x g FROMMEMBER null BYRADIUS 1 km WITHDIST', 'GEOSEARCHSTORE is not compatible'],
  ['GEORADIUS g 1 1 1 km WITHDIST STORE x', 'STORE option in GEORADIUS is not compatible'],
  ['GEORADIUS_RO g 1 1 1 km STORE x', 'syntax error'],
])('geo searches: %s is refused', (line, error) => {
  expect(newServer().run(line)).toContain(`-ERR ${error}`);
});
