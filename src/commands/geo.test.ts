import { expect, test } from 'vitest';
import { TestServer } from './testing-context.ts';

function server(): TestServer {
  const made = new TestServer();
  made.run('GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania');
  return made;
}

test('geo: adding replies as ZADD does, and goes out as one', () => {
  const { run, propagated } = bound(new TestServer());

  expect(run('GEOADD g 13.361389 38.115556 a 15.087269 37.502669 b')).toBe(':2\r\n');
  expect(propagated()).toEqual(['zadd g 3479099956230698 a 3479447370796909 b']);
  expect(run('GEOADD g 13.361389 38.115556 a')).toBe(':0\r\n');
  expect(propagated()).toEqual([]);
  expect(run('GEOADD g XX CH 1 1 a 2 2 c')).toBe(':1\r\n');
  expect(propagated()).toEqual(['zadd g XX CH 3377822707026402 a 3378191666521995 c']);
});

test('geo: one place that is none adds nothing', () => {
  const { run } = bound(new TestServer());

  expect(run('GEOADD g 1 1 a 200 1 b')).toBe(
    '-ERR invalid longitude,latitude pair 200.000000,1.000000\r\n',
  );
  expect(run('EXISTS g')).toBe(':0\r\n');
});

test('geo: positions, texts and distances', () => {
  const { run } = bound(server());

  expect(run('GEOPOS g Palermo none')).toBe(
    '*2\r\n*2\r\n$20\r\n13.36138933897018433\r\n$20\r\n38.11555639549629859\r\n*-1\r\n',
  );
  expect(run('GEOHASH g Palermo none')).toBe('*2\r\n$11\r\nsqc8b49rny0\r\n$-1\r\n');
  expect(run('GEODIST g Palermo Catania')).toBe('$11\r\n166274.1516\r\n');
  expect(run('GEODIST g Palermo Catania km')).toBe('$8\r\n166.2742\r\n');
  expect(run('GEODIST g Palermo none')).toBe('$-1\r\n');
});

function bound(made: TestServer) {
  return { run: (line: string) => made.run(line), propagated: () => made.propagated };
}
