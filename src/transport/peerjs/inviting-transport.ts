/**
 * The transport of a page that people can join without a server, by two texts. Apart from the rest because the library, and a Node in
 * the terminal, have no use for it, and would carry its parsers along.
 */
import type { NodeId } from '../../wire/index.ts';
import type { TextInvites, Transport } from '../contract.ts';
import { PeerTextInvites } from './text-invites.ts';
import { PeerTransport, type PeerTransportOptions } from './transport.ts';

/** @throws LeafcutterError `bad-server-address` */
export function createInvitingTransport(options: PeerTransportOptions): Transport & TextInvites {
  return new InvitingTransport(options);
}

class InvitingTransport extends PeerTransport implements TextInvites {
  readonly #invites: PeerTextInvites;

  constructor(options: PeerTransportOptions) {
    super(options);
    const { self, timers, random } = options;
    this.#invites = new PeerTextInvites({
      self,
      peerClient: this.peerClient,
      timers,
      random,
      onChannel: (channel) => this.opened(channel),
    });
  }

  inviteOffer(): Promise<string> {
    return this.#invites.inviteOffer();
  }

  acceptOffer(text: string): Promise<{ readonly answer: string; readonly connected: Promise<NodeId> }> {
    return this.#invites.acceptOffer(text);
  }

  acceptAnswer(text: string): Promise<NodeId> {
    return this.#invites.acceptAnswer(text);
  }

  override close(): void {
    this.#invites.close();
    super.close();
  }
}
