import { describe, expect, it } from 'vitest';
import { concatBytes } from '../runtime/index.ts';
import {
  type BrokerVerb,
  type ClientVerb,
  ENTRY_BYTES,
  type Subject,
  type SubscriptionId,
} from '../services/pubsub/index.ts';
import type { NodeId } from '../wire/index.ts';
import type { NatsEffect, NatsEvent } from './client-events.ts';
import { NatsClient } from './client-state.ts';
import { ALL_PERMITTED, type Permissions } from './permissions.ts';
import { NO_RATE, type Rate } from './rate-gate.ts';
import { DEFAULT_LIMITS, type DoorLimits, type ServerInfo } from './server-info.ts';
import { Users } from './users.ts';

const utf8 = new TextEncoder();
const SERVER: ServerInfo = {
  serverId: 'ID',
  serverName: 'attic',
  host: '127.0.0.1',
  port: 4222,
  isTlsRequired: false,
  connectUrls: [],
  wsConnectUrls: [],
  isLameDuck: false,
};

interface Setup {
  readonly limits?: Partial<DoorLimits>;
  /** With them there is one user, joe, password "secret". */
  readonly permissions?: Partial<Permissions>;
  readonly rate?: Partial<Rate>;
}

/** A client, and what became of what it said. */
class Talk {
  readonly client: NatsClient;
  now = 1000;
  effects: NatsEffect[] = [];

  constructor({ limits, permissions, rate }: Setup = {}) {
    const isUser = permissions !== undefined || rate !== undefined;
    const joe = {
      name: 'joe',
      proof: { type: 'password', password: 'secret' } as const,
      permissions: { ...ALL_PERMITTED, ...permissions },
      rate: { ...NO_RATE, ...rate },
    };
    this.client = new NatsClient(
      {
        clientId: 7,
        clientIp: '127.0.0.1',
        nonce: 'NONCE',
        users: new Users(isUser ? [joe] : []),
        limits: { ...DEFAULT_LIMITS, ...limits },
        server: SERVER,
        takesGroup: (queue) => queue !== 'toomany',
      },
      this.now,
    );
  }

  static in(setup: Setup = {}): Talk {
    const talk = new Talk(setup);
    talk.says(
      'CONNECT {"verbose":false,"pedantic":false,"headers":true,"no_responders":true,"protocol":1,"user":"joe","pass":"secret"}\r\n',
    );
    talk.effects = [];
    return talk;
  }

  does(event: NatsEvent): this {
    this.effects.push(...this.client.handle(event, this.now));
    return this;
  }

  says(text: string): this {
    return this.does({ type: 'bytes', bytes: utf8.encode(text) });
  }

  hears(...verbs: readonly BrokerVerb[]): this {
    return this.does({ type: 'heard', verbs });
  }

  wakesAt(now: number): this {
    this.now = now;
    return this.does({ type: 'wake' });
  }

  get written(): string {
    const pieces = this.effects.flatMap((effect) => (effect.type === 'write' ? effect.pieces : []));
    return new TextDecoder().decode(concatBytes(...pieces));
  }

  get said(): readonly ClientVerb[] {
    return this.effects.flatMap((effect) => (effect.type === 'say' ? [effect.verb] : []));
  }

  get kinds(): readonly string[] {
    return this.effects.map(({ type }) => type);
  }

  get end(): string | undefined {
    return this.effects.flatMap((effect) => (effect.type === 'end' ? [effect.reason] : []))[0];
  }
}

function message(sid: string, subject: string, change: object = {}): BrokerVerb {
  return {
    type: 'msg',
    sid: sid as SubscriptionId,
    subject: subject as Subject,
    reply: undefined,
    headers: undefined,
    payload: utf8.encode('hi'),
    from: 'node' as NodeId,
    lost: 0,
    ...change,
  };
}

describe('a client at the door', () => {
  it('is told first where it is', () => {
    const talk = new Talk().does({ type: 'opened' });
    const info = JSON.parse(talk.written.replace(/^INFO /, '')) as object;
    expect(talk.written).toMatch(/^INFO \{.*\}\r\n$/);
    expect(info).toMatchObject({
      server_id: 'ID',
      headers: true,
      max_payload: 1048576,
      client_id: 7,
      port: 4222,
    });
    expect(info).not.toHaveProperty('auth_required');
    expect(info).not.toHaveProperty('nonce');
    expect(info).not.toHaveProperty('jetstream');
  });

  it('is handed to the Broker with its words', () => {
    const talk = Talk.in().says(
      'SUB a.* q 1\r\nHPUB a.b re 12 14\r\nNATS/1.0\r\n\r\nhi\r\nUNSUB 1 3\r\nPING\r\n',
    );
    expect(talk.said).toEqual([
      { type: 'sub', sid: '1', pattern: 'a.*', queue: 'q', ack: undefined, slow: undefined },
      {
        type: 'pub',
        subject: 'a.b',
        reply: 're',
        headers: utf8.encode('NATS/1.0\r\n\r\n'),
        payload: utf8.encode('hi'),
        ack: undefined,
      },
      { type: 'unsub', sid: '1', max: 3 },
      { type: 'ping' },
    ]);
    expect(talk.written).toBe('');
    talk.hears(message('1', 'a.b', { reply: 're' }), { type: 'pong' });
    expect(talk.written).toBe('MSG a.b 1 re 2\r\nhi\r\nPONG\r\n');
  });

  it('is told no headers that it does not know', () => {
    const talk = new Talk().says('CONNECT {"verbose":false}\r\nSUB a 1\r\n');
    talk.hears(message('1', 'a', { headers: utf8.encode('NATS/1.0\r\n\r\n') }));
    expect(talk.written).toBe('MSG a 1 2\r\nhi\r\n');
  });

  it('says back how much of what it was given is out', () => {
    const talk = Talk.in();
    talk.says('SUB > 1\r\n').hears(message('1', 'news'), message('1', 'more'));
    const write = talk.effects.find(({ type }) => type === 'write');
    expect(write).toMatchObject({ taken: 2 * ('news'.length + 'hi'.length + ENTRY_BYTES) });
    expect(talk.written).toBe('MSG news 1 2\r\nhi\r\nMSG more 1 2\r\nhi\r\n');
  });

  it('has the Broker told what it may not hear, where there is any', () => {
    const hearing = (talk: Talk, subject: string): readonly (boolean | undefined)[] =>
      talk.said.flatMap((verb) =>
        verb.type === 'connect' ? verb.options.mayHear?.(subject as Subject, undefined) : [],
      );
    const talk = new Talk({ permissions: { subscribe: { allow: undefined, deny: ['secret'] } } });
    talk.says('CONNECT {"user":"joe","pass":"secret"}\r\n');
    expect([hearing(talk, 'news'), hearing(talk, 'secret')]).toEqual([[true], [false]]);
    const free = new Talk({ permissions: {} }).says('CONNECT {"user":"joe","pass":"secret"}\r\n');
    expect(hearing(free, 'secret')).toEqual([undefined]);
  });

  it('must say who it is, first and within two seconds', () => {
    const early = new Talk({ permissions: {} }).says('PING\r\n');
    expect([early.written, early.end]).toEqual([
      "-ERR 'Authorization Violation'\r\n",
      'Authorization Violation',
    ]);
    const late = new Talk({ permissions: {} });
    expect(late.client.nextWakeAt).toBe(3000);
    late.wakesAt(2999);
    expect(late.effects).toEqual([]);
    late.wakesAt(3000);
    expect(late.written).toBe("-ERR 'Authentication Timeout'\r\n");
    expect(late.end).toBe('Authentication Timeout');
    const frozen = new Talk({ permissions: {} }).wakesAt(60_000);
    expect([frozen.effects, frozen.client.nextWakeAt]).toEqual([[], 62_000]);
    expect(frozen.wakesAt(62_000).end).toBe('Authentication Timeout');
    const wrong = new Talk({ permissions: {} }).says('CONNECT {"user":"joe","pass":"x"}\r\nPING\r\n');
    expect([wrong.written, wrong.said]).toEqual(["-ERR 'Authorization Violation'\r\n", []]);
    expect(Talk.in({ permissions: {} }).client.userName).toBe('joe');
  });

  it('needs no CONNECT where nobody is asked, and may be silent', () => {
    const talk = new Talk().wakesAt(60_000);
    expect(talk.effects).toEqual([]);
    expect(talk.says('SUB a 1\r\n').said.map(({ type }) => type)).toEqual(['connect', 'sub']);
    expect(talk.written).toBe('+OK\r\n');
  });

  it('is asked when it is silent, and given up when it does not answer', () => {
    const talk = Talk.in({ limits: { pingIntervalMs: 100, maxPingsOut: 2 } });
    talk.wakesAt(1100).wakesAt(1150).wakesAt(1200);
    expect(talk.written).toBe('PING\r\nPING\r\n');
    talk.says('PONG\r\n').wakesAt(1300).wakesAt(1400).wakesAt(1499);
    expect(talk.end).toBeUndefined();
    talk.wakesAt(1500);
    expect(talk.written).toMatch(/-ERR 'Stale Connection'\r\n$/);
    expect(talk.end).toBe('Stale Connection');
    expect(talk.client.nextWakeAt).toBe(Number.POSITIVE_INFINITY);
    expect(talk.client.handle({ type: 'bytes', bytes: utf8.encode('PING\r\n') }, talk.now)).toEqual([]);
  });

  it('is asked again where the door stood still when it should have answered', () => {
    const talk = Talk.in({ limits: { pingIntervalMs: 100, maxPingsOut: 1 } });
    talk.wakesAt(1100).wakesAt(9000);
    expect([talk.written, talk.end]).toEqual(['PING\r\nPING\r\n', undefined]);
    talk.wakesAt(9100);
    expect(talk.end).toBe('Stale Connection');
  });

  it('is told of a queue group that the Broker does not take, and lives on', () => {
    const talk = Talk.in().says('SUB a toomany 1\r\nSUB a few 1\r\n');
    const why = 'its name is too long, or there are too many queue groups here';
    expect(talk.written).toBe(
      `-ERR 'Permissions Violation for Subscription to "a" using queue "toomany": ${why}'\r\n`,
    );
    expect(talk.said).toMatchObject([{ type: 'sub', queue: 'few', sid: '1' }]);
  });

  it('is told that it missed messages where the door stood still, if it waits for any', () => {
    expect(Talk.in().does({ type: 'missed' }).end).toBeUndefined();
    expect(Talk.in().says('SUB a 1\r\nUNSUB 1\r\n').does({ type: 'missed' }).end).toBeUndefined();
    const waiting = Talk.in().says('SUB a 1\r\n').does({ type: 'missed' });
    expect([waiting.written, waiting.end]).toEqual(["-ERR 'Stale Connection'\r\n", 'Stale Connection']);
  });

  it('is not read while the Broker has enough of it, and goes on where it stopped', () => {
    const talk = Talk.in().does({ type: 'full' }).says('PUB a 1\r\nx\r\n');
    expect(talk.kinds).toEqual(['pause']);
    talk.does({ type: 'room' });
    expect(talk.kinds).toEqual(['pause', 'say', 'resume']);
  });

  it('is not read while it does not read what it is told, and given up if that lasts', () => {
    const talk = Talk.in({ limits: { pingIntervalMs: 100, maxPingsOut: 1 } }).does({ type: 'clogged' });
    talk.says('PUB a 1\r\nx\r\n');
    expect(talk.kinds).toEqual(['pause']);
    talk.wakesAt(1100).wakesAt(1200);
    expect(talk.end).toBe('Stale Connection');
    const other = Talk.in().does({ type: 'clogged' }).says('PUB a 1\r\nx\r\n').does({ type: 'clear' });
    expect(other.kinds).toEqual(['pause', 'say', 'resume']);
  });

  it('is turned away with a word, and sent elsewhere without', () => {
    const full = new Talk().does({ type: 'refuse', text: 'maximum connections exceeded' });
    expect([full.written, full.end]).toEqual([
      "-ERR 'maximum connections exceeded'\r\n",
      'maximum connections exceeded',
    ]);
    const last = Talk.in().does({ type: 'leave', reason: 'Server Shutdown' });
    expect([last.written, last.end]).toEqual(['', 'Server Shutdown']);
  });

  it('is held back at its rate, in order, and is not called silent meanwhile', () => {
    const talk = Talk.in({ rate: { messagesPerSecond: 2 }, limits: { pingIntervalMs: 100, maxPingsOut: 1 } });
    talk.says(`${'PUB a 1\r\nx\r\n'.repeat(4)}PING\r\n`);
    expect(talk.said).toHaveLength(2);
    expect(talk.kinds.at(-1)).toBe('pause');
    for (let now = 1100; talk.said.length < 5 && now < 3000; now = talk.client.nextWakeAt) talk.wakesAt(now);
    expect(talk.said.map(({ type }) => type)).toEqual(['pub', 'pub', 'pub', 'pub', 'ping']);
    expect(talk.now).toBe(2000);
    expect(talk.end).toBeUndefined();
    expect(talk.kinds.at(-1)).toBe('resume');
  });

  it('is refused with the number when it goes on too fast, and nothing reaches the Broker', () => {
    const talk = Talk.in({ rate: { messagesPerSecond: 1 } });
    talk.says('PUB a 1\r\nx\r\n'.repeat(100));
    for (let wakes = 0; wakes < 20; wakes++) talk.wakesAt(talk.client.nextWakeAt);
    expect(talk.written).toContain(`-ERR 'Permissions Violation for Publish to "a": over 1 messages/s'`);
    expect(talk.said.length).toBeLessThan(10);
  });

  it('is told what it may not, and the mesh hears nothing of it', () => {
    const talk = Talk.in({
      permissions: { publish: { allow: ['a.>'], deny: [] }, subscribe: { allow: ['a.>'], deny: [] } },
    });
    talk.says('PUB b 1\r\nx\r\nSUB b 1\r\nSUB b q 2\r\nPUB $JS.API.INFO r 0\r\n\r\n');
    expect(talk.written).toBe(
      `-ERR 'Permissions Violation for Publish to "b"'\r\n-ERR 'Permissions Violation for Subscription to "b"'\r\n-ERR 'Permissions Violation for Subscription to "b" using queue "q"'\r\n-ERR 'Permissions Violation for Publish to "$JS.API.INFO"'\r\n`,
    );
    expect(talk.said).toEqual([]);
    expect(talk.kinds).not.toContain('answer');
  });

  it('does not say what only the system says, but may ask for a render', () => {
    const talk = Talk.in().says('PUB leafcutter.job.ab.done 0\r\n\r\n');
    expect(talk.written).toMatch(
      /^-ERR 'Permissions Violation for Publish to "leafcutter.job.ab.done": .* said by Leafcutter itself/,
    );
    expect(talk.said).toEqual([]);
    talk.says('PUB leafcutter.job.submit r 0\r\n\r\n');
    expect(talk.said).toHaveLength(1);
  });

  it('is told of a subject that is none, pedantic or not, and lives on', () => {
    const talk = Talk.in().says('PUB a..b 1\r\nx\r\nSUB a..b 1\r\nPUB a r..e 0\r\n\r\n');
    expect(talk.written).toMatch(
      /^-ERR 'Permissions Violation for Publish to "a..b": .*'\r\n-ERR 'Invalid Subject'\r\n-ERR '/,
    );
    talk.says('CONNECT {"pedantic":true}\r\n').effects = [];
    talk.says('PUB a.* 1\r\nx\r\n');
    expect(talk.written).toBe("-ERR 'Invalid Publish Subject'\r\n");
    expect(talk.said).toEqual([]);
    expect(talk.end).toBeUndefined();
  });

  it('may have so many subscriptions, and one of each name', () => {
    const talk = Talk.in({ limits: { maxSubscriptions: 2 } });
    talk.says('SUB a 1\r\nSUB a 1\r\nSUB b 2\r\nSUB c 3\r\n');
    expect(talk.written).toBe("-ERR 'maximum subscriptions exceeded'\r\n");
    expect(talk.said).toHaveLength(2);
    talk.says('UNSUB 1\r\nUNSUB 1\r\nSUB c 3\r\nUNSUB 2 1\r\n').hears(message('2', 'b'));
    talk.says('SUB d 4\r\n');
    expect(talk.said.map((verb) => ('sid' in verb ? `${verb.type} ${verb.sid}` : verb.type))).toEqual([
      'sub 1',
      'sub 2',
      'unsub 1',
      'sub 3',
      'unsub 2',
      'sub 4',
    ]);
  });

  it('is answered by the door that there is no JetStream, and who it is', () => {
    const talk = Talk.in({ permissions: { publish: { allow: undefined, deny: ['x'] } } });
    talk.says(
      'PUB $JS.API.INFO re.1 0\r\n\r\nPUB $SYS.REQ.USER.INFO re.2 0\r\n\r\nPUB $JS.API.INFO 0\r\n\r\n',
    );
    expect(talk.said).toEqual([]);
    const [none, who, ...rest] = talk.effects.filter((effect) => effect.type === 'answer');
    expect(rest).toEqual([]);
    expect(none).toMatchObject({ subject: 're.1', headers: utf8.encode('NATS/1.0 503\r\n\r\n') });
    expect(who).toMatchObject({ subject: 're.2', headers: undefined });
    expect(JSON.parse(new TextDecoder().decode(who?.payload))).toMatchObject({
      data: { user: 'joe', account: '$G', permissions: { publish: { deny: ['x'] } } },
    });
  });

  it('makes the door say nothing on what is kept for the system, by asking to be answered there', () => {
    const talk = Talk.in().says(
      'PUB $SYS.REQ.USER.INFO leafcutter.job.ab.done 0\r\n\r\nPUB $JS.API.INFO leafcutter.x 0\r\n\r\n',
    );
    expect([talk.kinds, talk.written]).toEqual([[], '']);
  });

  it('may have a name that is no UTF-8, and lives on when a subject is none, which nobody hears of', () => {
    const latin1 = (text: string): NatsEvent => ({
      type: 'bytes',
      bytes: Uint8Array.from(text, (char) => char.charCodeAt(0)),
    });
    const talk = new Talk().does(latin1('CONNECT {"verbose":false,"pedantic":false,"name":"caf\xe9"}\r\n'));
    expect(talk.client.fields.name).toBe('caf\ufffd');
    talk.effects = [];
    talk.does(latin1('PUB a.\xff 1\r\nx\r\nPUB a re.\xfe 0\r\n\r\nSUB a.\xfd 1\r\n'));
    const violation = "-ERR 'Permissions Violation for Publish to ";
    expect(talk.written).toBe(
      `${violation}"a.\ufffd": it is no UTF-8'\r\n${violation}"a": it is no UTF-8'\r\n-ERR 'Invalid Subject'\r\n`,
    );
    expect([talk.said, talk.end]).toEqual([[], undefined]);
  });

  it('is answered nothing where it could not understand that nobody answers', () => {
    const talk = new Talk().says(
      'CONNECT {"verbose":false,"headers":true}\r\nPUB $JS.API.INFO re.1 0\r\n\r\n',
    );
    expect(talk.kinds).toEqual(['say']);
  });

  it('hears of other doors, and of the end, when it can read that', () => {
    const server = { ...SERVER, connectUrls: ['10.0.0.1:4222'], isLameDuck: true };
    const talk = Talk.in().does({ type: 'server', server });
    expect(JSON.parse(talk.written.slice('INFO '.length))).toMatchObject({
      connect_urls: ['10.0.0.1:4222'],
      ldm: true,
    });
    const old = new Talk().says('CONNECT {"verbose":false}\r\n').does({ type: 'server', server });
    expect(old.written).toBe('');
  });

  it('ends with what the Broker says', () => {
    const talk = Talk.in()
      .says('SUB a 1\r\n')
      .hears(message('1', 'a'), { type: 'close', reason: 'the mesh is closed' });
    expect(talk.written).toBe('MSG a 1 2\r\nhi\r\n');
    expect(talk.end).toBe('the mesh is closed');
  });
});
