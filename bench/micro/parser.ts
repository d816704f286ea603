/** Finding requests in a full read buffer. */
import { bytesOfLatin1 } from '../../src/base/bytes.ts';
import { Request } from '../../src/protocol/request.ts';
import { RequestParser } from '../../src/protocol/request-parser.ts';
import { isQuick, nanosecondsOf, report } from './measure.ts';

const bufferBytes = 64 * 1024;
const buffers = isQuick ? 50 : 500;
const key = '$16\r\nkey:000000012345\r\n';
const value = '$16\r\nxxxxxxxxxxxxxxxx\r\n';

const frames = {
  'GET': `*2\r\n$3\r\nGET\r\n${key}`,
  'SET': `*3\r\n$3\r\nSET\r\n${key}${value}`,
  'MSET of 10 keys': `*21\r\n$4\r\nMSET\r\n${(key + value).repeat(10)}`,
};

/** Whole frames only: cut ones are rare in a stream of full buffers. */
function parseAll(parser: RequestParser, request: Request, bytes: Uint8Array): number {
  let found = 0;
  for (let i = 0; i < buffers; i += 1) {
    parser.feed(bytes, bytes.length);
    while (parser.next(request) === 'request') found += request.count;
  }
  return found;
}

report(
  Object.entries(frames).map(([name, frame]) => {
    const perBuffer = Math.floor(bufferBytes / frame.length);
    const bytes = bytesOfLatin1(frame.repeat(perBuffer));
    const parser = new RequestParser();
    const request = new Request();
    const work = () => parseAll(parser, request, bytes);
    const ns = nanosecondsOf(buffers * perBuffer, work);
    return { what: `parse ${name}`, value: ns, unit: 'ns' };
  }),
);
