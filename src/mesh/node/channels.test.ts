import { describe, expect, it } from 'vitest';
import { Emitter, seededRandom } from '../../runtime/index.ts';
import type { Channel } from '../../transport/index.ts';
import { newNodeId } from '../../wire/index.ts';
import type { ChannelId, MeshEvent } from '../vocabulary.ts';
import { Channels } from './channels.ts';

class FakeChannel {
  readonly peer = newNodeId(seededRandom(1));
  readonly isInitiator = true;
  readonly fingerprints = { local: new Uint8Array(), remote: new Uint8Array() };
  readonly answersProbes = true;
  readonly events: Channel['events'] = new Emitter();
  readonly log: string[] = [];
  bufferedBytes = 0;
  send = (bytes: Uint8Array): void => {
    this.log.push(`frame ${bytes.length}`);
  };
  sendDatagram = (bytes: Uint8Array): void => {
    this.log.push(`datagram ${bytes.length}`);
  };
  setAnswering = (isAnswering: boolean): void => {
    this.log.push(isAnswering ? 'answers' : 'is silent');
  };
  close = (): void => {
    this.log.push('closed');
  };
}

function adopted() {
  const events: MeshEvent[] = [];
  const channels = new Channels((event) => events.push(event));
  const channel = new FakeChannel();
  channels.adopt(channel);
  return { channels, channel, events, id: 1 as ChannelId };
}

describe('the channels of a Node', () => {
  it('are numbered, announced, and tell what they bring', () => {
    const { channel, events } = adopted();
    channel.events.emit('frame', Uint8Array.of(1));
    channel.events.emit('datagram', Uint8Array.of(2));
    channel.events.emit('closed', { reason: 'gone' });
    expect(events.map(({ type }) => type)).toEqual([
      'channel-opened',
      'channel-message',
      'channel-datagram',
      'channel-closed',
    ]);
    expect(events[0]).toMatchObject({ channel: 1, peer: channel.peer, answersProbes: true });
  });

  it('carry what leaves, and nothing for one that is gone', () => {
    const { channels, channel, id } = adopted();
    channels.send(id, new Uint8Array(3));
    channels.sendDatagram(id, new Uint8Array(17));
    channels.close(id);
    channel.events.emit('closed', { reason: 'gone' });
    channels.send(id, new Uint8Array(4));
    channels.send(99 as ChannelId, new Uint8Array(5));
    expect(channel.log).toEqual(['answers', 'frame 3', 'datagram 17', 'closed']);
  });

  it('tell their fill once a turn after they were used, then each turn until they are empty', () => {
    const { channels, channel, events, id } = adopted();
    const fills = () => events.flatMap((event) => (event.type === 'channel-fill' ? event.bufferedBytes : []));
    channels.tellFills();
    expect(fills()).toEqual([]);
    channels.send(id, new Uint8Array(3));
    channels.send(id, new Uint8Array(3));
    for (const bufferedBytes of [6, 3, 0, 0]) {
      channel.bufferedBytes = bufferedBytes;
      channels.tellFills();
    }
    expect(fills()).toEqual([6, 3, 0]);
  });

  it('tell their fill when they have drained', () => {
    const { channel, events } = adopted();
    channel.bufferedBytes = 2;
    channel.events.emit('drained', undefined);
    expect(events.at(-1)).toEqual({ type: 'channel-fill', channel: 1, bufferedBytes: 2 });
  });

  it('leave probes unanswered while the Node is paused, new ones too', () => {
    const { channels, channel } = adopted();
    channels.setAnswering(false);
    const later = new FakeChannel();
    channels.adopt(later);
    channels.setAnswering(true);
    expect(channel.log).toEqual(['answers', 'is silent', 'answers']);
    expect(later.log).toEqual(['is silent', 'answers']);
  });
});
