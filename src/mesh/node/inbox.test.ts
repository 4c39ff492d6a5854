import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import type { Deliver, StreamId } from '../vocabulary.ts';
import { Inbox } from './inbox.ts';

const random = seededRandom(1);
const ADA = newNodeId(random);
const BOB = newNodeId(random);
const STREAM = 5 as StreamId;

function delivery(names: readonly string[], from = ADA, stream = STREAM, isBroadcast = false): Deliver {
  return {
    type: 'deliver',
    from,
    stream,
    isBroadcast,
    messages: names.map((name) => ({ kind: 'message', name, body: new Uint8Array() })),
    costs: names.map((_, i) => 10 + i),
  };
}

/** An inbox whose handler is slow for names that begin with "slow"; `release` lets the oldest of those go on. */
function slowInbox() {
  const handled: string[] = [];
  const paid: string[] = [];
  const held: (() => void)[] = [];
  const inbox = new Inbox(
    (from, _stream, _isBroadcast, message) => {
      const name = 'name' in message ? message.name : '';
      handled.push(`${from === ADA ? 'ada' : 'bob'} ${name}`);
      if (!name.startsWith('slow')) return undefined;
      return new Promise((resolve) => held.push(resolve));
    },
    ({ from }, count, cost) => paid.push(`${from === ADA ? 'ada' : 'bob'} ${count}: ${cost}`),
  );
  const release = async (): Promise<void> => {
    held.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { inbox, handled, paid, release };
}

describe('the receive queue', () => {
  it('hands messages over in order and pays for what was handled at once in one sum', () => {
    const { inbox, handled, paid } = slowInbox();
    inbox.deliver(delivery(['a', 'b', 'c']));
    expect(handled).toEqual(['ada a', 'ada b', 'ada c']);
    expect(paid).toEqual(['ada 3: 33']);
  });

  it('keeps the order of a line though a handler’s call brings more of it, and is idle only after those', async () => {
    const handled: string[] = [];
    let release = (): void => undefined;
    const inbox = new Inbox(
      (_from, _stream, _isBroadcast, message) => {
        const name = 'name' in message ? message.name : '';
        handled.push(name);
        if (name === 'b') inbox.deliver(delivery(['d', 'e']));
        if (name !== 'slow') return undefined;
        return new Promise((resolve) => {
          release = resolve;
        });
      },
      () => undefined,
    );
    inbox.deliver(delivery(['slow', 'b', 'c']));
    inbox.whenIdle(STREAM, () => handled.push('idle'));
    release();
    await Promise.resolve();
    await Promise.resolve();
    expect(handled).toEqual(['slow', 'b', 'c', 'd', 'e', 'idle']);
  });

  it('holds a line back while its handler is at work, pays when it is done, and goes on in order', async () => {
    const { inbox, handled, paid, release } = slowInbox();
    inbox.deliver(delivery(['a', 'slow 1', 'b']));
    inbox.deliver(delivery(['slow 2', 'c']));
    expect(handled).toEqual(['ada a', 'ada slow 1']);
    expect(paid).toEqual(['ada 1: 10']);
    expect(inbox.waiting).toBe(3);
    await release();
    expect(handled).toEqual(['ada a', 'ada slow 1', 'ada b', 'ada slow 2']);
    expect(paid).toEqual(['ada 1: 10', 'ada 1: 11', 'ada 1: 12']);
    await release();
    expect(handled.at(-1)).toBe('ada c');
    expect(inbox.waiting).toBe(0);
    expect(paid).toEqual(['ada 1: 10', 'ada 1: 11', 'ada 1: 12', 'ada 1: 10', 'ada 1: 11']);
  });

  it('does not let one sender, stream or broadcast wait for another', () => {
    const { inbox, handled } = slowInbox();
    inbox.deliver(delivery(['slow']));
    inbox.deliver(delivery(['x'], BOB));
    inbox.deliver(delivery(['y'], ADA, 6 as StreamId));
    inbox.deliver(delivery(['z'], ADA, STREAM, true));
    expect(handled).toEqual(['ada slow', 'bob x', 'ada y', 'ada z']);
  });

  it('says when nothing of a stream is at work any more', async () => {
    const { inbox, release } = slowInbox();
    const log: string[] = [];
    inbox.whenIdle(STREAM, () => log.push('idle at once'));
    inbox.deliver(delivery(['slow 1', 'slow 2']));
    inbox.whenIdle(STREAM, () => log.push('idle'));
    inbox.whenIdle(6 as StreamId, () => log.push('another'));
    await release();
    expect(log).toEqual(['idle at once', 'another']);
    await release();
    expect(log).toEqual(['idle at once', 'another', 'idle']);
  });
});
