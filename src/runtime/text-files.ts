/**
 * The few things that configuration needs of a disk. Texts hold one character per byte, because a
 * configuration file may hold any bytes; paths are ordinary strings.
 */
export interface TextFiles {
  read(path: string): FileResult;
  /** Replaces the whole file at once: after a crash it holds the old text or the new one. */
  replace(path: string, text: string): FileResult;
  /** The paths that fit a pattern with `*`, `?` and `[…]` in its last part, in order. */
  matching(pattern: string): readonly string[];
  /** `value` is the absolute path of an existing directory. */
  directory(path: string): FileResult;
}

/** `reason` is the operating system's: "No such file or directory". */
export type FileResult =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly reason: string };
