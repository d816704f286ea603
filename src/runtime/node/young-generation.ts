import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's space for new objects at the size that it begins with, 1 MiB a half, where it would grow
 * to 16 MiB a half under load and stay there. Data does not lie there, and what a request allocates is
 * dead when the space is full: collecting sixteen times as often costs about half a percent of the
 * time, and no pause is longer for it.
 *
 * For the whole process, so only for one that is nothing but a server.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
