import { describe, expect, it, vi } from 'vitest';
import { Authors } from './authors.ts';
import { CheckpointCodec } from './checkpoint-codec.ts';
import { type Introduction, Introductions } from './introductions.ts';
import { TestRoom } from './room.testing.ts';
import { UpdateCodec } from './update.ts';

const room = new TestRoom();
const { cryptography } = room;

function member() {
  const [identity, deviceSecret, keyring] = [room.author(), room.random.bytes(32), room.newKeyring()];
  const authors = new Authors(cryptography);
  const codec = new UpdateCodec(keyring, cryptography);
  const checkpoints = new CheckpointCodec(keyring, deviceSecret, cryptography);
  const introductions = new Introductions({
    ...{ identity, deviceSecret, keyring, codec, checkpoints, authors, cryptography },
  });
  return { identity, introductions };
}

describe('what members say of who they are', () => {
  const [own, bob] = [member(), member()];
  const others = Array.from({ length: 40 }, () => member().introductions.say()[0] as Introduction);

  it('is passed on, and counts once', () => {
    expect(own.introductions.heard(bob.identity.id, others.slice(0, 3))).toBe(true);
    expect(own.introductions.heard(bob.identity.id, others.slice(0, 3))).toBe(false);
    expect(own.introductions.say()).toHaveLength(4);
  });

  it('is not looked at any more when much of it is false: that would cost more than to say it', () => {
    const verify = vi.spyOn(cryptography, 'verify');
    const lies = others.slice(3).map((one) => ({ ...one, signature: new Uint8Array(64) }));
    const [, , , true3] = others;
    expect(own.introductions.heard(bob.identity.id, [...lies, true3 as Introduction])).toBe(false);
    expect(verify).toHaveBeenCalledTimes(4);
    expect(own.introductions.heard(bob.identity.id, [...lies.slice(0, 3), true3 as Introduction])).toBe(true);
    verify.mockRestore();
  });
});
