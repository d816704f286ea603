/** Cases for `config.conformance.test.ts`. */

/** Names and values for `CONFIG SET`: what fits, what does not, and what only nearly does. */
export const setCases: readonly (readonly [name: string, value: string])[] = Object.entries({
  save: ['', '3600 1', '3600 1 300 100', '900', 'a b', '0 1', '1 -1', '  60 5 '],
  'client-output-buffer-limit': [
    'normal 0 0 0',
    'replica 1mb 1mb 10',
    'slave 2mb 1gb 10 normal 1 2 3',
    'pubsub 1 2 -3',
    'foo 1 2 3',
    'normal a 1 2',
    'NORMAL 0 0 0',
    'master 0 0 0',
    'normal 0 0',
    'normal -1 0 0',
    'normal 1 2 x',
  ],
  'oom-score-adj-values': ['1 2 3', '0 200', '0 a 1', '-3000 1 2', '0 200 801 '],
  'notify-keyspace-events': ['KEA', 'Kg', 'x$', 'gxKEd', 'q', 'KEn', 'KEm', 'Kg$lshzxetdnm', 'An'],
  'latency-tracking-info-percentiles': ['', '1 2 3', '101', 'a', '50.5 99.123456', '-1', '0'],
  loglevel: ['WARNING', 'nothing'],
  appendonly: ['yes', 'no', 'maybe'],
  unixsocketperm: ['777'],
  maxmemory: ['1kb', '1k', '1KB', '1gb', '1g', '1b', '1mb ', '1.5mb', '10%', '-1', 'k', 'mb', ''],
  'maxmemory-clients': [
    '5%',
    '101%',
    '0%',
    '10mb',
    '-5%',
    '-1',
    '5 %',
    'a%',
    'abc',
    '99999999999999999999',
  ],
  'proto-max-bulk-len': ['1mb', '1048575', '512mb'],
  'repl-backlog-size': ['0', '1', '16000', '20kb'],
  hz: ['0', '501', '10', '-1'],
  'tcp-keepalive': ['-1', '+5', '05', '5 ', ' 5', '0x10', '5.0', '', '99999999999999999999'],
  maxclients: ['0', '1000000', '4294967296'],
  'maxmemory-policy': ['allkeys-lru', 'ALLKEYS-LRU', 'lru'],
  dbfilename: ['a'],
  dir: ['/'],
  requirepass: [''],
  'masterauth': ['a"b c\n', ''],
  'slowlog-max-len': ['-1', '9223372036854775807', '9223372036854775808'],
  'slowlog-log-slower-than': ['-1', '-2'],
  timeout: ['2147483648', '2147483647', '0'],
  'shutdown-on-sigterm': [
    'save now',
    'nosave',
    'default save',
    'now force',
    'default',
    '',
    'save nosave',
  ],
  'list-max-listpack-size': ['-6', '0', '-2147483649'],
  'cluster-announce-hostname': ['a_b', 'a.b', 'x'.repeat(300)],
  'proc-title-template': ['{foo}', '{title', 'x', '{port}/{title}'],
  'key-load-delay': ['5', '-5', 'a'],
  'use-exit-on-panic': ['yes'],
  'loading-process-events-interval-bytes': ['1023', '1024'],
  'replica-announce-ip': ['a b'],
  aclfile: ['x'],
  'hash-max-ziplist-entries': ['abc', '5'],
  'slave-priority': ['abc', '7'],
  'replica-priority': ['-1'],
  'lua-time-limit': ['abc', '77'],
  'cluster-enabled': ['yes'],
  daemonize: ['abc'],
  'sanitize-dump-payload': ['clients', 'x'],
  'repl-diskless-load': ['on-empty-db', 'flush-before-load'],
  'acl-pubsub-default': ['allchannels', ''],
  activerehashing: ['', 'yes', 'YES', '1'],
  'active-defrag-cycle-max': ['0', '100', '99'],
  'io-threads': ['4'],
  'stream-node-max-bytes': ['', '-1', '5kb'],
}).flatMap(([name, values]) => values.map((value) => [name, value] as const));

/** Lines for which the real server refuses to start. */
export const wrongLines: readonly string[] = [
  'foo bar',
  'port abc',
  'port 1 2',
  'port',
  'save 1',
  'port "7001',
  "port '7001'x",
  'maxmemory 1xb',
  'databases 0',
  'loglevel foo',
  'rename-command GET',
  'user',
  'replicaof a',
  'replicaof a b',
  'replicaof 127.0.0.1 99999',
  'replicaof',
  'shutdown-on-sigint',
  'dir /nonexistent',
  'client-output-buffer-limit normal 0 0',
  'sentinel monitor a b',
  'maxclients 0',
  'requirepass a b',
  'unixsocketperm 9',
  'unixsocketperm 1777',
  'repl-backlog-size 0',
  'maxmemory-policy none',
  'yes',
  '"foo bar" 1',
  'enable-debug-command maybe',
  'supervised never',
  'syslog-facility local8',
  'io-threads 129',
];

/** What the redis.conf of Redis 7.0 says outside its comments. */
export const stockDirectives = `bind 127.0.0.1 -::1
protected-mode yes
port 6379
tcp-backlog 511
timeout 0
tcp-keepalive 300
daemonize no
pidfile /var/run/redis_6379.pid
loglevel notice
logfile ""
databases 16
always-show-logo no
set-proc-title yes
proc-title-template "{title} {listen-addr} {server-mode}"
stop-writes-on-bgsave-error yes
rdbcompression yes
rdbchecksum yes
dbfilename dump.rdb
rdb-del-sync-files no
dir ./
replica-serve-stale-data yes
replica-read-only yes
repl-diskless-sync yes
repl-diskless-sync-delay 5
repl-diskless-sync-max-replicas 0
repl-diskless-load disabled
repl-disable-tcp-nodelay no
replica-priority 100
acllog-max-len 128
lazyfree-lazy-eviction no
lazyfree-lazy-expire no
lazyfree-lazy-server-del no
replica-lazy-flush no
lazyfree-lazy-user-del no
lazyfree-lazy-user-flush no
oom-score-adj no
oom-score-adj-values 0 200 800
disable-thp yes
appendonly no
appendfilename "appendonly.aof"
appenddirname "appendonlydir"
appendfsync everysec
no-appendfsync-on-rewrite no
auto-aof-rewrite-percentage 100
auto-aof-rewrite-min-size 64mb
aof-load-truncated yes
aof-use-rdb-preamble yes
aof-timestamp-enabled no
slowlog-log-slower-than 10000
slowlog-max-len 128
latency-monitor-threshold 0
notify-keyspace-events ""
hash-max-listpack-entries 512
hash-max-listpack-value 64
list-max-listpack-size -2
list-compress-depth 0
set-max-intset-entries 512
zset-max-listpack-entries 128
zset-max-listpack-value 64
hll-sparse-max-bytes 3000
stream-node-max-bytes 4096
stream-node-max-entries 100
activerehashing yes
client-output-buffer-limit normal 0 0 0
client-output-buffer-limit replica 256mb 64mb 60
client-output-buffer-limit pubsub 32mb 8mb 60
hz 10
dynamic-hz yes
aof-rewrite-incremental-fsync yes
rdb-save-incremental-fsync yes
jemalloc-bg-thread yes
`;
