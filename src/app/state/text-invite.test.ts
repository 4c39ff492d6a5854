import { describe, expect, it } from 'vitest';
import type { TextInvites } from '../../transport/index.ts';
import { type NodeId, parseNodeId } from '../../wire/index.ts';
import { createTextInvite } from './text-invite.ts';

const other = parseNodeId('2d95a412-6232-8261-8a2e-55a73575ab21');

function make(change: Partial<TextInvites> = {}) {
  const said: string[] = [];
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<NodeId>((yes, no) => {
    resolve = () => yes(other);
    reject = no;
  });
  let refusal: Error | undefined;
  const greeted: NodeId[] = [];
  let watching = 0;
  const watch = () => {
    watching++;
    return {
      with: async (peer: NodeId) => {
        greeted.push(peer);
        if (refusal) throw refusal;
      },
      end: () => void watching--,
    };
  };
  const channel = { promise, resolve: () => resolve(), reject: (error: Error) => reject(error) };
  const invites: TextInvites = {
    inviteOffer: async () => 'offer',
    acceptOffer: async (text) => {
      said.push(text);
      return { answer: 'answer', connected: channel.promise };
    },
    acceptAnswer: async (text) => {
      said.push(text);
      return channel.promise;
    },
    ...change,
  };
  const refuse = (why: Error): void => {
    refusal = why;
  };
  return {
    invite: createTextInvite(invites, watch),
    said,
    channel,
    greeted,
    refuse,
    watching: () => watching,
  };
}

const rejects = async (): Promise<never> => {
  throw new Error('this text is not whole');
};

describe('an invite by texts', () => {
  it('shows the first text at the one who invites, takes the answer, and ends when the two are connected', async () => {
    const { invite, said, channel } = make();
    await invite.invite();
    expect(invite.step.value).toEqual({ name: 'invite', text: 'offer' });
    const taken = invite.take('their answer');
    expect(invite.step.value).toEqual({ name: 'working' });
    channel.resolve();
    await taken;
    expect(said).toEqual(['their answer']);
    expect(invite.step.value).toEqual({ name: 'connected' });
  });

  it('takes the first text at the newcomer, shows the answer, and ends when the two are connected', async () => {
    const { invite, said, channel } = make();
    invite.join();
    const taken = invite.take('their offer');
    await Promise.resolve();
    await Promise.resolve();
    expect(invite.step.value).toEqual({ name: 'answer', text: 'answer' });
    channel.resolve();
    await taken;
    expect(said).toEqual(['their offer']);
    expect(invite.step.value).toEqual({ name: 'connected' });
  });

  it('says what is wrong with a text, and waits for another', async () => {
    const { invite } = make({ acceptOffer: rejects, acceptAnswer: rejects });
    invite.join();
    await invite.take('half');
    expect(invite.step.value).toEqual({ name: 'join' });
    expect(invite.problem.value).toBe('this text is not whole');
    await invite.invite();
    expect(invite.problem.value).toBeUndefined();
    await invite.take('half');
    expect(invite.step.value).toEqual({ name: 'invite', text: 'offer' });
    expect(invite.problem.value).toBe('this text is not whole');
  });

  it('ends with the reason, not as connected, when the two do not let each other in: the texts are used up', async () => {
    for (const begin of ['invite', 'join'] as const) {
      const { invite, channel, greeted, refuse, watching } = make();
      await invite[begin]();
      refuse(new Error('it belongs to a network of another name'));
      const taken = invite.take('their text');
      channel.resolve();
      await taken;
      expect(greeted).toEqual([other]);
      expect(invite.step.value).toEqual({ name: 'choose' });
      expect(invite.problem.value).toBe('it belongs to a network of another name');
      expect(watching()).toBe(0);
    }
  });

  it('that was given up changes nothing when it comes to an end', async () => {
    const { invite, channel } = make();
    await invite.invite();
    const taken = invite.take('their answer');
    invite.restart();
    channel.reject(new Error('no connection within 15 s'));
    await taken;
    expect(invite.step.value).toEqual({ name: 'choose' });
    expect(invite.problem.value).toBeUndefined();
  });
});
