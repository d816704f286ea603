import { EncodingLimits } from '../store/encoding-limits.ts';
import type { SettingsStore } from './settings/store.ts';
import type { SettingName } from './settings/table.ts';

/** Which field of the limits a setting of layouts is. */
const fields = {
  'hash-max-listpack-entries': 'hashEntries',
  'hash-max-listpack-value': 'hashValueBytes',
  'list-max-listpack-size': 'listNodeSize',
  'set-max-intset-entries': 'setIntegers',
  'set-max-listpack-entries': 'setEntries',
  'set-max-listpack-value': 'setValueBytes',
  'zset-max-listpack-entries': 'sortedSetEntries',
  'zset-max-listpack-value': 'sortedSetValueBytes',
  'hll-sparse-max-bytes': 'sparseBytes',
  'stream-node-max-bytes': 'streamNodeBytes',
  'stream-node-max-entries': 'streamNodeEntries',
} as const satisfies Partial<Record<SettingName, keyof EncodingLimits>>;

/** The limits that the settings in force say, now and when they change. */
export function encodingLimitsOf(settings: SettingsStore): EncodingLimits {
  const limits = new EncodingLimits();
  for (const name of Object.keys(fields) as (keyof typeof fields)[]) {
    limits[fields[name]] = settings.value(name);
    settings.onChange(name, (value) => {
      limits[fields[name]] = value;
      return undefined;
    });
  }
  return limits;
}
