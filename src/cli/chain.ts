#!/usr/bin/env node
/**
 * `npm start` without arguments: a primary, its replica and a sub-replica, each a process of its
 * own; one write at the source, read from both streams; then a live view until Ctrl-C.
 */
import { tmpdir } from 'node:os';
import type { Reply } from '../protocol/reply-parser.ts';
import { makeDirectory, removeDirectory } from '../runtime/node/text-files.ts';
import { headwaterVersion } from '../server/version.ts';
import { Staleness, sampleOf } from './chain-sample.ts';
import {
  type ChainServer,
  freePorts,
  pause,
  startServerProcess,
  stopServerProcess,
} from './chain-servers.ts';
import { lineOf, type Row, suggestions, tableOf } from './chain-table.ts';
import { textOf } from './resp-client.ts';

const wantedPorts = [8000, 8001, 8002];
const names = ['primary', 'replica', 'sub-replica'] as const;
const syncMs = 30_000;
const lookMs = 100;
/** How many looks make one redraw: twice a second on a terminal, once in a log. */
const looksOfTerminal = 5;
const looksOfLog = 10;

/** Set by the signal that ends the program. */
let stopping = false;

const say = (text: string) => void process.stdout.write(`${text}\n`);

/** Seconds after `--for`, or null: until Ctrl-C. */
function secondsOf(args: readonly string[]): number | null {
  const at = args.indexOf('--for');
  if (at < 0) return null;
  const seconds = Number(args[at + 1]);
  if (!(seconds > 0)) throw new Error('--for wants a number of seconds, above 0');
  return seconds;
}

async function startChain(directory: string): Promise<ChainServer[]> {
  const ports = await freePorts(wantedPorts);
  for (const [i, port] of ports.entries()) {
    if (port !== wantedPorts[i])
      say(`Port ${wantedPorts[i]} is taken; the ${names[i]} is on ${port}.`);
  }
  const servers: ChainServer[] = [];
  try {
    for (const [i, port] of ports.entries()) {
      const above = ports[i - 1] ?? null;
      servers.push(await startServerProcess(names[i] ?? '', port, directory, above));
      const follows = above === null ? '' : `, a replica of ${above}`;
      say(
        `Started the ${names[i]} on port ${port}${follows} (process ${servers[i]?.process.pid}).`,
      );
    }
  } catch (error) {
    await stopChain(servers);
    throw error;
  }
  return servers;
}

/** From the end of the chain to its source, so that nobody has to wait for a replica. */
async function stopChain(servers: readonly ChainServer[]): Promise<void> {
  for (const server of [...servers].reverse()) await stopServerProcess(server);
}

async function waitFor(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + syncMs;
  while (!stopping && !(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${syncMs / 1000} seconds`);
    await pause(lookMs);
  }
}

/** One write at the source, read from both streams. */
async function showOneHistory(servers: readonly ChainServer[]): Promise<void> {
  const [primary, ...replicas] = servers;
  if (primary === undefined) return;
  for (const { name, client } of replicas) {
    await waitFor(`the ${name} follows`, async () => {
      return sampleOf(await client.text('INFO')).link === 'up';
    });
  }
  const write = ['MSET', 'ID', '1005', 'NAME', 'MariaDB', 'City', 'BeiJing'];
  say(`\n${primary.port}> ${write.join(' ')}\n${await primary.client.text(...write)}`);
  const { offset } = sampleOf(await primary.client.text('INFO'));
  for (const { name, port, client } of replicas) {
    await waitFor(`the ${name} has it`, async () => {
      return sampleOf(await client.text('INFO')).offset >= offset;
    });
    const reply = await client.send('MGET', 'ID', 'NAME', 'City');
    const items = reply.kind === 'array' ? reply.items : [];
    say(`${port}> MGET ID NAME City`);
    for (const [i, item] of items.entries()) say(`${i + 1}) ${shown(item)}`);
  }
  say('');
}

const shown = (reply: Reply) => (reply.kind === 'null' ? '(nil)' : `"${textOf(reply)}"`);

/** Looks at all servers at once. */
async function look(servers: readonly ChainServer[], staleness: Staleness): Promise<Row[]> {
  const samples = await Promise.all(
    servers.map(({ client }) => client.text('INFO').then(sampleOf, () => null)),
  );
  const nowMs = performance.now();
  const source = samples[0]?.offset ?? 0;
  staleness.note(nowMs, source);
  return servers.map(({ name, port }, i) => {
    const sample = samples[i] ?? null;
    const offset = sample?.offset ?? 0;
    const bytesBehind = Math.max(0, source - offset);
    return {
      name,
      port,
      sample,
      bytesBehind,
      msBehind: Math.round(staleness.ofReplica(nowMs, offset)),
    };
  });
}

/** Shows the chain until it is told to stop, or time is up. */
async function watch(servers: readonly ChainServer[], seconds: number | null): Promise<void> {
  const terminal = process.stdout.isTTY === true;
  const endMs = seconds === null ? Number.POSITIVE_INFINITY : performance.now() + seconds * 1000;
  const staleness = new Staleness();
  let drawn = 0;
  for (let looks = 0; !stopping && performance.now() < endMs; looks += 1) {
    const rows = await look(servers, staleness);
    if (looks % (terminal ? looksOfTerminal : looksOfLog) === 0) {
      if (terminal) drawn = draw(tableOf(rows), drawn);
      else say(lineOf(rows));
    }
    await pause(lookMs);
  }
}

/** Draws over the lines drawn before; gives the number of lines. */
function draw(lines: readonly string[], drawn: number): number {
  const up = drawn > 0 ? `\x1b[${drawn}A` : '';
  process.stdout.write(up + lines.map((line) => `\x1b[2K${line}\n`).join(''));
  return lines.length;
}

async function main(): Promise<void> {
  const seconds = secondsOf(process.argv.slice(2));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stopping = true;
    });
  }
  const directory = makeDirectory(`${tmpdir()}/headwater-chain-`);
  say(`Headwater ${headwaterVersion}: one source, two streams. Logs are in ${directory}`);
  const servers = await startChain(directory);
  try {
    await showOneHistory(servers);
    const [primary = 0, replica = 0, subReplica = 0] = servers.map(({ port }) => port);
    for (const line of suggestions([primary, replica, subReplica])) say(line);
    const end =
      seconds === null ? 'Ctrl-C stops' : `Ctrl-C, or the end of ${seconds} seconds, stops`;
    say(`${end} all three. The view itself asks ${1000 / lookMs} times a second (ops/s).\n`);
    await watch(servers, seconds);
  } finally {
    say('\nStopping …');
    await stopChain(servers);
  }
  removeDirectory(directory);
  say('All three have stopped.');
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
