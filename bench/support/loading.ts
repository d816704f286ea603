/** Filling a server, and watching how long it lets another client wait. */
import type { TestServer } from '../../test/support/test-server.ts';
import { driverCore, pinned, pinnedFirst } from './pinning.ts';
import { ownProgram, runProgram, startProgram } from './run-program.ts';

/** What the loader says of its work. */
export interface LoadFacts {
  readonly seconds: number;
}

/** What a probing client went through. */
export interface ProbeFacts {
  readonly worstMs: number;
  readonly p99Ms: number;
  readonly samples: number;
}

/** A probe under way. */
export interface Probe {
  stop(): Promise<ProbeFacts>;
}

const loadTimeoutMs = 300_000;
const probeTimeoutMs = 600_000;

/** Sets `count` keys of 16 bytes, `key:000000000000` and on, to values of 16 bytes. */
export async function loadKeys(server: TestServer, count: number): Promise<LoadFacts> {
  const program = ownProgram('programs/load-keys', server.port, count);
  return JSON.parse(await runProgram(pinned(driverCore, program), loadTimeoutMs)) as LoadFacts;
}

/** Starts a client that asks each millisecond, in a process of its own. */
export async function startProbe(server: TestServer): Promise<Probe> {
  const program = startProgram(
    pinnedFirst(ownProgram('programs/probe', server.port)),
    probeTimeoutMs,
  );
  await program.started;
  return {
    stop: async () => {
      program.finish();
      const last = (await program.output).trim().split('\n').at(-1) ?? '';
      return JSON.parse(last) as ProbeFacts;
    },
  };
}

/** The worst wait that a probe sees of a server with nothing else to do: the noise of the machine. */
export async function noiseFloor(server: TestServer): Promise<ProbeFacts> {
  const probe = await startProbe(server);
  await new Promise((resolve) => setTimeout(resolve, floorMs));
  return probe.stop();
}

const floorMs = 2_000;
