/** All settings. The one place that knows every name. */
import { layoutSettings, memorySettings, persistenceSettings } from './data-settings.ts';
import type { Setting } from './declare.ts';
import { generalSettings } from './general-settings.ts';
import { networkSettings, tlsSettings } from './network-settings.ts';
import { quietSettings } from './quiet-settings.ts';
import { clusterSettings, replicationSettings } from './replication-settings.ts';

/** The groups, in the order of `docs/settings.md`. */
export const settingGroups = {
  'Network and clients': networkSettings,
  'Process, logs, security': generalSettings,
  Replication: replicationSettings,
  'Memory and expiry': memorySettings,
  Layouts: layoutSettings,
  Persistence: persistenceSettings,
  TLS: tlsSettings,
  Cluster: clusterSettings,
  'Not listed by `CONFIG GET *`': quietSettings,
} as const;

/** Every setting by its name. */
export const settingTable = {
  ...networkSettings,
  ...generalSettings,
  ...replicationSettings,
  ...memorySettings,
  ...layoutSettings,
  ...persistenceSettings,
  ...tlsSettings,
  ...clusterSettings,
  ...quietSettings,
} as const;

/** The name of a setting. */
export type SettingName = keyof typeof settingTable;

/** The type of its value. */
export type SettingValue<Name extends SettingName> =
  (typeof settingTable)[Name] extends Setting<infer Value> ? Value : never;

/** A setting whose kind does not matter to the reader. */
export type AnySetting = Setting<unknown>;

/** All names, in the order of the table. */
export const settingNames = Object.keys(settingTable) as readonly SettingName[];

/** The declaration behind `name`. */
export function settingOf(name: SettingName): AnySetting {
  // A kind both takes and gives its value, so the compiler cannot widen it. Values only ever go
  // back to the declaration that they came from.
  return settingTable[name] as unknown as AnySetting;
}

const ownersOfNames: ReadonlyMap<string, SettingName> = new Map(
  settingNames.flatMap((name) => {
    const { aliases, quietAliases } = settingOf(name);
    return [name, ...aliases, ...quietAliases].map((each) => [each, name] as const);
  }),
);

/** The setting that `name`, in any case, means: its own name, or an alias. */
export function findSetting(name: string): SettingName | null {
  return ownersOfNames.get(name.toLowerCase()) ?? null;
}
