import { expect, test } from 'vitest';
import { exchangeRaw, untilClosed } from '../support/resp-client.ts';
import { useServers } from './suite.ts';

/** Bytes sent as they are, each string a packet of its own; answers are compared byte for byte. */
const exchanges: Readonly<Record<string, readonly string[]>> = {
  'a request in one piece': ['*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n'],
  'a request cut after every byte': [...'*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\nb\r\n'],
  'an inline request cut after every byte': [...'SET k "a b"\r\n', ...'GET k\r\n'],
  'a pipeline in one piece': [`${'PING\r\n'.repeat(500)}*1\r\n$4\r\nPING\r\n`],
  'a pipeline cut in the middle of a bulk': [
    '*2\r\n$4\r\nECHO\r\n$10\r\n01234',
    '56789\r\nPING\r\n',
  ],
  'an empty array': ['*0\r\nPING\r\n'],
  'a negative count': ['*-1\r\nPING\r\n'],
  'a very negative count': ['*-100\r\nPING\r\n'],
  'a count that is no number': ['*abc\r\n'],
  'a count without digits': ['*\r\n'],
  'a count with a plus': ['*+1\r\n$4\r\nPING\r\n'],
  'a count with a leading zero': ['*01\r\n$4\r\nPING\r\n'],
  'a count with a space': ['* 1\r\n$4\r\nPING\r\n'],
  'a count above the limit': ['*1048577\r\n'],
  'a count beyond 32 bits': ['*3000000000\r\n'],
  'a count beyond 64 bits': ['*99999999999999999999\r\n'],
  'a count line that never ends': [`*${'1'.repeat(70_000)}`, untilClosed],
  'a bulk length that is no number': ['*1\r\n$abc\r\n'],
  'a bulk length without digits': ['*1\r\n$\r\n'],
  'a negative bulk length': ['*1\r\n$-1\r\n'],
  'a bulk length above the limit': ['*1\r\n$536870913\r\n'],
  'a bulk length beyond 64 bits': ['*1\r\n$99999999999999999999\r\n'],
  'a bulk length line that never ends': [`*1\r\n$${'1'.repeat(70_000)}`, untilClosed],
  'no dollar where one belongs': ['*1\r\nPING\r\n'],
  'a colon where a dollar belongs': ['*1\r\n:4\r\nPING\r\n'],
  'a newline where a dollar belongs': ['*1\r\n\r\n'],
  'a star where a dollar belongs': ['*1\r\n*1\r\n$4\r\nPING\r\n'],
  'a second bulk without dollar': ['*2\r\n$4\r\nECHO\r\nhi\r\n'],
  'a bulk that ends with other bytes than CR LF': ['*1\r\n$4\r\nPINGxx*1\r\n$4\r\nPING\r\n'],
  'a count line that ends with LF alone': ['*1\n$4\r\nPING\r\n', '\r\n'],
  'an empty bulk as a command': ['*1\r\n$0\r\n\r\n'],
  'an empty word': ['*2\r\n$4\r\nECHO\r\n$0\r\n\r\n'],
  'requests before the mistake are answered': ['PING\r\nPING\r\n*1\r\n$abc\r\nPING\r\n'],
  'an inline request that ends with LF alone': ['PING\n'],
  'an inline request with many spaces': ['   PING    hello   \r\n'],
  'an inline request with tabs': ['PING\thello\r\n'],
  'empty lines': ['\r\n\r\n\n\nPING\r\n'],
  'a line of spaces': ['    \r\nPING\r\n'],
  'inline double quotes': ['ECHO "a b"\r\n', 'ECHO "a\\"b"\r\n', 'ECHO "\\x41\\n\\t\\\\"\r\n'],
  'inline single quotes': ["ECHO 'a b'\r\n", "ECHO 'a\\'b'\r\n", "ECHO 'a\\nb'\r\n"],
  'inline empty quotes': ['ECHO ""\r\n', "ECHO ''\r\n"],
  'inline quotes in the middle of a word': ['ECHO a"b"\r\nPING\r\n', "ECHO a'b'\r\n"],
  'inline text right after a closing quote': ['ECHO "a"b\r\n'],
  'unbalanced double quotes': ['ECHO "abc\r\nPING\r\n'],
  'unbalanced single quotes': ["ECHO 'abc\r\nPING\r\n"],
  'unbalanced quotes after good requests': ['PING\r\nECHO "abc\r\n'],
  'an inline request that is too long': [`ECHO ${'x'.repeat(70_000)}`, untilClosed],
  'an inline request of 60,000 bytes': [`ECHO ${'x'.repeat(60_000)}\r\n`],
  'an inline command that does not exist': ['NOTHING here\r\n'],
  'HTTP that asks for something': ['GET / HTTP/1.1\r\n'],
  'HTTP with a Host header': ['POST / HTTP/1.1\r\nHost: example.com\r\n\r\nPING\r\n'],
  'a POST alone': ['POST /x HTTP/1.1\r\n'],
  'a Host header alone': ['Host: x\r\n'],
  'other reply types as requests': ['+PING\r\n', ':1\r\n', '$4\r\nPING\r\n', '-ERR\r\n'],
  'bytes above 127': ['\xff\xfe\xfd\r\n'],
  'RESP3 replies after HELLO': [
    'CLIENT REPLY OFF\r\nHELLO 3\r\nCLIENT REPLY ON\r\nHELLO 3 BAD\r\n',
    'DEBUG PROTOCOL map\r\nGET missing\r\n',
  ],
  'QUIT in the middle of a pipeline': ['PING\r\nQUIT\r\nPING\r\n'],
  'a protocol mistake after QUIT': ['QUIT\r\n*abc\r\n'],
  'a pause in the middle of a pipeline': [
    'SET k v\r\nCLIENT PAUSE 20 WRITE\r\nGET k\r\nSET k w\r\nGET k\r\n',
    'APPEND k x\r\nGET k\r\n',
  ],
  'a pause before half a request': [
    'CLIENT PAUSE 20 ALL\r\n*2\r\n$4\r\nECHO\r\n$5\r\nhe',
    'llo\r\nPING\r\n',
  ],
  'a wait in the middle of a pipeline': [
    'PING\r\nWAIT 1 20\r\nPING\r\nWAIT 1 10\r\nPING\r\n*1\r',
    '\n$4\r\nPING\r\n',
  ],
  'silence in the middle of a pipeline': [
    'PING\r\nCLIENT REPLY OFF\r\nPING\r\nNOTHING\r\nCLIENT REPLY ON\r\nPING\r\n',
    'CLIENT REPLY SKIP\r\nPING\r\nPING\r\nRESET\r\n',
  ],
  'a protocol mistake in the middle of a pipeline': ['SET k 1\r\nINCR k\r\n*x\r\nINCR k\r\n'],
  'another protocol in the middle of a pipeline': [
    'CLIENT SETNAME me\r\nCLIENT GETNAME\r\nGET nothing\r\nSELECT 1\r\nSET a 1\r\nSELECT 0\r\nGET a\r\n',
  ],
  'a large bulk in pieces': [
    '*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$100000\r\n',
    'x'.repeat(50_000),
    'y'.repeat(50_000),
    '\r\nSTRLEN big\r\n',
  ],
  'many words': [`*1001\r\n$3\r\nDEL\r\n${'$1\r\nk\r\n'.repeat(1000)}`],
};

/** Where our bytes differ, and why that is right. */
const exceptions: Readonly<Record<string, string>> = {};

const servers = useServers();

for (const [name, pieces] of Object.entries(exchanges)) {
  test(`protocol: ${name}`, async () => {
    const { redis, ours } = servers();

    const right = await exchangeRaw(redis, pieces);
    const judged = await exchangeRaw(ours, pieces);

    if (exceptions[name] === undefined) expect(judged).toEqual(right);
    else expect(judged, 'this exception is no longer needed').not.toEqual(right);
  });
}

test('protocol: every exception belongs to an exchange', () => {
  for (const name of Object.keys(exceptions)) expect(Object.keys(exchanges)).toContain(name);
});
