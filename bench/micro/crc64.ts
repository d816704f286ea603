/** The checksum of RDB files. */
import { Crc64 } from '../../src/persistence/rdb/crc64.ts';
import { isQuick, nanosecondsOf, report } from './measure.ts';

const chunk = new Uint8Array(64 * 1024).map((_, i) => (i * 31) & 255);
const chunks = isQuick ? 100 : 1_000;

function sumAll(): number {
  const crc = new Crc64();
  for (let i = 0; i < chunks; i += 1) crc.update(chunk, 0, chunk.length);
  return crc.low;
}

const bytes = chunks * chunk.length;
report([{ what: 'CRC64', value: 1e9 / nanosecondsOf(bytes, sumAll), unit: 'bytes-per-second' }]);
