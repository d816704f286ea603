import { expect, test } from 'vitest';
import { flags } from '../commands/flags.ts';
import { createCommandTable } from '../commands/table.ts';
import { Request } from '../protocol/request.ts';
import { QueuedCommands } from './transaction.ts';

const table = createCommandTable();

function flagsOfExec(...names: readonly string[]): number {
  const queued = new QueuedCommands();
  for (const name of names) {
    const command = table.named(name);
    if (command === null) throw new Error(`no command ${name}`);
    queued.add(command, Request.of(name));
  }
  return queued.flagsOfExec(flags.stale | flags.loading | flags.noScript);
}

test('transaction: EXEC writes when one of its commands writes', () => {
  expect(flagsOfExec('get', 'set') & flags.write).not.toBe(0);
  expect(flagsOfExec('get', 'set') & flags.denyOutOfMemory).not.toBe(0);
  expect(flagsOfExec('get', 'del') & flags.denyOutOfMemory).toBe(0);
  expect(flagsOfExec('get') & flags.write).toBe(0);
});

test('transaction: EXEC serves stale data when all of its commands may', () => {
  expect(flagsOfExec('info', 'echo') & flags.stale).not.toBe(0);
  expect(flagsOfExec('info', 'get') & flags.stale).toBe(0);
  expect(flagsOfExec() & flags.loading).not.toBe(0);
});

test('transaction: flags of its own stay, others are not inherited', () => {
  expect(flagsOfExec('get') & flags.noScript).not.toBe(0);
  expect(flagsOfExec('client|list') & flags.admin).toBe(0);
});
