import { readFileSync } from 'node:fs';
import { nkeys } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { ALL_PERMITTED } from '../permissions.ts';
import { type DoorConfig, readDoorConfig } from './read-config.ts';

const read = (text: string): DoorConfig =>
  readDoorConfig(text, { read: (path) => ({ path, text: '' }), variable: () => undefined });

describe('a configuration file of NATS', () => {
  it('says where to listen, in one or in two', () => {
    expect(read('')).toMatchObject({
      host: undefined,
      port: undefined,
      monitor: undefined,
      websocket: undefined,
    });
    expect(read('listen: 127.0.0.1:-1, http: localhost:8222')).toMatchObject({
      host: '127.0.0.1',
      port: 0,
      monitor: { host: 'localhost', port: 8222 },
    });
    expect(read('host: "::1", port: 4333, monitor_port: -1')).toMatchObject({
      host: '::1',
      port: 4333,
      monitor: { host: undefined, port: 0 },
    });
    expect(read('listen: "[::1]:4333"')).toMatchObject({ host: '::1', port: 4333 });
    expect(read('listen: 4333')).toMatchObject({ host: undefined, port: 4333 });
  });

  it('reads as docs/door.md shows it', () => {
    const docs = readFileSync(new URL('../../../docs/door.md', import.meta.url), 'utf8');
    const { notes, ...config } = readDoorConfig(/```conf\n(.*?)```/s.exec(docs)?.[1] ?? '', {
      read: (path) => ({ path, text: '' }),
      variable: (name) => `the-${name}`,
    });
    expect(notes).toEqual([]);
    expect(config).toMatchObject({
      ...{ host: '0.0.0.0', port: 4222 },
      websocket: { port: 9222, origins: ['https://wall.example'] },
      users: [
        {
          ...{ name: 'sensor', proof: { type: 'password', password: 'the-SENSOR_PASSWORD' } },
          permissions: { publish: { allow: ['sensor.>'] } },
          rate: { messagesPerSecond: 100, bytesPerSecond: 1024 * 1024 },
        },
        {
          ...{ name: 'wall', proof: { type: 'password', password: 'the-WALL_PASSWORD' } },
          permissions: { publish: { allow: [] }, subscribe: { allow: ['sensor.>'] } },
        },
      ],
    });
  });

  it('says how much and how long', () => {
    expect(
      read(
        'max_payload: 2MB, max_control_line: 8K, max_connections: 10, max_subs: 5, ping_interval: "1m30s", ping_max: 3, lame_duck_duration: 30, lame_duck_grace_period: 500ms',
      ),
    ).toMatchObject({
      limits: {
        maxPayloadBytes: 2 * 1024 * 1024,
        maxControlLineBytes: 8000,
        maxSubscriptions: 5,
        pingIntervalMs: 90_000,
        maxPingsOut: 3,
      },
      maxConnections: 10,
      lameDuckDurationMs: 30_000,
      lameDuckGraceMs: 500,
    });
  });

  it('names users, what they prove, what they may, and how fast', () => {
    const key = nkeys.createUser().getPublicKey();
    const { users, anonymous } = read(`
      PASS: s3cret
      SHARED = { publish: "shared.>", subscribe: [ "shared.>", "q.* grp" ] }
      no_auth_user: guest
      authorization {
        default_permissions: { subscribe: { deny: "secret.>" } }
        users: [
          { user: joe, password: $PASS }
          { user: guest, pass: guest, permissions: $SHARED }
          { nkey: ${key}, permissions: { allow_responses: true } }
          { user: 12, pass: 34, inbox_prefix: _INBOX_12, rate: { messages: 100, bytes: 1MB }
            permissions: { pub: { allow: [a, b], deny: a }, allow_responses: { max: 5, expires: "1m" } } }
        ]
      }
    `);
    expect(anonymous).toBe('guest');
    expect(users.map(({ name, proof }) => [name, proof])).toEqual([
      ['joe', { type: 'password', password: 's3cret' }],
      ['guest', { type: 'password', password: 'guest' }],
      [key, { type: 'nkey', key }],
      ['12', { type: 'password', password: '34' }],
    ]);
    expect(users.map(({ permissions }) => permissions)).toEqual([
      { ...ALL_PERMITTED, subscribe: { allow: undefined, deny: ['secret.>'] } },
      {
        ...ALL_PERMITTED,
        publish: { allow: ['shared.>'], deny: [] },
        subscribe: { allow: ['shared.>', 'q.* grp'], deny: [] },
      },
      { ...ALL_PERMITTED, publish: { allow: [], deny: [] }, responses: { max: 1, ttlMs: 120_000 } },
      {
        ...ALL_PERMITTED,
        publish: { allow: ['a', 'b'], deny: ['a'] },
        responses: { max: 5, ttlMs: 60_000 },
        inboxPrefix: '_INBOX_12',
      },
    ]);
    expect(users[3]?.rate).toEqual({ messagesPerSecond: 100, bytesPerSecond: 1024 * 1024 });
    expect(read('authorization { token: t }').users).toMatchObject([
      { proof: { type: 'token', token: 't' } },
    ]);
    expect(read('authorization { user: a, password: b }').users).toMatchObject([{ name: 'a' }]);
    expect(() =>
      read('authorization { users: [{ user: a, password: b }, { user: a, password: c }] }'),
    ).toThrow(/^line 1: there are two users "a"/);
  });

  it('says what secrets sockets have, and which pages may come', () => {
    const tls = 'tls { cert_file: c, key_file: k, ca_file: a, verify: true }';
    expect(read(tls).tls).toEqual({ certFile: 'c', keyFile: 'k', caFile: 'a' });
    expect(read('websocket { listen: "0.0.0.0:443", tls { cert_file: c, key_file: k } }').websocket).toEqual({
      host: '0.0.0.0',
      port: 443,
      tls: { certFile: 'c', keyFile: 'k', caFile: undefined },
      origins: [],
      isSameOriginWelcome: false,
    });
    expect(
      read('websocket { port: -1, no_tls: true, same_origin: true, allowed_origins: ["https://a.example"] }')
        .websocket,
    ).toMatchObject({ port: 0, tls: undefined, origins: ['https://a.example'], isSameOriginWelcome: true });
  });

  it('notes what has no effect, and goes on', () => {
    expect(read('leafnodes { listen: "127.0.0.1:-1" }').notes).toEqual([
      'line 1: leafnodes has no effect on a door',
    ]);
    expect(read('debug: true\nport: 1\nauthorization { token: t, timeout: 2 }').notes).toEqual([
      'line 3: authorization.timeout has no effect on a door',
      'line 1: debug has no effect on a door',
    ]);
  });

  it.each([
    [
      'websocket { port: 1, no_tls: true\nallowed_origins: ["app.example"] }',
      'line 2: an origin is a scheme and a host',
    ],
    ['prot: 1', 'line 1: there is no option "prot"'],
    ['port: 1\njetstream: true', 'line 2: jetstream is not offered: messages are not kept'],
    ['cluster { }', 'line 1: cluster is not offered: doors of one network find each other'],
    ['leafnodes { remotes: [] }', 'line 1: leafnodes.remotes is not offered'],
    ['accounts { }', 'line 1: accounts is not offered'],
    ['port: 70000', 'line 1: port is a whole number from -1 to 65535'],
    ['port: x', 'line 1: port is a whole number'],
    ['listen: "host"', 'line 1: listen is host:port'],
    ['listen: "host:99999"', 'line 1: listen is host:port'],
    ['max_payload: 9MB', 'line 1: max_payload is a whole number from 1 to 8388608'],
    ['ping_interval: soon', 'line 1: ping_interval is a duration'],
    ['authorization: { user: a }', 'line 1: user and password belong together'],
    ['authorization: { users: { } }', 'line 1: users is a list in [ ]'],
    ['authorization: { users: [ { user: a } ] }', 'line 1: a user has a password or an nkey'],
    ['authorization: { users: [ { pass: a } ] }', 'line 1: a user has a name or an nkey'],
    ['authorization: { users: [ { nkey: UABC } ] }', 'line 1: "UABC" is no public key of a user'],
    [
      'authorization: { users: [ { user: a, pass: "$2a$11$x" } ] }',
      'line 1: passwords hashed by bcrypt are not offered',
    ],
    [
      'authorization: { users: [ { user: a, pass: b, permissions: { publish: "a..b" } } ] }',
      'line 1: "a..b" is no subject',
    ],
    [
      'authorization: { users: [ { user: a, pass: b, permision: {} } ] }',
      'line 1: there is no option "user.permision"',
    ],
    ['authorization: { users: [ { user: a, pass: b, allowed_connection_types: [] } ] }', 'is not offered'],
    ['no_auth_user: joe', 'names "joe", who is no user of the file'],
    ['tls { cert_file: c }', 'line 1: tls wants cert_file and key_file'],
    ['tls { cert_file: c, key_file: k, verify: true }', 'line 1: tls.verify wants ca_file'],
    ['websocket { port: 1 }', 'line 1: websocket wants tls, or no_tls: true'],
    ['websocket { no_tls: true }', 'line 1: websocket wants a port'],
    ['debug: true\ntls: 1', 'line 2: tls is a map in { }'],
  ])('is refused for %j, with the line and what to do', (text, problem) => {
    expect(() => read(text)).toThrow(problem);
  });
});
