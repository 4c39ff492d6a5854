/** The dialog of an invite by texts, step by step: what the person sees, and what went wrong. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { messageOf } from '../../runtime/index.ts';
import type { TextInvites } from '../../transport/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { Greetings } from './greeting.ts';

export type TextInviteStep =
  | { readonly name: 'choose' }
  /** The browser gathers its addresses, or looks for the other one. */
  | { readonly name: 'working' }
  /** Here is the first text; the answer is awaited. */
  | { readonly name: 'invite'; readonly text: string }
  /** The first text is awaited. */
  | { readonly name: 'join' }
  /** Here is the answer; its arrival is awaited. */
  | { readonly name: 'answer'; readonly text: string }
  | { readonly name: 'connected' };

export interface TextInvite {
  readonly step: ReadonlySignal<TextInviteStep>;
  readonly problem: ReadonlySignal<string | undefined>;
  /** This page invites. */
  invite(): Promise<void>;
  /** This page wants to join. */
  join(): void;
  /** The text of the other device, whichever is awaited. */
  take(text: string): Promise<void>;
  /** From the beginning. */
  restart(): void;
}

/** @param watch what becomes of the handshakes from then on: only a Link makes the two connected */
export function createTextInvite(invites: TextInvites, watch: () => Greetings): TextInvite {
  const step = signal<TextInviteStep>({ name: 'choose' });
  const problem = signal<string | undefined>(undefined);
  /** What was begun before the last `restart` changes nothing any more. */
  let round = 0;

  /** @param begun where to go back to when it fails; the work may change that */
  const attempt = async (
    begun: { back: TextInviteStep },
    work: (isCurrent: () => boolean) => Promise<void>,
  ) => {
    const mine = ++round;
    const isCurrent = (): boolean => mine === round;
    step.value = { name: 'working' };
    problem.value = undefined;
    try {
      await work(isCurrent);
    } catch (error) {
      if (!isCurrent()) return;
      step.value = begun.back;
      problem.value = messageOf(error);
    }
  };

  const connect = (back: TextInviteStep, channel: (isCurrent: () => boolean) => Promise<NodeId>) => {
    const begun = { back };
    return attempt(begun, async (isCurrent) => {
      const greetings = watch();
      try {
        const peer = await channel(isCurrent);
        begun.back = { name: 'choose' }; // the texts are used up, whatever becomes of it
        await greetings.with(peer);
        if (isCurrent()) step.value = { name: 'connected' };
      } finally {
        greetings.end();
      }
    });
  };

  return {
    step,
    problem,
    invite: () =>
      attempt({ back: { name: 'choose' } }, async (isCurrent) => {
        const text = await invites.inviteOffer();
        if (isCurrent()) step.value = { name: 'invite', text };
      }),
    join: () => {
      problem.value = undefined;
      step.value = { name: 'join' };
    },
    take: async (text) => {
      const before = step.value;
      if (before.name === 'invite') await connect(before, () => invites.acceptAnswer(text));
      if (before.name === 'join') {
        await connect(before, async (isCurrent) => {
          const { answer, connected } = await invites.acceptOffer(text);
          if (isCurrent()) step.value = { name: 'answer', text: answer };
          return connected;
        });
      }
    },
    restart: () => {
      round++;
      problem.value = undefined;
      step.value = { name: 'choose' };
    },
  };
}
