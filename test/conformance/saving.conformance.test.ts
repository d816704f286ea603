import { defineConformance } from './suite.ts';

defineConformance({
  area: 'saving',
  cases: {
    'SAVE, LASTSAVE and mistakes': [
      'SET k v',
      'SAVE',
      'SAVE now',
      '? LASTSAVE',
      'LASTSAVE x',
      'BGSAVE now',
      'BGSAVE SCHEDULE now',
      'BGSAVE SCHEDULE SCHEDULE',
      'MULTI',
      'SAVE',
      'EXEC',
    ],
    'DEBUG RELOAD': [
      'SET k v',
      'SET e v PXAT 4102444800000',
      'DEBUG RELOAD',
      'GET k',
      'PEXPIRETIME e',
      'DEBUG DIGEST',
      'SET k w',
      'DEBUG RELOAD NOSAVE NOFLUSH MERGE',
      'GET k',
      'DEBUG RELOAD NOTHING',
      'DEBUG RELOAD NOSAVE',
      'GET k',
    ],
    // The last: what is scheduled begins some time later.
    'BGSAVE in a transaction is put off': ['MULTI', 'BGSAVE', 'SET k v', 'EXEC'],
  },
});
