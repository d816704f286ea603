import { parseSafeInteger } from '../base/number-text.ts';
import { errors } from '../protocol/errors.ts';
import { stringEncodings } from '../store/value-types.ts';
import { key } from './arguments.ts';
import type { CommandContext } from './context.ts';
import { type CommandDeclaration, defineContainer, defineSubcommand } from './define.ts';
import { withHelp } from './help.ts';
import { encodingNameOf } from './type-names.ts';

/** OBJECT: how a value is kept. */

const encoding = defineSubcommand({
  name: 'ENCODING',
  summary: 'Names the layout in which a value is kept.',
  since: '2.2.3',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['readonly'],
  tips: ['nondeterministic_output'],
  arguments: [key('key', 'RO')],
  execute(context) {
    const { database } = context;
    const record = context.findUntouched(2, false);
    if (record === 0) context.reply.nil();
    else
      context.reply.bulkLatin1(
        encodingNameOf(database.typeOf(record), database.encodingOf(record)),
      );
  },
});

const frequency = defineSubcommand({
  name: 'FREQ',
  summary: 'Says how often a key was used lately, on a logarithmic scale.',
  since: '4.0.0',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['readonly'],
  tips: ['nondeterministic_output'],
  arguments: [key('key', 'RO')],
  execute(context) {
    const record = context.findUntouched(2, false);
    if (record === 0) {
      context.reply.nil();
      return;
    }
    if (!context.settings.usesLfu) throw errors.noFrequency;
    context.reply.integer(context.database.accessFrequency(record));
  },
});

const idleTime = defineSubcommand({
  name: 'IDLETIME',
  summary: 'Says how many seconds ago a key was last used.',
  since: '2.2.3',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['readonly'],
  tips: ['nondeterministic_output'],
  arguments: [key('key', 'RO')],
  execute(context) {
    const record = context.findUntouched(2, false);
    if (record === 0) {
      context.reply.nil();
      return;
    }
    if (context.settings.usesLfu) throw errors.noIdleTime;
    context.reply.integer(context.database.idleSeconds(record));
  },
});

const referenceCount = defineSubcommand({
  name: 'REFCOUNT',
  summary: 'Says how many share a value: here always one, but for small integers.',
  since: '2.2.3',
  group: 'generic',
  complexity: 'O(1)',
  flags: ['readonly'],
  tips: ['nondeterministic_output'],
  arguments: [key('key', 'RO')],
  execute(context) {
    const record = context.findUntouched(2, false);
    if (record === 0) context.reply.nil();
    else context.reply.integer(isSmallInteger(context, record) ? sharedCount : 1);
  },
});

/** Redis keeps integers below this once for all keys, and says so with the largest count. */
const sharedIntegers = 10_000;
const sharedCount = 2147483647;

function isSmallInteger(context: CommandContext, record: number): boolean {
  const { database } = context;
  if (database.encodingOf(record) !== stringEncodings.int) return false;
  const value = database.string(record);
  const number = parseSafeInteger(value.bytes, value.start, value.end);
  return number >= 0 && number < sharedIntegers;
}

const object = defineContainer({
  name: 'OBJECT',
  summary: 'Shows how values are kept.',
  since: '2.2.3',
  group: 'generic',
  complexity: 'Depends on subcommand.',
  flags: [],
  subcommands: withHelp({
    container: 'OBJECT',
    since: '6.2.0',
    group: 'generic',
    subcommands: [encoding, frequency, idleTime, referenceCount],
  }),
});

export const objectCommands: readonly CommandDeclaration[] = [object];
