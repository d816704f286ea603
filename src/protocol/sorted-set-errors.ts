import { CommandError, define } from './errors.ts';

/** Errors of the commands on sorted sets, each once. */
export const sortedSetErrors = define({
  addConditions: 'ERR XX and NX options at the same time are not compatible',
  addComparisons: 'ERR GT, LT, and/or NX options at the same time are not compatible',
  addIncrementPairs: 'ERR INCR option supports a single increment-element pair',
  scoreNotANumber: 'ERR resulting score is not a number (NaN)',
  scoreRange: 'ERR min or max is not a float',
  memberRange: 'ERR min or max not valid string range item',
  limitByRank:
    'ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX',
  withScoresByMember: 'ERR syntax error, WITHSCORES not supported in combination with BYLEX',
  weightNotAFloat: 'ERR weight value is not a float',
});

/** An operation on several sets got none. `fullName` is the command's lower-case name. */
export function noInputKeys(fullName: string): CommandError {
  return new CommandError(`ERR at least 1 input key is needed for '${fullName}' command`);
}
