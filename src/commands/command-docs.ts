import type { ReplyWriter } from '../protocol/reply-writer.ts';
import type { Argument } from './arguments.ts';
import type { Command } from './command.ts';

/** A part of a reply that is written when its turn comes; the head counts the parts before. */
type Part = readonly [name: string, write: (reply: ReplyWriter) => void];

/** One command as COMMAND DOCS shows it: a map. */
export function replyDocs(reply: ReplyWriter, command: Command): void {
  const { declaration } = command;
  const { complexity, deprecated, history, arguments: declared } = declaration;
  const subcommands = command.subcommands?.values ?? [];
  const flags = docFlagsOf(command);
  const parts: Part[] = [
    ['summary', (out) => out.bulkText(declaration.summary)],
    ['since', (out) => out.bulkLatin1(declaration.since)],
    ['group', (out) => out.bulkLatin1(declaration.group)],
  ];
  if (complexity !== undefined) parts.push(['complexity', (out) => out.bulkText(complexity)]);
  if (flags.length > 0) parts.push(['doc_flags', (out) => replyNames(out, flags)]);
  if (deprecated !== undefined) {
    parts.push(['deprecated_since', (out) => out.bulkLatin1(deprecated.since)]);
    parts.push(['replaced_by', (out) => out.bulkLatin1(deprecated.replacedBy)]);
  }
  if (history !== undefined) parts.push(['history', (out) => replyHistory(out, history)]);
  if (declared.length > 0) {
    parts.push(['arguments', (out) => replyArguments(out, declared, new KeyCounter())]);
  }
  if (subcommands.length > 0) {
    parts.push(['subcommands', (out) => replySubcommands(out, subcommands)]);
  }
  replyParts(reply, parts);
}

function replyParts(reply: ReplyWriter, parts: readonly Part[]): void {
  reply.map(parts.length);
  for (const [name, write] of parts) {
    reply.bulkLatin1(name);
    write(reply);
  }
}

function docFlagsOf(command: Command): readonly string[] {
  const flags: string[] = [];
  if (command.declaration.deprecated !== undefined) flags.push('deprecated');
  if (command.declaration.system) flags.push('syscmd');
  return flags;
}

function replyNames(reply: ReplyWriter, names: readonly string[]): void {
  reply.set(names.length);
  for (const name of names) reply.simple(name);
}

function replyHistory(
  reply: ReplyWriter,
  history: readonly (readonly [version: string, change: string])[],
): void {
  reply.set(history.length);
  for (const [version, change] of history) {
    reply.array(2);
    reply.bulkLatin1(version);
    reply.bulkText(change);
  }
}

function replySubcommands(reply: ReplyWriter, subcommands: readonly Command[]): void {
  reply.map(subcommands.length);
  for (const subcommand of subcommands) {
    reply.bulkLatin1(subcommand.fullName);
    replyDocs(reply, subcommand);
  }
}

/** Numbers the key specifications in the order in which keys come. */
class KeyCounter {
  #last = -1;

  /** A key without flags belongs to the specification of the key before it. */
  indexOf(argument: Argument): number {
    if (argument.keyFlags !== undefined) this.#last += 1;
    return this.#last;
  }
}

function replyArguments(reply: ReplyWriter, declared: readonly Argument[], keys: KeyCounter): void {
  reply.array(declared.length);
  for (const argument of declared) replyParts(reply, argumentParts(argument, keys));
}

function argumentParts(argument: Argument, keys: KeyCounter): readonly Part[] {
  const { token, since, deprecatedSince, arguments: nested } = argument;
  const parts: Part[] = [
    ['name', (out) => out.bulkLatin1(argument.documentedName ?? argument.name)],
    ['type', (out) => out.bulkLatin1(argument.type)],
  ];
  if (argument.type === 'key' || argument.keySpecIndex !== undefined) {
    const index = argument.keySpecIndex ?? keys.indexOf(argument);
    parts.push(['key_spec_index', (out) => out.integer(index)]);
  }
  if (token !== undefined) parts.push(['token', (out) => out.bulkLatin1(token)]);
  if (since !== undefined) parts.push(['since', (out) => out.bulkLatin1(since)]);
  if (deprecatedSince !== undefined) {
    parts.push(['deprecated_since', (out) => out.bulkLatin1(deprecatedSince)]);
  }
  const flags = argumentFlags(argument);
  if (flags.length > 0) parts.push(['flags', (out) => replyNames(out, flags)]);
  if (nested !== undefined) {
    parts.push(['arguments', (out) => replyArguments(out, nested, keys)]);
  }
  return parts;
}

function argumentFlags(argument: Argument): readonly string[] {
  const flags: string[] = [];
  if (argument.optional) flags.push('optional');
  if (argument.multiple) flags.push('multiple');
  if (argument.multipleToken) flags.push('multiple_token');
  return flags;
}
