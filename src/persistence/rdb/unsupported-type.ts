import { latin1Of } from '../../base/bytes.ts';
import type { RdbCursor, StringRange } from './rdb-cursor.ts';
import { moduleNameOf, type RdbMagic, typeNameOf, valueTypes } from './rdb-format.ts';
import type { RdbVisitor } from './rdb-visitor.ts';

/** The type byte of a value, and what kind of file it stands in. */
export interface FoundType {
  readonly type: number;
  readonly magic: RdbMagic;
}

/**
 * Stops reading at a value that cannot be read, by its name and that of its key. The cursor stands
 * behind the key: a module's data begin with the id of their type. False when more bytes are needed.
 */
export function refuseType(
  cursor: RdbCursor,
  visitor: RdbVisitor,
  found: FoundType,
  keyRange: StringRange,
): false {
  let name = typeNameOf(found.type, found.magic);
  if (found.type === valueTypes.module || found.type === valueTypes.modulePreRelease) {
    if (!cursor.readLength64()) return false;
    name = `${name} "${moduleNameOf(cursor.high, cursor.low)}"`;
  }
  const key = keyRange.copy();
  visitor.unsupportedType(found.type, name, key);
  const detail = `key "${printable(key)}" has type ${found.type}, ${name}, which is not supported`;
  return cursor.failItem('unsupported-type', detail);
}

/** Stops reading at data of a module beside the keys. False when more bytes are needed. */
export function refuseModuleAux(cursor: RdbCursor): false {
  if (!cursor.readLength64()) return false;
  const name = moduleNameOf(cursor.high, cursor.low);
  const detail = `the file has data of module type "${name}", and modules are not supported`;
  return cursor.failItem('unsupported-type', detail);
}

/** A key for a log line: whatever is not plain ASCII as `\xHH`, and not the whole of a long one. */
function printable(key: Uint8Array): string {
  const shownBytes = 128;
  const text = latin1Of(key, 0, Math.min(key.length, shownBytes)).replace(
    /[^\x20-\x7e]|["\\]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return key.length > shownBytes ? `${text}…` : text;
}
