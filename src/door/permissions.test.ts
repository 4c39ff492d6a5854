import { describe, expect, it } from 'vitest';
import { ALL_PERMITTED, covers, PermissionGate, type Permissions } from './permissions.ts';

const gateOf = (change: Partial<Permissions>): PermissionGate =>
  new PermissionGate({ ...ALL_PERMITTED, ...change });

describe('covers', () => {
  it.each([
    ['a.b', 'a.b', true],
    ['a.b', 'a.B', false],
    ['a.*', 'a.b', true],
    ['a.*', 'a.*', true],
    ['a.*', 'a', false],
    ['a.*', 'a.b.c', false],
    ['a.*', 'a.>', false],
    ['a.>', 'a.*', true],
    ['a.>', 'a.b.>', true],
    ['a.>', 'a', false],
    ['*.b', '*.*', false],
    ['>', '>', true],
    ['*', '>', false],
  ])('of the rule %s and %s says %s', (rule, pattern, expected) => {
    expect(covers(rule, pattern)).toBe(expected);
  });
});

describe('the gate of permissions', () => {
  it('lets all through without rules', () => {
    const gate = gateOf({});
    expect(gate.mayPublish('a.b', 0)).toBe(true);
    expect(gate.maySubscribe('>', 'q')).toBe(true);
    expect(gate.mayHear('_INBOX.x', undefined)).toBe(true);
  });

  it('denies before it allows', () => {
    const gate = gateOf({ publish: { allow: ['a.>'], deny: ['a.secret', 'a.*.key'] } });
    expect(gate.mayPublish('a.b', 0)).toBe(true);
    expect(gate.mayPublish('a.secret', 0)).toBe(false);
    expect(gate.mayPublish('a.b.key', 0)).toBe(false);
    expect(gate.mayPublish('b', 0)).toBe(false);
  });

  it('wants a subscription to lie within what is allowed, and keeps what is denied out of a wider one', () => {
    const gate = gateOf({ subscribe: { allow: ['a.*', 'b.>'], deny: ['b.secret.>'] } });
    expect(gate.maySubscribe('a.*', undefined)).toBe(true);
    expect(gate.maySubscribe('a.>', undefined)).toBe(false);
    expect(gate.maySubscribe('b.secret.*', undefined)).toBe(false);
    expect(gate.maySubscribe('b.>', undefined)).toBe(true);
    expect(gate.mayHear('b.open', undefined)).toBe(true);
    expect(gate.mayHear('b.secret.x', undefined)).toBe(false);
  });

  it('may want a queue group', () => {
    const gate = gateOf({ subscribe: { allow: ['q.* grp', 'v.* v1.*', 'open'], deny: ['open bad'] } });
    expect(gate.maySubscribe('q.a', 'grp')).toBe(true);
    expect(gate.maySubscribe('q.a', 'other')).toBe(false);
    expect(gate.maySubscribe('q.a', undefined)).toBe(false);
    expect(gate.maySubscribe('v.a', 'v1.prod')).toBe(true);
    expect(gate.maySubscribe('v.a', 'v2.prod')).toBe(false);
    expect(gate.maySubscribe('open', 'any')).toBe(true);
    expect(gate.maySubscribe('open', 'bad')).toBe(false);
    expect(gate.maySubscribe('open', undefined)).toBe(true);
  });

  it('shows answers to nobody but the one whose inbox they are for', () => {
    const gate = gateOf({ inboxPrefix: '_INBOX_joe' });
    expect(gate.maySubscribe('_INBOX_joe.1.*', undefined)).toBe(true);
    expect(gate.maySubscribe('_INBOX.>', undefined)).toBe(false);
    expect(gate.maySubscribe('_INBOX_joey.>', undefined)).toBe(false);
    expect(gate.maySubscribe('>', undefined)).toBe(true);
    expect(gate.mayHear('_INBOX.x.1', undefined)).toBe(false);
    expect(gate.mayHear('_INBOX_joe.x', undefined)).toBe(true);
    expect(gate.mayHear('news', undefined)).toBe(true);
  });

  it('lets a message that was delivered be answered, so often and so long as is set', () => {
    const gate = gateOf({ publish: { allow: [], deny: [] }, responses: { max: 2, ttlMs: 1000 } });
    expect(gate.mayPublish('_INBOX.1', 0)).toBe(false);
    gate.delivered('_INBOX.1', 0);
    gate.delivered('_INBOX.2', 0);
    expect(gate.mayPublish('_INBOX.1', 10)).toBe(true);
    expect(gate.mayPublish('_INBOX.1', 20)).toBe(true);
    expect(gate.mayPublish('_INBOX.1', 30)).toBe(false);
    expect(gate.mayPublish('_INBOX.2', 1001)).toBe(false);
  });

  it('forgets the oldest of too many that could be answered', () => {
    const gate = gateOf({ publish: { allow: [], deny: [] }, responses: { max: 1, ttlMs: 1000 } });
    for (let index = 0; index < 5_000; index++) gate.delivered(`_INBOX.${index}`, 0);
    expect(gate.mayPublish('_INBOX.0', 1)).toBe(false);
    expect(gate.mayPublish('_INBOX.4999', 1)).toBe(true);
  });
});
