import { describe, expect, it } from 'vitest';
import type { TextInvites } from '../../transport/index.ts';
import { createTextInvite } from './text-invite.ts';

function make(change: Partial<TextInvites> = {}) {
  const said: string[] = [];
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((...settle) => {
    [resolve, reject] = settle;
  });
  const channel = { promise, resolve: () => resolve(), reject: (error: Error) => reject(error) };
  const invites: TextInvites = {
    inviteOffer: async () => 'offer',
    acceptOffer: async (text) => {
      said.push(text);
      return { answer: 'answer', connected: channel.promise };
    },
    acceptAnswer: async (text) => {
      said.push(text);
      await channel.promise;
    },
    ...change,
  };
  return { invite: createTextInvite(invites), said, channel };
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
