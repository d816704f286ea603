/** The version of this package; a test compares it with package.json. */
export const headwaterVersion = '0.1.0';

/** How the server names itself in messages. */
export const productName = `Headwater ${headwaterVersion}`;

/** The version of Redis whose commands and replies this server has: what clients look at. */
export const redisVersion = '7.2.4';
