import type { Instruments } from '../engine/instruments.ts';
import type { SettingsStore } from './settings/store.ts';

/** Keeps the instruments as the settings say, now and whenever those change. */
export function applyInstrumentSettings(settings: SettingsStore, instruments: Instruments): void {
  const { slowLog, timing, tracking } = instruments;
  // Read anew when the change is complete: one CONFIG SET may change several of them.
  const apply = (): undefined => {
    const slowUs = settings.value('slowlog-log-slower-than');
    const eventMs = settings.value('latency-monitor-threshold');
    slowLog.thresholdUs = slowUs;
    timing.events.thresholdMs = eventMs;
    timing.watch([slowUs < 0 ? null : slowUs, eventMs === 0 ? null : eventMs * 1000]);
    slowLog.lengthMax = settings.value('slowlog-max-len');
    timing.keepsHistograms = settings.value('latency-tracking');
    tracking.keysMax = settings.value('tracking-table-max-keys');
  };
  apply();
  for (const name of names) settings.onChange(name, apply);
}

const names = [
  'slowlog-log-slower-than',
  'slowlog-max-len',
  'latency-monitor-threshold',
  'latency-tracking',
  'tracking-table-max-keys',
] as const;
