/**
 * Pure files, and whole folders, without a test beside them, under the test that covers them. The
 * list only shrinks: a file that gets a test of its own must leave, which `tidy.test.ts` demands.
 */
const coveredBy: Readonly<Record<string, readonly string[]>> = {
  'src/store/values/lists.test.ts': [
    'src/store/values/list-cursor.ts',
    'src/store/values/list-directory.ts',
    'src/store/values/list-limits.ts',
    'src/store/values/list-nodes.ts',
    'src/store/values/list-removal.ts',
    'src/store/values/list-splits.ts',
  ],
  'src/store/database.test.ts': ['src/store/snapshot.ts'],
  'src/store/value-editor.test.ts': [
    'src/store/memory/structures.ts',
    'src/store/memory/table-guard.ts',
    'src/store/record-moves.ts',
    'src/store/table-walk.ts',
    'src/store/values/member-table.ts',
  ],
  'src/store/values/sets.test.ts': ['src/store/encoding-limits.ts'],
  'src/engine/keyspace-events.test.ts': ['src/engine/key-changes.ts'],
  'src/engine/due-fields.test.ts': ['src/store/values/due-hashes.ts'],
  'src/commands/hashes.test.ts': [
    'src/commands/hash-counters.ts',
    'src/commands/hash-scan.ts',
    'src/commands/hash-values.ts',
  ],
  'src/commands/hash-expiry.test.ts': [
    'src/commands/hash-field-expiry.ts',
    'src/commands/hash-values-expiring.ts',
    'src/commands/hash-words.ts',
  ],
  'src/store/values/hashes.test.ts': [
    'src/store/values/field-table.ts',
    'src/store/values/hash-edits.ts',
    'src/store/values/hash-forms.ts',
    'src/store/values/hash-packs.ts',
  ],
  'src/store/values/sorted-sets.test.ts': [
    'src/store/values/sorted-set-builder.ts',
    'src/store/values/sorted-set-cursor.ts',
    'src/store/values/sorted-set-pack.ts',
  ],
  'src/store/values/stream.test.ts': [
    'src/store/values/stream-cursor.ts',
    'src/store/values/stream-dropped-nodes.ts',
    'src/store/values/stream-node.ts',
    'src/store/values/stream-nodes.ts',
    'src/store/values/streams.ts',
  ],
  'test/conformance/streams.conformance.test.ts': [
    'src/commands/stream-ids.ts',
    'src/commands/stream-trims.ts',
    'src/protocol/stream-errors.ts',
    'src/store/values/stream-radix.ts',
  ],
  'test/conformance/stream-groups.conformance.test.ts': [
    'src/commands/stream-claims.ts',
    'src/commands/stream-groups.ts',
    'src/commands/stream-info.ts',
    'src/commands/stream-pending.ts',
    'src/commands/stream-reads.ts',
    'src/commands/stream-replies.ts',
    'src/commands/stream-values.ts',
    'src/store/values/stream-progress.ts',
  ],
  'src/store/values/stream-group.test.ts': ['src/store/values/stream-names.ts'],
  'src/engine/blocked-keys.test.ts': ['src/engine/serving.ts'],
  'src/engine/engine.test.ts': ['src/engine/waits.ts'],
  'src/engine/watches.test.ts': ['src/engine/key-shape.ts'],
  'src/server/config-file.test.ts': ['src/protocol/inline-words.ts'],
  'test/conformance/protocol-errors.conformance.test.ts': ['src/protocol/reply-writer.ts'],
  'test/conformance/counters-and-ranges.conformance.test.ts': ['src/base/number-text.ts'],
  'test/conformance/sorted-sets.conformance.test.ts': [
    'src/commands/sorted-set-random.ts',
    'src/commands/sorted-set-scores.ts',
    'src/commands/sorted-set-values.ts',
    'src/protocol/sorted-set-errors.ts',
  ],
  'test/conformance/sorted-set-ranges.conformance.test.ts': [
    'src/commands/sorted-set-counts.ts',
    'src/commands/sorted-set-range-words.ts',
    'src/commands/sorted-set-ranges.ts',
  ],
  'test/conformance/sorted-set-pops.conformance.test.ts': [
    'src/commands/sorted-set-operations.ts',
    'src/commands/sorted-set-pops.ts',
  ],
  'test/conformance/strings.conformance.test.ts': [
    'src/commands/set-options.ts',
    'src/commands/string-values.ts',
    'src/commands/words.ts',
  ],
  'test/conformance/lists.conformance.test.ts': [
    'src/commands/entry-replies.ts',
    'src/commands/block-timeout.ts',
    'src/commands/list-edits.ts',
    'src/commands/list-moves.ts',
    'src/commands/list-values.ts',
    'src/commands/list-waits.ts',
    'src/commands/lists.ts',
  ],
  'test/conformance/sort.conformance.test.ts': [
    'src/commands/sort-elements.ts',
    'src/commands/sort-options.ts',
    'src/commands/sort-patterns.ts',
    'src/commands/sort.ts',
  ],
  'test/conformance/bits.conformance.test.ts': [
    'src/commands/bit-offsets.ts',
    'src/commands/bitfield.ts',
    'src/commands/bitop.ts',
  ],
  'test/conformance/sets.conformance.test.ts': [
    'src/commands/set-operations.ts',
    'src/commands/set-random.ts',
    'src/commands/set-values.ts',
    'src/commands/sets.ts',
  ],
  'test/conformance/geo.conformance.test.ts': [
    'src/commands/geo-members.ts',
    'src/commands/geo-options.ts',
    'src/commands/geo-search-arguments.ts',
    'src/commands/geo-words.ts',
  ],
  'test/conformance/keys.conformance.test.ts': [
    'src/commands/databases.ts',
    'src/commands/object.ts',
    'src/commands/scan-options.ts',
    'src/commands/scan.ts',
    'src/commands/type-names.ts',
  ],
  'test/conformance/tracking.conformance.test.ts': ['src/commands/client-tracking.ts'],
  'test/conformance/instruments.conformance.test.ts': [
    'src/commands/latency.ts',
    'src/commands/memory.ts',
    'src/commands/slow-log.ts',
  ],
  'test/conformance/connection.conformance.test.ts': [
    'src/commands/client-names.ts',
    'src/commands/client-sessions.ts',
  ],
  'test/conformance/commands.conformance.test.ts': [
    'src/commands/command-docs.ts',
    'src/commands/command-info.ts',
    'src/commands/command.ts',
    'src/commands/define.ts',
  ],
  'test/conformance/server.conformance.test.ts': [
    'src/commands/debug-protocol.ts',
    'src/commands/debug.ts',
    'src/commands/help.ts',
  ],
  'test/conformance/dump.conformance.test.ts': ['src/commands/dump.ts'],
  'test/conformance/differential.test.ts': ['src/commands/digest.ts'],
  'test/integration/rdb-fixtures.test.ts': [
    'src/persistence/rdb/packed-values.ts',
    'src/persistence/rdb/stream-reader.ts',
    'src/persistence/rdb/value-layouts.ts',
  ],
  'src/persistence/rdb/rdb-reader.test.ts': ['src/persistence/rdb/unsupported-type.ts'],
  'src/persistence/rdb/value-round-trip.test.ts': [
    'src/persistence/rdb/stream-writer.ts',
    'src/persistence/rdb/value-builders.ts',
    'src/persistence/rdb/value-loader.ts',
  ],
  'test/integration/rdb-real-types.test.ts': [
    'src/persistence/rdb/dump-value.ts',
    'src/persistence/rdb/restore.ts',
  ],
  'test/integration/replication/pairs.test.ts': ['src/persistence/rdb/snapshot-writer.ts'],
};

/** The file or folder, and the test that covers it. */
export const testedElsewhere: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(coveredBy).flatMap(([where, files]) => files.map((file) => [file, where])),
);
