import { expect, test } from 'vitest';
import { bytesOf } from '../base/bytes.ts';
import { Request } from '../protocol/request.ts';
import { flags } from './flags.ts';
import { NameIndex } from './name-index.ts';
import { createCommandTable } from './table.ts';

const table = createCommandTable();

test('lookup: letters of either case', () => {
  for (const name of ['get', 'GET', 'gEt']) {
    expect(table.find(Request.of(name, 'k'))?.name).toBe('get');
  }
});

test('lookup: a name must fit to the last byte', () => {
  for (const name of ['', 'ge', 'gett', 'get\0', 'g t', 'client|list', 'GET\u0020']) {
    expect(table.find(Request.of(name, 'k'))).toBeNull();
  }
});

test('lookup: a container leads to its subcommand, and without one to itself', () => {
  expect(table.find(Request.of('Client', 'LIST'))?.fullName).toBe('client|list');
  expect(table.find(Request.of('CLIENT'))?.fullName).toBe('client');
  expect(table.find(Request.of('CLIENT', 'nonsense'))).toBeNull();
  expect(table.named('CLIENT|list')?.fullName).toBe('client|list');
  expect(table.named('client|list|x')).toBeNull();
});

test('lookup: what is not found is explained', () => {
  const unknown = (...words: string[]) => table.unknown(Request.of(...words)).text;

  expect(unknown('foo', 'a b', 'c')).toBe(
    "ERR unknown command 'foo', with args beginning with: 'a b' 'c' ",
  );
  expect(unknown('client', 'foo')).toBe("ERR unknown subcommand 'foo'. Try CLIENT HELP.");
  expect(unknown('x'.repeat(200))).toBe(
    `ERR unknown command '${'x'.repeat(128)}', with args beginning with: `,
  );
});

test('lookup: commands are numbered without gaps', () => {
  expect(table.commands.map((command) => command.index)).toEqual([...table.commands.keys()]);
});

test('lookup: renamed commands answer to the new name only, removed ones to none', () => {
  const renamed = createCommandTable(
    new Map([
      ['CONFIG', 'secret'],
      ['debug', ''],
    ]),
  );

  expect(renamed.find(Request.of('config', 'get'))).toBeNull();
  expect(renamed.find(Request.of('SECRET', 'get'))?.fullName).toBe('config|get');
  expect(renamed.find(Request.of('debug'))).toBeNull();
  expect(() => createCommandTable(new Map([['nothing', 'x']]))).toThrow('No such command');
  expect(() => createCommandTable(new Map([['get', 'set']]))).toThrow('already exists');
});

test('name index: holds many names apart', () => {
  const names = Array.from({ length: 300 }, (_, i) => `name-${i.toString(36)}_${i % 7}`);
  const index = new NameIndex(names.map((name) => [name, name]));

  for (const name of names) {
    const bytes = bytesOf(`<${name.toUpperCase()}>`);
    expect(index.find(bytes, 1, bytes.length - 1)).toBe(name);
  }
  expect(index.find(bytesOf('nobody'), 0, 6)).toBeNull();
});

test('commands: arity, flags, keys and categories follow from the declaration', () => {
  const mset = table.named('mset');
  const bitop = table.named('bitop');

  expect(mset?.arity).toBe(-3);
  expect(mset?.keyRange).toEqual({ first: 1, last: -1, step: 2 });
  expect(mset?.flagBits).toBe(flags.write | flags.denyOutOfMemory);
  expect(mset?.categories).toEqual(['write', 'string', 'slow']);
  expect(bitop?.keyRange).toEqual({ first: 2, last: -1, step: 1 });
  expect(table.named('lcs')?.keyRange).toEqual({ first: 1, last: 2, step: 1 });
  expect(table.named('get')?.acceptsCount(2)).toBe(true);
  expect(table.named('get')?.acceptsCount(3)).toBe(false);
});
