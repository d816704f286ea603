/** Values of every type, small and large, to be counted by their bytes. */
import type { RespClient } from '../../test/support/resp-client.ts';

/** One way to fill a server: requests that together hold so many elements. */
export interface Fill {
  readonly name: string;
  /** Elements in a key; small forms have many keys, large ones a single key. */
  readonly perKey: 'few' | 'all';
  readonly command: string;
  /** The words of one element behind the key. */
  readonly element: (i: number) => readonly (string | number)[];
}

const twelve = (i: number): string => String(i).padStart(12, '0');

/** Every type in its small and its large form. */
export const fills: readonly Fill[] = (['few', 'all'] as const).flatMap((perKey): Fill[] => [
  { name: 'list', perKey, command: 'RPUSH', element: (i) => [`item:${twelve(i)}`] },
  { name: 'set of integers', perKey, command: 'SADD', element: (i) => [i * 7] },
  { name: 'set', perKey, command: 'SADD', element: (i) => [`member:${twelve(i)}`] },
  {
    name: 'hash',
    perKey,
    command: 'HSET',
    element: (i) => [`field:${twelve(i)}`, `value:${twelve(i)}`],
  },
  {
    name: 'sorted set',
    perKey,
    command: 'ZADD',
    element: (i) => [i * 3, `member:${twelve(i)}`],
  },
  { name: 'stream', perKey, command: 'XADD', element: (i) => ['*', 'field', `value:${twelve(i)}`] },
]);

/** Elements in a small value. */
export const fewElements = 10;
/** Elements that go out in one request, for commands that take several. */
const elementsPerRequest = 100;
const requestsAtOnce = 500;

/** Sends what fills a server with about `count` elements. */
export async function fill(client: RespClient, what: Fill, count: number): Promise<void> {
  const perRequest =
    what.command === 'XADD' ? 1 : what.perKey === 'few' ? fewElements : elementsPerRequest;
  let requests: (string | number)[][] = [];
  for (let i = 0; i < count; i += perRequest) {
    const key = what.perKey === 'few' ? `key:${Math.floor(i / fewElements)}` : 'key';
    const words: (string | number)[] = [what.command, key];
    for (let j = i; j < Math.min(count, i + perRequest); j += 1) words.push(...what.element(j));
    requests.push(words);
    if (requests.length < requestsAtOnce) continue;
    await client.pipeline(requests);
    requests = [];
  }
  await client.pipeline(requests);
}
