/** Files that an RDB reader could choke on, as latin-1 text. Each once was, or could be, a bug. */
export const hostileRdbFiles: Readonly<Record<string, string>> = {
  'nothing at all': '',
  'another protocol': 'HTTP/1.1 400 Bad Request\r\n\r\n',
  'a version only': 'REDIS0010',
  'a key that claims 2^63 bytes': 'REDIS0010\0\x81\x7f\xff\xff\xff\xff\xff\xff\xff',
  'a value that claims 2^64 - 1 bytes': 'REDIS0010\0\x01k\x81\xff\xff\xff\xff\xff\xff\xff\xff',
  'a value that claims 4 GiB': 'REDIS0010\0\x01k\x80\xff\xff\xff\xff',
  'a value that claims 512 MiB and brings three bytes': 'REDIS0010\0\x01k\x80\x20\0\0\0abc',
  'one compressed byte that claims 512 MiB': 'REDIS0010\0\x01k\xc3\x01\x80\x20\0\0\0\0',
  'compressed bytes that claim more than they hold': 'REDIS0010\0\x01k\xc3\x04\x14\0a\xe0\x01',
  'a copy from before the beginning': 'REDIS0010\0\x01k\xc3\x04\x06\0a\x60\xff',
  'a compressed string without bytes': 'REDIS0010\0\x01k\xc3\0\0',
  'a special form as a length': 'REDIS0010\xfe\xc0\x01',
  'a form that does not exist': 'REDIS0010\0\xff\xff',
  'module data that never ends': `REDIS0010\xf7\x01${'\x02\x01'.repeat(500)}`,
  'module data with an unknown opcode': 'REDIS0010\xf7\x01\x09',
  'expiries without an entry': `REDIS0010${'\xfc\xff\xff\xff\xff\xff\xff\xff\xff'.repeat(50)}`,
  'an end right after the version': 'REDIS0010\xff\0\0\0\0\0\0\0\0',
  'an end without a checksum': 'REDIS0010\xff',
  'hints that lie': 'REDIS0010\xfe\0\xfb\x81\xff\xff\xff\xff\xff\xff\xff\xff\0\xff\0\0\0\0\0\0\0\0',
  'a database with a huge number': 'REDIS0010\xfe\x80\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\0',
  'a list that claims 2^40 elements': 'REDIS0010\x01\x01k\x81\0\0\x01\0\0\0\0\0\x01a\x01b',
  'a hash that claims 2^64 - 1 fields':
    'REDIS0010\x04\x01k\x81\xff\xff\xff\xff\xff\xff\xff\xff\x01a\x01b\x01c',
  'collections without content':
    'REDIS0010\x01\x01k\0\x02\x01l\0\x04\x01m\0\x05\x01n\0\x0e\x01o\0\x12\x01p\0\xff\0\0\0\0\0\0\0\0',
  'a list of a node that is no listpack': 'REDIS0010\x12\x01k\x01\x02\x07\x07\0\0\0\x01\0\xff',
  'a list of a node of no form': 'REDIS0010\x12\x01k\x01\x03\x01a',
  'a set that is no intset': 'REDIS0010\x0b\x01k\x08\x02\0\0\0\xff\xff\xff\xff',
  'a hash with a field and no value': 'REDIS0010\x10\x01k\x09\x09\0\0\0\x01\0\x01\x01\xff',
  'a sorted set whose score is no number':
    'REDIS0010\x11\x01k\x0c\x0c\0\0\0\x02\0\x01\x01\x81a\x02\xff',
  'a score that is not a number': 'REDIS0010\x05\x01k\x01\x01a\0\0\0\0\0\0\xf8\x7f',
  'a text score that is no text': 'REDIS0010\x03\x01k\x01\x01a\x02xy',
  'a ziplist whose entry reaches beyond it':
    'REDIS0003\x0a\x01k\x0e\x0e\0\0\0\x0a\0\0\0\x01\0\0\x3fa\xff',
  'a ziplist of one byte': 'REDIS0003\x0a\x01k\x01\xff',
  'a zipmap whose pair reaches beyond it': 'REDIS0003\x09\x01k\x06\x01\x01a\xfd\0\xff',
  'a stream without nodes but with entries':
    'REDIS0010\x0f\x01k\0\x05\x01\x01\0\xff\0\0\0\0\0\0\0\0',
  'a stream whose node has a short id': 'REDIS0010\x0f\x01k\x01\x03abc\x07\x07\0\0\0\0\0\xff',
  'many empty entries': `REDIS0003${'\0\0\0'.repeat(2000)}\xff`,
};
