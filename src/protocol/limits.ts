/** Longest inline request, and longest head line of an array or bulk string, without its line end. */
export const lineBytesMax = 64 * 1024;

/** Most words of a request. What arrives is bounded by `client-query-buffer-limit`, too. */
export const requestWordsMax = 0x7fffffff;

/** What a client may send before it is authenticated. */
export const unauthenticatedWordsMax = 10;
export const unauthenticatedBulkBytesMax = 16_384;
