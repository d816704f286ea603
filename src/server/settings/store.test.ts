import { describe, expect, test } from 'vitest';
import { type Directive, parseConfig } from '../config-file.ts';
import { pathOf, SettingsStore } from './store.ts';

const noFiles = {
  read: () => ({ ok: false, reason: 'No such file or directory' }) as const,
  matching: () => [],
};

function directivesOf(text: string): readonly Directive[] {
  const parsed = parseConfig(text, 'test.conf', noFiles);
  if (!parsed.ok) throw new Error(parsed.error.reason);
  return parsed.directives;
}

/** A store that has read `text`; the reasons of refused lines are thrown. */
function storeFrom(text: string): SettingsStore {
  const store = new SettingsStore();
  for (const directive of directivesOf(text)) {
    const taken = store.take(directive);
    if (!taken.ok) throw new Error(taken.reason);
  }
  return store;
}

const failed = (name: string, reason: string) => ({
  ok: false,
  error: `ERR CONFIG SET failed (possibly related to argument '${name}') - ${reason}`,
});

describe('settings: CONFIG GET', () => {
  test('an exact name is answered as it was typed, a pattern with the table name', () => {
    const store = new SettingsStore();

    expect(store.get(['TimeOut'])).toEqual([['TimeOut', '0']]);
    expect(store.get(['T*E*T'])).toEqual([
      ['timeout', '0'],
      ['tls-session-cache-timeout', '300'],
    ]);
  });

  test('old names and new ones are both listed, each name once', () => {
    const names = new SettingsStore().get(['*slave-p*', '*replica-p*', 'slave-priority']);

    expect(names.map(([name]) => name).sort()).toEqual([
      'repl-ping-replica-period',
      'repl-ping-slave-period',
      'replica-priority',
      'slave-priority',
    ]);
  });

  test('hidden settings and the names of other projects answer to their exact name only', () => {
    const store = new SettingsStore();

    expect(store.get(['key-load-dela?'])).toEqual([]);
    expect(store.get(['key-load-delay'])).toEqual([['key-load-delay', '0']]);
    expect(store.get(['primary*'])).toEqual([]);
    expect(store.get(['primaryauth'])).toEqual([['primaryauth', '']]);
  });
});

describe('settings: CONFIG SET', () => {
  test('sets all pairs and tells each listener once', () => {
    const store = new SettingsStore();
    const told: unknown[] = [];
    store.onChange('repl-backlog-size', (value, previous) => {
      told.push([value, previous]);
      return undefined;
    });

    const result = store.set([
      ['repl-backlog-size', '2mb'],
      ['slave-priority', '7'],
    ]);

    expect(result).toEqual({ ok: true });
    expect(told).toEqual([[2_097_152, 1_048_576]]);
    expect(store.value('replica-priority')).toBe(7);
  });

  test('one bad value leaves every setting as it was', () => {
    const store = new SettingsStore();

    const result = store.set([
      ['timeout', '77'],
      ['HZ', 'abc'],
    ]);

    expect(result).toEqual(failed('hz', "argument couldn't be parsed into an integer"));
    expect(store.value('timeout')).toBe(0);
  });

  test('a listener that refuses takes everything back and the others are told', () => {
    const store = new SettingsStore();
    const timeouts: number[] = [];
    store.onChange('timeout', (value) => {
      timeouts.push(value);
      return undefined;
    });
    store.onChange('port', () => 'Unable to listen on this port. Check server logs.');

    const result = store.set([
      ['timeout', '77'],
      ['port', '22'],
    ]);

    const reason = 'Unable to listen on this port. Check server logs.';
    expect(result).toEqual(failed('port', reason));
    expect(timeouts).toEqual([77, 0]);
    expect([store.value('timeout'), store.value('port')]).toEqual([0, 6379]);
  });

  test('a value that does not change anything tells nobody', () => {
    const store = new SettingsStore();
    store.onChange('timeout', () => 'never');

    expect(store.set([['timeout', '0']])).toEqual({ ok: true });
  });

  test.each([
    [[['foo', '1']], "ERR Unknown option or number of arguments for CONFIG SET - 'foo'"],
    [
      [
        ['timeout', '1'],
        ['TIMEOUT', '2'],
      ],
      "ERR CONFIG SET failed (possibly related to argument 'TIMEOUT') - duplicate parameter",
    ],
    [
      [
        ['databases', 'abc'],
        ['foo', '2'],
      ],
      "ERR CONFIG SET failed (possibly related to argument 'databases') - can't set immutable config",
    ],
    [
      [['dir', '/tmp']],
      "ERR CONFIG SET failed (possibly related to argument 'dir') - can't set protected config",
    ],
    [
      [['appendonly', 'yes']],
      "ERR CONFIG SET failed (possibly related to argument 'appendonly') - not supported yet",
    ],
  ] as const)('refuses %j', (pairs, error) => {
    expect(new SettingsStore().set(pairs)).toEqual({ ok: false, error });
  });

  test('protected settings open up for whom the file says', () => {
    const everyone = storeFrom('enable-protected-configs yes');
    const local = storeFrom('enable-protected-configs local');

    expect(everyone.set([['dbfilename', 'x']], { local: false })).toEqual({ ok: true });
    expect(local.set([['dbfilename', 'x']], { local: true })).toEqual({ ok: true });
    expect(local.set([['dbfilename', 'y']], { local: false }).ok).toBe(false);
  });

  test('output limits: only the classes named change', () => {
    const store = new SettingsStore();

    store.set([['client-output-buffer-limit', 'slave 2mb 1gb 10 normal 1 2 3']]);

    expect(store.text('client-output-buffer-limit')).toBe(
      'normal 1 2 3 slave 2097152 1073741824 10 pubsub 33554432 8388608 60',
    );
    expect(store.value('client-output-buffer-limit').replica.softSeconds).toBe(10);
  });

  test('numbers beyond 2^53 keep their digits', () => {
    const store = new SettingsStore();

    store.set([['slowlog-max-len', '9223372036854775807']]);

    expect(store.text('slowlog-max-len')).toBe('9223372036854775807');
  });
});

describe('settings: directives of a file', () => {
  test('the last line counts, lines of `save` add up after the first', () => {
    const store = storeFrom('timeout 5\ntimeout 6\nsave 10 1\nsave 20 2 30 3');

    expect(store.value('timeout')).toBe(6);
    expect(store.text('save')).toBe('10 1 20 2 30 3');
    expect(storeFrom('save 10 1\nsave ""').text('save')).toBe('');
    expect(storeFrom('save 10 1\nsave ""\nsave 5 5').text('save')).toBe('5 5');
    expect(storeFrom('save "5 6 7 8"').text('save')).toBe('5 6 7 8');
  });

  test('a list without words is empty, and no limits change no limit', () => {
    const store = storeFrom('bind\nsave\nclient-output-buffer-limit');

    expect(store.text('bind')).toBe('');
    expect(storeFrom('bind 127.0.0.1 ""').text('bind')).toBe('127.0.0.1');
    expect(store.text('save')).toBe('');
    expect(store.isDefault('client-output-buffer-limit')).toBe(true);
  });

  test.each([
    ['foo bar', 'Bad directive or wrong number of arguments'],
    ['port', 'wrong number of arguments'],
    ['port 1 2', 'wrong number of arguments'],
    ['maxmemory 1xb', 'argument must be a memory value'],
    ['databases 0', 'argument must be between 1 and 2147483647 inclusive'],
    ['replicaof a', 'wrong number of arguments'],
    ['replicaof a b', 'Invalid master port'],
    ['replicaof 127.0.0.1 99999', 'Invalid master port'],
    ['rename-command GET', 'Bad directive or wrong number of arguments'],
    ['sentinel monitor a b', 'sentinel directive while not in sentinel mode'],
    ['save 1', 'Invalid save parameters'],
  ])('refuses %s', (line, reason) => {
    expect(() => storeFrom(line)).toThrow(reason);
  });

  test('what is known but has no effect is told, once for each directive, unless it is the default', () => {
    const store = storeFrom(
      'appendonly no\nappendfsync always\nappendfsync no\nuser joe on\nport 7000\nloadmodule x.so',
    );

    expect(store.ignoredDirectives().map(({ name }) => name)).toEqual([
      'appendfsync',
      'user',
      'loadmodule',
    ]);
  });

  test('what happens anyway needs no warning', () => {
    expect(storeFrom('rdb-del-sync-files yes').ignoredDirectives()).toEqual([]);
    expect(storeFrom('appendfsync always').ignoredDirectives()).toHaveLength(1);
  });

  test('renamed commands are kept for whoever knows the commands', () => {
    const store = storeFrom('rename-command FLUSHALL ""\nrename-command config "odd name"');

    expect(store.renamedCommands.map(({ from, to }) => [from, to])).toEqual([
      ['FLUSHALL', ''],
      ['config', 'odd name'],
    ]);
  });

  test('a password keeps any bytes, a path becomes text again', () => {
    const store = storeFrom('requirepass "!@#aedf \\"\\x00\\xff\\n\'"');

    expect(store.value('requirepass')).toBe('!@#aedf "\0\xff\n\'');
    expect(pathOf('/tmp/\xc3\xa9')).toBe('/tmp/é');
  });
});

test('settings: replace sets what CONFIG SET must not', () => {
  const store = new SettingsStore();

  store.replace('replicaof', '10.0.0.1 7000');
  expect(store.value('replicaof')).toEqual({ host: '10.0.0.1', port: 7000 });
  expect(store.get(['slaveof'])).toEqual([['slaveof', '10.0.0.1 7000']]);

  store.replace('replicaof', '');
  expect(store.value('replicaof')).toBeNull();
});
