import type { Shape } from '../base/geo-search.ts';
import type { Position } from '../base/geohash.ts';
import { type CommandError, errors, missingSearchOption } from '../protocol/errors.ts';
import type { Request } from '../protocol/request.ts';
import { doubleIn, positionIn, unitIn } from './geo-words.ts';
import { integerIn } from './words.ts';

/** What a command of the family understands, beside what all do. */
export interface SearchForm {
  /** The word behind the fixed ones. */
  readonly firstOption: number;
  /** FROMMEMBER, FROMLONLAT, BYRADIUS, BYBOX say what is searched. */
  readonly hasShapeOptions: boolean;
  /** `key`: STORE and STOREDIST name a key; `flag`: STOREDIST stands alone. */
  readonly store: 'none' | 'key' | 'flag';
}

/** The place of a member; null when the set does not exist. Throws when only the member is missing. */
export type MemberFinder = (word: number) => Position | null;

/** What the words of a search say. */
export class SearchOptions {
  withDistance = false;
  withHash = false;
  withCoordinates = false;
  order: 'none' | 'ascending' | 'descending' = 'none';
  /** Most results; 0 for all. */
  count = 0;
  /** The first results found do, near or far. */
  any = false;
  /** The word that names the key to store to; 0 for none. */
  storeWord = 0;
  storesDistance = false;
  /** Metres of the unit that distances are in. */
  unitMetres = 1;
  /** Null where the set does not exist, or no center was given. */
  center: Position | null = null;
  centerKind: 'none' | 'member' | 'place' = 'none';
  radius = -1;
  width = -1;
  height = -1;

  /** How many further items a result has. */
  get extraCount(): number {
    return Number(this.withDistance) + Number(this.withHash) + Number(this.withCoordinates);
  }

  /** What is searched. Requires: a center, and a size. */
  shape(center: Position): Shape {
    const { unitMetres } = this;
    if (this.radius >= 0) return { kind: 'circle', center, radius: this.radius * unitMetres };
    const { width, height } = this;
    return { kind: 'box', center, width: width * unitMetres, height: height * unitMetres };
  }

  /** Radius and unit from `word` on. */
  readRadius(request: Request, word: number): void {
    const radius = doubleIn(request, word, errors.radiusNotNumeric);
    if (radius < 0) throw errors.radiusNegative;
    this.unitMetres = unitIn(request, word + 1);
    this.radius = radius;
  }

  /** Width, height and unit from `word` on. */
  readBox(request: Request, word: number): void {
    const width = doubleIn(request, word, errors.widthNotNumeric);
    const height = doubleIn(request, word + 1, errors.heightNotNumeric);
    if (height < 0 || width < 0) throw errors.boxNegative;
    this.unitMetres = unitIn(request, word + 2);
    this.width = width;
    this.height = height;
  }
}

/** Reads the options behind the fixed words into `options`. Throws: `CommandError`. */
export function readSearchOptions(
  request: Request,
  form: SearchForm,
  find: MemberFinder,
  options: SearchOptions,
): void {
  let word = form.firstOption;
  while (word < request.count) {
    const taken =
      readCommonOption(request, word, options) ||
      readStoreOption(request, word, form, options) ||
      (form.hasShapeOptions ? readShapeOption(request, word, find, options) : 0);
    if (taken === 0) throw errors.syntax;
    word += taken;
  }
  assertConsistent(request, form, options);
}

/** How many words were taken; 0 when the option is another. */
function readCommonOption(request: Request, word: number, options: SearchOptions): number {
  if (request.is(word, 'withdist')) options.withDistance = true;
  else if (request.is(word, 'withhash')) options.withHash = true;
  else if (request.is(word, 'withcoord')) options.withCoordinates = true;
  else if (request.is(word, 'any')) options.any = true;
  else if (request.is(word, 'asc')) options.order = 'ascending';
  else if (request.is(word, 'desc')) options.order = 'descending';
  else if (request.is(word, 'count') && word + 1 < request.count) {
    options.count = integerIn(request, word + 1);
    if (options.count <= 0) throw errors.searchCount;
    return 2;
  } else {
    return 0;
  }
  return 1;
}

function readStoreOption(
  request: Request,
  word: number,
  form: SearchForm,
  options: SearchOptions,
): number {
  const isDistance = request.is(word, 'storedist');
  if (form.store === 'flag' && isDistance) {
    options.storesDistance = true;
    return 1;
  }
  if (form.store !== 'key' || word + 1 >= request.count) return 0;
  if (!isDistance && !request.is(word, 'store')) return 0;
  options.storeWord = word + 1;
  options.storesDistance = isDistance;
  return 2;
}

function readShapeOption(
  request: Request,
  word: number,
  find: MemberFinder,
  options: SearchOptions,
): number {
  const rest = request.count - word - 1;
  if (request.is(word, 'frommember') && rest >= 1 && options.centerKind !== 'place') {
    options.center = find(word + 1);
    options.centerKind = 'member';
    return 2;
  }
  if (request.is(word, 'fromlonlat') && rest >= 2 && options.centerKind !== 'member') {
    options.center = positionIn(request, word + 1);
    options.centerKind = 'place';
    return 3;
  }
  if (request.is(word, 'byradius') && rest >= 2 && options.width < 0) {
    options.readRadius(request, word + 1);
    return 3;
  }
  if (request.is(word, 'bybox') && rest >= 3 && options.radius < 0) {
    options.readBox(request, word + 1);
    return 4;
  }
  return 0;
}

function assertConsistent(request: Request, form: SearchForm, options: SearchOptions): void {
  const isStored = options.storeWord > 0 || form.store === 'flag';
  if (isStored && options.extraCount > 0) throw storeError(form);
  if (form.hasShapeOptions && options.centerKind === 'none') {
    throw missingSearchOption('FROMMEMBER or FROMLONLAT', request.text(0));
  }
  if (form.hasShapeOptions && options.radius < 0 && options.width < 0) {
    throw missingSearchOption('BYRADIUS and BYBOX', request.text(0));
  }
  if (options.any && options.count === 0) throw errors.anyWithoutCount;
}

function storeError(form: SearchForm): CommandError {
  return form.store === 'flag' ? errors.searchStoreWithExtras : errors.radiusStoreWithExtras;
}
