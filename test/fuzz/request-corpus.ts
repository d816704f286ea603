/** Input that a request parser could choke on, as latin-1 text, by what it is. */
export const hostileRequests: Readonly<Record<string, string>> = {
  'nothing': '',
  'one byte': '*',
  'a pipeline':
    '*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$11\r\nhello world\r\nPING\r\nECHO "a b"\r\n',
  'many small words': `*60\r\n${'$1\r\nx\r\n'.repeat(60)}*1\r\n$4\r\nPING\r\n`,
  'a word of 300 bytes': `*2\r\n$4\r\nECHO\r\n$300\r\n${'v'.repeat(300)}\r\n`,
  'a word full of line ends': '*2\r\n$4\r\nECHO\r\n$12\r\n\r\n*1\r\n$4\r\nP\r\n',
  'blanks': '\r\n\n*0\r\n*-1\r\n  \r\n*1\r\n$4\r\nPING\r\n',
  'inline quotes': `SET "a\\x00b\\"" 'c\\'d' "" ''\r\nGET "\\n\\t"\n`,
  'unbalanced quotes': 'ECHO "abc\r\nPING\r\n',
  'a claim of 2^31 - 1 words': '*2147483647\r\n$3\r\nabc\r\n',
  'a claim of 2^31 words': '*2147483648\r\n',
  'a claim of 512 MiB': '*2\r\n$4\r\nECHO\r\n$536870912\r\nabc',
  'a claim of more than 512 MiB': '*1\r\n$536870913\r\n',
  'a claim beyond all numbers': '*1\r\n$99999999999999999999\r\n',
  'a count that never ends': `*${'1'.repeat(3_000)}`,
  'a line that never ends': 'x'.repeat(3_000),
  'HTTP': 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc',
  'TLS': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'an RDB file': 'REDIS0011\xfa\x09redis-ver\x057.2.4\xff',
  'replies': '+OK\r\n-ERR x\r\n:1\r\n$-1\r\n*2\r\n+a\r\n:2\r\n%1\r\n+k\r\n+v\r\n',
  'zero bytes': '\0'.repeat(200),
};

/** Bytes that mean something to the parser. */
export const requestBytes: Uint8Array = new Uint8Array(
  Buffer.from('*$\r\n0123456789-+ "\'\\x\0\xff\x7fab', 'latin1'),
);
