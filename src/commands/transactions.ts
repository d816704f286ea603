import { key, many } from './arguments.ts';
import { type CommandDeclaration, defineCommand } from './define.ts';

/** Commands that run as one. The engine keeps and runs them; see `TransactionsControl`. */

const multi = defineCommand({
  name: 'MULTI',
  summary: 'Begins a transaction: what follows waits for EXEC.',
  since: '1.2.0',
  group: 'transactions',
  complexity: 'O(1)',
  flags: ['noscript', 'loading', 'stale', 'fast', 'allow_busy', 'unqueued'],
  execute(context) {
    context.transactions.begin();
  },
});

const exec = defineCommand({
  name: 'EXEC',
  summary: 'Runs all commands of a transaction with nothing between them.',
  since: '1.2.0',
  group: 'transactions',
  complexity: 'Depends on commands in the transaction',
  flags: ['noscript', 'loading', 'stale', 'skip_slowlog', 'unqueued', 'inherits'],
  execute(context) {
    context.transactions.execute();
  },
});

const discard = defineCommand({
  name: 'DISCARD',
  summary: 'Gives a transaction up.',
  since: '2.0.0',
  group: 'transactions',
  complexity: 'O(N), when N is the number of queued commands',
  flags: ['noscript', 'loading', 'stale', 'fast', 'allow_busy', 'unqueued'],
  execute(context) {
    context.transactions.discard();
  },
});

const watch = defineCommand({
  name: 'WATCH',
  summary: 'Lets the next EXEC do nothing if one of the keys changes before it.',
  since: '2.2.0',
  group: 'transactions',
  complexity: 'O(1) for every key.',
  flags: ['noscript', 'loading', 'stale', 'fast', 'allow_busy', 'unqueued'],
  arguments: [many(key('key', 'RO'))],
  execute(context) {
    context.transactions.watch();
  },
});

const unwatch = defineCommand({
  name: 'UNWATCH',
  summary: 'Watches no key any longer.',
  since: '2.2.0',
  group: 'transactions',
  complexity: 'O(1)',
  flags: ['noscript', 'loading', 'stale', 'fast', 'allow_busy'],
  execute(context) {
    context.transactions.unwatch();
    context.reply.ok();
  },
});

export const transactionCommands: readonly CommandDeclaration[] = [
  multi,
  exec,
  discard,
  watch,
  unwatch,
];
