/** What the engine counts; INFO shows it. All numbers are totals since start or RESETSTAT. */
export class Statistics {
  connectionsReceived = 0;
  connectionsRejected = 0;
  commandsProcessed = 0;
  inputBytes = 0;
  outputBytes = 0;
  keyspaceHits = 0;
  keyspaceMisses = 0;
  expiredKeys = 0;
  /** Fields of hashes. */
  expiredFields = 0;
  /** Keys that the last expiry cycles found expired, of all they looked at, in percent. */
  expiredStalePercent = 0;
  expireCyclesCutShort = 0;
  errorReplies = 0;
  unexpectedErrorReplies = 0;
  outputLimitDisconnections = 0;
  queryLimitDisconnections = 0;
  readsProcessed = 0;
  writesProcessed = 0;
  /** Calls, refusals and failures of each command, by its index. */
  readonly calls: Float64Array;
  readonly rejectedCalls: Float64Array;
  readonly failedCalls: Float64Array;
  /** Microseconds that calls took: estimates where `CallTiming` times one call in many. */
  readonly microseconds: Float64Array;
  /** Error replies by their code. */
  readonly errorsByCode = new Map<string, number>();

  constructor(commandCount: number) {
    this.calls = new Float64Array(commandCount);
    this.rejectedCalls = new Float64Array(commandCount);
    this.failedCalls = new Float64Array(commandCount);
    this.microseconds = new Float64Array(commandCount);
  }

  /** Counts an error reply by its code. */
  countError(code: string): void {
    this.errorReplies += 1;
    const before = this.errorsByCode.get(code);
    if (before === undefined && this.errorsByCode.size >= errorCodesMax) return;
    this.errorsByCode.set(code, (before ?? 0) + 1);
  }

  /** CONFIG RESETSTAT. */
  reset(): void {
    this.connectionsReceived = 0;
    this.connectionsRejected = 0;
    this.commandsProcessed = 0;
    this.inputBytes = 0;
    this.outputBytes = 0;
    this.keyspaceHits = 0;
    this.keyspaceMisses = 0;
    this.expiredKeys = 0;
    this.expiredFields = 0;
    this.expiredStalePercent = 0;
    this.expireCyclesCutShort = 0;
    this.errorReplies = 0;
    this.unexpectedErrorReplies = 0;
    this.outputLimitDisconnections = 0;
    this.queryLimitDisconnections = 0;
    this.readsProcessed = 0;
    this.writesProcessed = 0;
    this.calls.fill(0);
    this.rejectedCalls.fill(0);
    this.failedCalls.fill(0);
    this.microseconds.fill(0);
    this.errorsByCode.clear();
  }
}

/** Codes come from our own catalogue; the bound is against surprises. */
const errorCodesMax = 128;
