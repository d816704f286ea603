import type { SavedUse } from '../persistence/rdb/entry-use.ts';
import type { AccessClock } from '../store/access-clock.ts';
import type { SettingsStore } from './settings/store.ts';

/** What settings say of how the use of keys is remembered. */

/** Gives a keyspace's clock the settings in force. */
export function applyAccessSettings(settings: SettingsStore, access: AccessClock): void {
  access.mode = settings.value('maxmemory-policy').includes('lfu') ? 'lfu' : 'lru';
  access.logFactor = settings.value('lfu-log-factor');
  access.decayMinutes = settings.value('lfu-decay-time');
}

/** The same at every change. What keys remember under another policy is read anew, as in Redis. */
export function followAccessSettings(settings: SettingsStore, access: () => AccessClock): void {
  for (const name of ['maxmemory-policy', 'lfu-log-factor', 'lfu-decay-time'] as const) {
    settings.onChange(name, () => {
      applyAccessSettings(settings, access());
      return undefined;
    });
  }
}

/** What files say of the use of keys: what the policy goes by. */
export function savedUseOf(settings: SettingsStore): SavedUse {
  const policy = settings.value('maxmemory-policy');
  if (policy.includes('lfu')) return 'frequency';
  return policy.includes('lru') ? 'idle' : 'none';
}
