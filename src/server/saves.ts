import { FileSave } from '../persistence/rdb/file-save.ts';
import { errors } from '../protocol/errors.ts';
import type { SavedPosition } from '../replication/position.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Disk } from '../runtime/disk.ts';
import type { Log } from '../runtime/log.ts';
import type { DataSet } from './data-set.ts';
import { pathOf, type SettingsStore } from './settings/store.ts';

/** What saving needs of the server around it. */
export interface SavesWorld {
  readonly settings: SettingsStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly disk: Disk;
  readonly dataSet: DataSet;
  readonly processId: number;
  /** Changes that commands made so far. */
  readonly changeCount: () => number;
  /** Where the stream is, for a file from which somebody may go on. */
  readonly position: () => SavedPosition | null;
  /** Looks anew at what decides which commands are admitted. */
  readonly refreshConditions: () => void;
}

/** A save in the background. */
interface RunningSave {
  readonly save: FileSave;
  readonly startedAtMs: number;
  readonly changeCount: number;
}

/** Keeps the data set's file: SAVE, BGSAVE, save points, and what INFO says of them. */
export class Saves {
  /** When the last save ended that went well; the start of the server before the first. */
  lastSaveAtMs: number;
  lastStatus: 'ok' | 'err' = 'ok';
  /** How long the last save in the background took; -1 before the first. */
  lastDurationSeconds = -1;
  savedCount = 0;
  readonly #world: SavesWorld;
  #running: RunningSave | null = null;
  #isScheduled = false;
  #lastAttemptAtMs = 0;
  /** Of all changes, how many are in the file. */
  #savedChanges = 0;

  constructor(world: SavesWorld) {
    this.#world = world;
    this.lastSaveAtMs = world.clock.nowMs();
  }

  /** Changes that are not in the file. */
  get unsavedChanges(): number {
    return this.#world.changeCount() - this.#savedChanges;
  }

  /** Whether the data set is being written, to its file or for replicas. */
  get isInProgress(): boolean {
    return this.#running !== null || this.#world.dataSet.writer !== null;
  }

  /** When the save in the background began; null when there is none. */
  get startedAtMs(): number | null {
    return this.#running?.startedAtMs ?? null;
  }

  /** Whether the settings ask for a file at all. */
  get hasSavePoints(): boolean {
    return this.#world.settings.value('save').length > 0;
  }

  /** Whether writes are refused because the last save failed. */
  get refusesWrites(): boolean {
    return (
      this.lastStatus === 'err' &&
      this.hasSavePoints &&
      this.#world.settings.value('stop-writes-on-bgsave-error')
    );
  }

  /** SAVE: null, or an error reply. */
  save(): string | null {
    if (this.isInProgress) return errors.saveInProgress.text;
    return this.saveNow() ? null : errors.saveFailed.text;
  }

  /** BGSAVE, at once or at the next tick. */
  saveInBackground(later: boolean): 'started' | 'scheduled' | { readonly error: string } {
    if (this.isInProgress) return { error: errors.saveInProgress.text };
    if (later) {
      this.#isScheduled = true;
      return 'scheduled';
    }
    this.#start();
    return 'started';
  }

  /** Writes the file before it returns, whatever else is under way. Returns whether it is there. */
  saveNow(): boolean {
    const { disk, dataSet, position, log } = this.#world;
    const changeCount = this.#world.changeCount();
    this.savedCount += 1;
    const error = disk.instant.save(this.fileName, this.#newTemporaryName(), (write) =>
      dataSet.writeNow(position(), write),
    );
    if (error !== null) {
      log.warning(`Write error saving DB on disk: ${error}`);
      return false;
    }
    log.notice('DB saved on disk');
    this.#saved(changeCount);
    return true;
  }

  /** FLUSHALL: the file must not bring back what was deleted. */
  dataFlushed(): void {
    this.cancel('the data was deleted');
    if (this.hasSavePoints && this.#world.dataSet.loading === null) this.saveNow();
  }

  /** A primary's data took the place of ours: the file, if one is kept, is of another history. */
  dataReplaced(): void {
    this.#savedChanges = this.#world.changeCount();
    if (this.hasSavePoints) this.#isScheduled = true;
  }

  /** A load began or ended: what it replaces is not worth a file any more. */
  loadingChanged(): void {
    if (this.#world.dataSet.loading !== null) this.cancel('another data set is loaded');
  }

  /** What is in memory is what is in the file. */
  dataLoaded(): void {
    this.#savedChanges = this.#world.changeCount();
  }

  /** Gives a save in the background up; the old file stays. Harmless when there is none. */
  cancel(reason: string): void {
    if (this.#running === null) return;
    this.#running.save.cancel();
    this.#running = null;
    this.#world.log.notice('Background saving given up', { reason });
  }

  /** To be called several times a second: save points, and what was put off. */
  tick(): void {
    const { clock, settings, log, dataSet } = this.#world;
    if (this.isInProgress || dataSet.loading !== null || this.#mustPause()) return;
    if (this.#isScheduled) {
      this.#start();
      return;
    }
    const sinceSeconds = Math.floor(clock.nowMs() / 1000) - Math.floor(this.lastSaveAtMs / 1000);
    const changes = this.unsavedChanges;
    const due = settings
      .value('save')
      .find((point) => changes >= point.changes && sinceSeconds > point.seconds);
    if (due === undefined) return;
    log.notice(`${due.changes} changes in ${due.seconds} seconds. Saving...`);
    this.#start();
  }

  /** The file's name, in `dir`. */
  get fileName(): string {
    return pathOf(this.#world.settings.value('dbfilename'));
  }

  /** Another one each time: what is left of a save that was given up is deleted a little later. */
  #newTemporaryName(): string {
    return `temp-${this.#world.processId}.${this.savedCount}.rdb`;
  }

  /** After a failure, not at once again. */
  #mustPause(): boolean {
    const sinceMs = this.#world.clock.nowMs() - this.#lastAttemptAtMs;
    return this.lastStatus === 'err' && sinceMs <= retryPauseMs;
  }

  #start(): void {
    const { clock, disk, dataSet, log, position, processId } = this.#world;
    this.#isScheduled = false;
    this.#lastAttemptAtMs = clock.nowMs();
    this.savedCount += 1;
    // No process is forked: the id is our own, for tools that look for the line.
    log.notice(`Background saving started by pid ${processId}`);
    const save = new FileSave({
      disk,
      name: this.fileName,
      temporaryName: this.#newTemporaryName(),
      startWalk: (receiver) => dataSet.startFileWalk(position(), receiver),
      onSaved: (bytes) => this.#finished(bytes),
      onFailed: (reason) => this.#failed(reason),
    });
    const changeCount = this.#world.changeCount();
    this.#running = { save, startedAtMs: clock.nowMs(), changeCount };
  }

  #finished(bytes: number): void {
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    this.#noteDuration(running);
    this.#world.log.notice('DB saved on disk', { bytes });
    this.#world.log.notice('Background saving terminated with success');
    this.#saved(running.changeCount);
  }

  #failed(reason: string): void {
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    this.#noteDuration(running);
    this.lastStatus = 'err';
    this.#world.log.warning(`Write error saving DB on disk: ${reason}`);
    this.#world.log.warning('Background saving error');
    this.#world.refreshConditions();
  }

  #saved(changeCount: number): void {
    this.#savedChanges = Math.max(this.#savedChanges, changeCount);
    this.lastSaveAtMs = this.#world.clock.nowMs();
    this.lastStatus = 'ok';
    this.#world.refreshConditions();
  }

  #noteDuration({ startedAtMs }: RunningSave): void {
    const tookMs = this.#world.clock.nowMs() - startedAtMs;
    this.lastDurationSeconds = Math.floor(tookMs / 1000);
  }
}

const retryPauseMs = 5_000;
