import { expect, test } from 'vitest';
import { SimulatedClock } from '../../../test/simulation/simulated-clock.ts';
import { SimulatedDisk } from '../../../test/simulation/simulated-disk.ts';
import { bytesOfLatin1, latin1Of } from '../../base/bytes.ts';
import { seededRandom } from '../../runtime/seeded-random.ts';
import { FileSave, type WalkReceiver } from './file-save.ts';

function newWorld() {
  const clock = new SimulatedClock();
  const disk = new SimulatedDisk(clock, seededRandom(5));
  const diary: string[] = [];
  let receiver: WalkReceiver | null = null;
  disk.files.set('dump.rdb', bytesOfLatin1('old'));
  const save = new FileSave({
    disk,
    name: 'dump.rdb',
    temporaryName: 'temp-1.rdb',
    startWalk: (given) => {
      receiver = given;
      return {
        pause: () => diary.push('pause'),
        resume: () => diary.push('resume'),
        cancel: () => diary.push('cancel'),
      };
    },
    onSaved: (bytes) => diary.push(`saved ${bytes}`),
    onFailed: (reason) => diary.push(`failed: ${reason}`),
  });
  const give = (text: string): void => receiver?.onChunk(bytesOfLatin1(text));
  const end = (): void => receiver?.onEnd();
  const fail = (reason: string): void => receiver?.onFailure(reason);
  const content = (): string => {
    const bytes = disk.files.get('dump.rdb') ?? new Uint8Array(0);
    return latin1Of(bytes, 0, bytes.length);
  };
  return { clock, disk, diary, save, give, end, fail, content };
}

test('file save: the new file takes the place of the old one when it is whole', () => {
  const { clock, disk, diary, give, end, content } = newWorld();

  give('new ');
  clock.advance(100);
  expect(content()).toBe('old');
  give('file');
  end();
  clock.advance(100);

  expect(content()).toBe('new file');
  expect([...disk.files.keys()]).toEqual(['dump.rdb']);
  expect(diary).toEqual(['saved 8']);
});

test('file save: a full disk leaves the old file, and nothing else', () => {
  const { clock, disk, diary, give, content } = newWorld();
  disk.fullAtBytes = 10;

  give('more than there is room for');
  clock.advance(100);

  expect(content()).toBe('old');
  expect([...disk.files.keys()]).toEqual(['dump.rdb']);
  expect(diary).toEqual(['cancel', 'failed: No space left on device']);
});

test('file save: a walk that fails leaves the old file', () => {
  const { clock, disk, diary, give, fail, content } = newWorld();

  give('half');
  fail('why');
  clock.advance(100);

  expect(content()).toBe('old');
  expect([...disk.files.keys()]).toEqual(['dump.rdb']);
  expect(diary.at(-1)).toBe('failed: why');
});

test('file save: given up, at any moment, it calls nobody and leaves one whole file', () => {
  for (let waitMs = 0; waitMs < 12; waitMs += 0.5) {
    const { clock, disk, diary, save, give, end, content } = newWorld();
    give('new');
    end();
    clock.advance(waitMs);
    const isSaved = diary.includes('saved 3');

    save.cancel();
    save.cancel();
    clock.advance(100);

    expect(['old', 'new']).toContain(content());
    expect([...disk.files.keys()]).toEqual(['dump.rdb']);
    if (!isSaved) expect(diary.filter((each) => each !== 'cancel')).toEqual([]);
  }
});

test('file save: the walk waits for a slow disk', () => {
  const { clock, diary, give, end } = newWorld();

  for (let i = 0; i < 9; i += 1) give('x'.repeat(1024 * 1024));
  expect(diary).toEqual(['pause']);
  clock.advance(100);
  expect(diary).toEqual(['pause', 'resume']);
  end();
  clock.advance(100);

  expect(diary.at(-1)).toBe(`saved ${9 * 1024 * 1024}`);
});
