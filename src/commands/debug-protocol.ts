import { errors } from '../protocol/errors.ts';
import type { ReplyWriter } from '../protocol/reply-writer.ts';

/** DEBUG PROTOCOL: one sample of every type of reply, for those who test clients. */

const samples: Readonly<Record<string, (reply: ReplyWriter) => void>> = {
  string: (reply) => reply.bulkLatin1('Hello World'),
  integer: (reply) => reply.integer(12345),
  double: (reply) => reply.double('3.141'),
  null: (reply) => reply.nil(),
  bignum: (reply) => reply.bigNumber('1234567999999999999999999999999999999'),
  verbatim: (reply) => reply.verbatim('This is a verbatim\nstring'),
  true: (reply) => reply.boolean(true),
  false: (reply) => reply.boolean(false),
  array(reply) {
    reply.array(3);
    for (let i = 0; i < 3; i += 1) reply.integer(i);
  },
  set(reply) {
    reply.set(3);
    for (let i = 0; i < 3; i += 1) reply.integer(i);
  },
  map(reply) {
    reply.map(3);
    for (let i = 0; i < 3; i += 1) {
      reply.integer(i);
      reply.boolean(i === 1);
    }
  },
  attrib(reply) {
    if (reply.version === 3) {
      reply.attribute(1);
      reply.bulkLatin1('key-popularity');
      reply.array(2);
      reply.bulkLatin1('key:123');
      reply.integer(90);
    }
    reply.bulkLatin1('Some real reply following the attribute');
  },
  push(reply) {
    if (reply.version !== 3) throw errors.needsResp3;
    reply.push(2);
    reply.bulkLatin1('server-cpu-usage');
    reply.integer(42);
    reply.bulkLatin1('Some real reply following the push reply');
  },
};

/** Replies with the sample of `type` (lower case). Throws when there is none. */
export function replyProtocolSample(reply: ReplyWriter, type: string): void {
  if (!Object.hasOwn(samples, type)) throw errors.debugProtocolType;
  samples[type](reply);
}
