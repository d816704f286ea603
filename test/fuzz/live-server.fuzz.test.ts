import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { bytesOfLatin1, concatBytes } from '../../src/base/bytes.ts';
import { eventually } from '../support/eventually.ts';
import { requestOf } from '../support/resp-client.ts';
import { startHeadwater } from '../support/start-headwater.ts';
import { type Dice, fuzzSeconds, fuzzSeed, mutate, newDice } from './mutate.ts';
import { hostileRequests, requestBytes } from './request-corpus.ts';

/** Requests that are damaged on the way; none of them, however damaged, may end the server. */
const requests = [
  'SET key value EX 100',
  'SET key 1 NX GET',
  'INCR key',
  'APPEND key xyz',
  'SETRANGE key 100 abc',
  'SETBIT key 77 1',
  'BITFIELD key SET u8 0 255 INCRBY i5 100 1',
  'MSET a 1 b 2 c 3',
  'MGET a b c',
  'SCAN 0 MATCH * COUNT 10',
  'HELLO 3 SETNAME x',
  'CLIENT LIST',
  'CLIENT REPLY SKIP',
  'COMMAND DOCS get',
  'COMMAND GETKEYS mset a 1 b 2',
  'OBJECT ENCODING key',
  'REPLCONF listening-port 1',
  'PSYNC ? -1',
  'WAIT 1 1',
  'INFO everything',
  'LCS a b IDX',
  'COPY a b DB 1',
  'SWAPDB 0 1',
  'RESET',
  'FLUSHALL ASYNC',
].map((line) => requestOf(line.split(' ')));
const corpus = [...Object.values(hostileRequests).map((text) => bytesOfLatin1(text)), ...requests];

const connectionsAtOnce = 20;
const growthMaxBytes = 300 * 1024 * 1024;

/** Sends one stream of garbage and reads what comes back, until the server closes or the time is up. */
function torment(port: number, dice: Dice): Promise<void> {
  const pieces = Array.from({ length: 1 + dice(30) }, () => {
    const original = corpus[dice(corpus.length)];
    return dice(3) === 0 ? original : mutate(original, requestBytes, dice);
  });
  const half = dice(pieces.length);
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve());
    socket.resume();
    socket.write(concatBytes(pieces.slice(0, half)), () => {
      if (dice(4) === 0) socket.destroy();
      else socket.end(concatBytes(pieces.slice(half)));
    });
    socket.setTimeout(2_000, () => socket.destroy());
  });
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

test(
  `fuzz: a server that is fed garbage stays alive, and small (seed ${fuzzSeed})`,
  async () => {
    const dice = newDice(fuzzSeed);
    const server = await startHeadwater({ args: ['--enable-debug-command', 'no'] });
    try {
      const before = residentBytes(server.pid);
      const deadline = performance.now() + (2 + fuzzSeconds) * 1000;
      let connections = 0;
      while (performance.now() < deadline) {
        const round = Array.from({ length: connectionsAtOnce }, () => torment(server.port, dice));
        await Promise.all(round);
        connections += round.length;
      }

      const client = await server.connect();
      expect(await client.pipeline([['RESET'], ['SET', 'k', 'v'], ['GET', 'k']])).toEqual([
        '+RESET',
        '+OK',
        '$v',
      ]);
      await eventually(async () => /connected_clients:1\r/.test(String(await client.send('INFO'))));
      client.close();
      expect(connections).toBeGreaterThan(connectionsAtOnce);
      expect(residentBytes(server.pid) - before).toBeLessThan(growthMaxBytes);
    } finally {
      await server.stop();
    }
    expect(server.output(), `seed ${fuzzSeed}`).not.toMatch(/TypeError|RangeError|at .*\.js:\d+/);
  },
  (fuzzSeconds + 60) * 1000,
);
