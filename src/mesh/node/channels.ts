/** The transport's channels as a MeshState knows them: by number. Carries what they bring in, and what is to leave out. */
import type { Channel } from '../../transport/index.ts';
import type { ChannelId, MeshEvent } from '../vocabulary.ts';

export class Channels {
  readonly #emit: (event: MeshEvent) => void;
  readonly #channels = new Map<ChannelId, Channel>();
  /** Sent on since their fill was last told, or not empty then. */
  readonly #filled = new Set<ChannelId>();
  #isAnswering = true;
  #next = 1;

  constructor(emit: (event: MeshEvent) => void) {
    this.#emit = emit;
  }

  adopt(channel: Channel): void {
    const id = this.#next++ as ChannelId;
    this.#channels.set(id, channel);
    channel.setAnswering(this.#isAnswering);
    const { events, peer, isInitiator, fingerprints, answersProbes } = channel;
    events.on('frame', (bytes) => this.#emit({ type: 'channel-message', channel: id, bytes }));
    events.on('datagram', (bytes) => this.#emit({ type: 'channel-datagram', channel: id, bytes }));
    events.on('drained', () => this.#tellFill(id, channel));
    events.on('closed', ({ reason }) => {
      this.#channels.delete(id);
      this.#filled.delete(id);
      this.#emit({ type: 'channel-closed', channel: id, reason });
    });
    this.#emit({ type: 'channel-opened', channel: id, peer, isInitiator, fingerprints, answersProbes });
  }

  send(id: ChannelId, bytes: Uint8Array): void {
    this.#channels.get(id)?.send(bytes);
    this.#filled.add(id);
  }

  sendDatagram(id: ChannelId, bytes: Uint8Array): void {
    this.#channels.get(id)?.sendDatagram(bytes);
  }

  /** Whether channels that answer probes by themselves do so. */
  setAnswering(isAnswering: boolean): void {
    this.#isAnswering = isAnswering;
    for (const channel of this.#channels.values()) channel.setAnswering(isAnswering);
  }

  close(id: ChannelId): void {
    this.#channels.get(id)?.close();
  }

  /**
   * Tells how much of what was sent has not left yet: once a turn for each channel that was used in it or held something.
   * A turn that something else has brought on (an acknowledgement, a frame to pass on) fills the channel up again, and need
   * not wait for `drained`, which comes late to a busy page.
   */
  tellFills(): void {
    const filled = [...this.#filled];
    this.#filled.clear(); // telling may make room, and what then leaves is for the next turn
    for (const id of filled) {
      const channel = this.#channels.get(id);
      if (channel) this.#tellFill(id, channel);
    }
  }

  #tellFill(id: ChannelId, channel: Channel): void {
    const { bufferedBytes } = channel;
    if (bufferedBytes > 0) this.#filled.add(id);
    this.#emit({ type: 'channel-fill', channel: id, bufferedBytes });
  }
}
