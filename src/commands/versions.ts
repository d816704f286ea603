/**
 * The version of Redis that we are compatible with, for clients that look at HELLO or INFO before
 * they use a command. Other servers of the family do the same.
 */
export const redisVersion = '7.2.4';
