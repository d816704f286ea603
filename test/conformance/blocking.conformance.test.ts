import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { RawReplica } from '../support/raw-replica.ts';
import { type Reply, textOf } from '../support/reply.ts';
import { type RespClient, requestOf } from '../support/resp-client.ts';
import type { TestServer } from '../support/test-server.ts';
import { blockingCases } from './blocking-cases.ts';
import { blockingStreamCases } from './blocking-stream-cases.ts';
import { parseStep } from './script.ts';
import { useServers } from './suite.ts';

/** Who waits is served in the same order, with the same replies, and replicas are told the same. */
const servers = useServers({
  args: ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '3600'],
});

for (const [name, lines] of Object.entries({ ...blockingCases, ...blockingStreamCases })) {
  test(`blocking: ${name}`, async () => {
    const { redis, ours } = servers();
    const [right, judged] = await Promise.all([tell(redis, lines), tell(ours, lines)]);

    expect(judged).toEqual(right);
  });
}

test('blocking: a primary that becomes a replica lets nobody wait', async () => {
  const { redis, ours } = servers();
  const stories = await Promise.all(
    [redis, ours].map((server) =>
      outcomesOf(server, [
        '@2 > BLPOP q 0',
        'REPLICAOF 127.0.0.1 1',
        '@2 <',
        '@2 PING',
        '@3 BLPOP q 0',
        'REPLICAOF NO ONE',
        '@3 > BLPOP q 0',
        'RPUSH q a',
        '@3 <',
      ]),
    ),
  );

  expect(stories[1]).toEqual(stories[0]);
});

/** The replies of a story alone: a promotion cuts replicas off. */
async function outcomesOf(
  server: TestServer,
  lines: readonly string[],
): Promise<readonly string[]> {
  const story = await Story.begin(server);
  try {
    return await story.tell(lines);
  } finally {
    story.close();
  }
}

/** What came of a story: the replies, line by line, and then the requests that a replica got. */
async function tell(server: TestServer, lines: readonly string[]): Promise<readonly string[]> {
  const story = await Story.begin(server);
  try {
    return [...(await story.tell(lines)), ...(await story.effects())];
  } finally {
    story.close();
  }
}

class Story {
  readonly #server: TestServer;
  readonly #control: RespClient;
  readonly #replica: RawReplica;
  readonly #clients = new Map<string, RespClient>();

  private constructor(server: TestServer, control: RespClient, replica: RawReplica) {
    this.#server = server;
    this.#control = control;
    this.#replica = replica;
  }

  static async begin(server: TestServer): Promise<Story> {
    const control = await server.connect();
    await control.send('FLUSHALL');
    const replica = await RawReplica.attach(server);
    await replica.ready();
    return new Story(server, control, replica);
  }

  async tell(lines: readonly string[]): Promise<readonly string[]> {
    const outcomes: string[] = [];
    for (const line of lines) outcomes.push(`${line} → ${JSON.stringify(await this.#step(line))}`);
    return outcomes;
  }

  /** The requests that the replica got. */
  async effects(): Promise<readonly string[]> {
    const mark = `${Math.random()}`;
    await this.#control.send('PUBLISH', 'mark', mark);
    const { stream } = this.#replica;
    const isMark = (request: readonly string[]): boolean => request[2] === mark;
    await eventually(() => stream.some(isMark), { what: 'the stream arrives' });
    const effects = stream.slice(0, stream.findIndex(isMark)).filter(isEffect);
    return effects.map(lineOf);
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#control.close();
    this.#replica.close();
  }

  async #step(line: string): Promise<Reply> {
    const [, number = '1', mark = '', request = ''] =
      /^(?:@(\d) )?([><;?]?) ?(.*)$/.exec(line) ?? [];
    const client = await this.#client(number);
    if (mark === '<') return withinTime(client.next());
    const { words } = parseStep(await this.#spelledOut(request));
    if (mark === '' || mark === '?') {
      const reply = await withinTime(client.send(...words));
      return mark === '' ? reply : '';
    }
    const before = await this.#blockedCount();
    client.write(requestOf(words));
    if (mark === ';') return '';
    await eventually(async () => (await this.#blockedCount()) === before + 1, { what: line });
    return '';
  }

  /** Numbers of connections become ids. */
  async #spelledOut(request: string): Promise<string> {
    const [verb, number = '', ...rest] = request.split(' ');
    if (verb === 'INFO-BLOCKED') return `ECHO ${await this.#blockedCount()}`;
    if (verb !== 'UNBLOCK' && verb !== 'KILL') return request;
    const id = await this.#idOf(number);
    return verb === 'KILL' ? `CLIENT KILL ID ${id}` : ['CLIENT UNBLOCK', id, ...rest].join(' ');
  }

  async #client(number: string): Promise<RespClient> {
    const known = this.#clients.get(number);
    if (known !== undefined) return known;
    const client = await this.#server.connect();
    this.#clients.set(number, client);
    await client.send('CLIENT', 'SETNAME', `number-${number}`);
    return client;
  }

  async #idOf(number: string): Promise<string> {
    const list = textOf(await this.#control.send('CLIENT', 'LIST'));
    const id = new RegExp(`id=(\\d+) .*name=number-${number} `).exec(list)?.[1];
    if (id === undefined) throw new Error(`nobody is ${number}`);
    return id;
  }

  async #blockedCount(): Promise<number> {
    const info = textOf(await this.#control.send('INFO', 'clients'));
    return Number(/blocked_clients:(\d+)/.exec(info)?.[1]);
  }
}

/** Which effects are one group differs between versions; and who is served by whom shows in the rest. */
function isEffect([name = '', option]: readonly string[]): boolean {
  const isGroup = name === 'MULTI' || name === 'EXEC';
  return !isGroup && name !== 'ping' && !(name === 'REPLCONF' && option === 'GETACK');
}

/** Redis 7.0 writes the words of a move anew, in lower case, when it serves who waited for it. */
function lineOf(words: readonly string[]): string {
  const text = words.join(' ');
  return `(stream) ${words[0] === 'LMOVE' ? text.toLowerCase() : text}`;
}

async function withinTime(reply: Promise<Reply>): Promise<Reply> {
  const replies: Reply[] = [];
  void reply.then((each) => replies.push(each));
  await eventually(() => replies.length > 0, { withinMs: 2_000, what: 'a reply' }).catch(() => {
    replies.push('(no reply)');
  });
  return replies[0] ?? '';
}
