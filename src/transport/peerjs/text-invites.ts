/**
 * Connections by text (TextInvites of the contract). PeerJS makes them like any others; what it would signal is read from the
 * connection's own description once all addresses are in it, and what the person brings is handed to it as if a server had.
 *
 * The newcomer's browser looks for the other end as soon as it has the first text, and gives its addresses up within seconds,
 * long before a person has carried the second text. So it is given them again and again until there is a channel. The one who invites
 * begins the encryption, once it has the second text: who begins it earlier speaks to a browser that cannot answer yet, more and more
 * seldom, and gives up after some two minutes (Chromium's twelve tries of DTLS).
 */
import type { DataConnection } from 'peerjs';
import {
  equalBytes,
  LeafcutterError,
  messageOf,
  type Random,
  type Timers,
  toHex,
} from '../../runtime/index.ts';
import { type NodeId, newNodeId } from '../../wire/index.ts';
import type { TextInvites } from '../contract.ts';
import { Attempt } from './attempt.ts';
import type { PeerChannel } from './channel.ts';
import { type Description, reduceDescription, writeCandidates, writeDescription } from './description.ts';
import { formatInviteText, INVITE_ID_BYTES, type InviteText, parseInviteText } from './invite-text.ts';
import type { PeerClient } from './peer-client.ts';

/** Addresses of this machine are there at once, those that a STUN or TURN server tells in a second. What is late is left out. */
const GATHER_MS = 3_000;
/** Chromium gives an address up that does not answer after some ten seconds. */
const OFFER_ADDRESSES_EVERY_MS = 5_000;

const SUPERSEDED = 'another invite has taken its place, or it came to an end: make a new one';

export interface TextInvitesOptions {
  readonly self: NodeId;
  readonly peerClient: PeerClient;
  readonly timers: Timers;
  readonly random: Random;
  onChannel(channel: PeerChannel): void;
}

/** One side of one invite. */
interface Side {
  readonly invite: Uint8Array;
  readonly attempt: Attempt;
  readonly connection: DataConnection;
  /** Settles with the attempt: with whom there is a channel. */
  readonly connected: Promise<NodeId>;
}

export class PeerTextInvites implements TextInvites {
  readonly #options: TextInvitesOptions;
  /** Our invite, and under which id PeerJS knows the one who will answer it. */
  #offered: (Side & { readonly placeholder: NodeId }) | undefined;
  #accepted: Side | undefined;
  /** Those of our invite, of the one that we took, and of such as were answered already. */
  readonly #underWay = new Set<Attempt>();
  /** What PeerJS makes of an offer comes as an event within the call that hands it over. */
  #arrived: DataConnection | undefined;

  constructor(options: TextInvitesOptions) {
    this.#options = options;
    options.peerClient.events.on('incoming', ({ connection, way }) => {
      if (way === 'invite') this.#arrived = connection;
    });
  }

  async inviteOffer(): Promise<string> {
    const { random, peerClient } = this.#options;
    this.#offered?.attempt.fail(SUPERSEDED);
    const placeholder = newNodeId(random);
    const connection = peerClient.connect(placeholder, 'invite');
    if (!connection) throw noInvite('this browser opens no connection now');
    const invite = random.bytes(INVITE_ID_BYTES);
    const side = this.#begin(invite, placeholder, connection, true);
    this.#offered = { ...side, placeholder };
    return this.#textOf('offer', side);
  }

  async acceptOffer(
    invitation: string,
  ): Promise<{ readonly answer: string; readonly connected: Promise<NodeId> }> {
    const { self, peerClient } = this.#options;
    const { from, invite, description } = parseInviteText(invitation, 'offer');
    if (from === self)
      throw new LeafcutterError('bad-invite-text', 'this text was made here: paste it on another device');
    this.#accepted?.attempt.fail(SUPERSEDED);
    const connectionName = toHex(invite);
    this.#arrived = undefined;
    const text = writeDescription({ ...description, setup: 'active' });
    const offer = { kind: 'offer', connection: connectionName, text } as const;
    peerClient.receiveSignal(from, offer, 'invite');
    const connection = this.#arrived as DataConnection | undefined;
    if (!connection) throw noInvite('this browser takes no connection now');
    const side = this.#begin(invite, from, connection, false);
    this.#accepted = side;
    const answer = await this.#textOf('answer', side);
    this.#offerAddresses(side, description);
    return { answer, connected: side.connected };
  }

  async acceptAnswer(text: string): Promise<NodeId> {
    const { from, invite, description } = parseInviteText(text, 'answer');
    const offered = this.#offered;
    if (!offered || offered.attempt.isSettled || !equalBytes(invite, offered.invite)) {
      throw noInvite('this answer belongs to another invite, or to one that is over: make a new one');
    }
    const { attempt, connection, placeholder, connected } = offered;
    this.#offered = undefined;
    attempt.answeredBy(from);
    const { connectionId } = connection;
    const signals = [
      { kind: 'answer', connection: connectionId, text: writeDescription(description) } as const,
      ...writeCandidates(description).map(
        (line) => ({ kind: 'candidate', connection: connectionId, text: line }) as const,
      ),
    ];
    for (const signal of signals) this.#options.peerClient.receiveSignal(placeholder, signal, 'invite');
    return connected;
  }

  close(): void {
    for (const attempt of [...this.#underWay]) attempt.fail('this device leaves the mesh');
  }

  #begin(invite: Uint8Array, peer: NodeId, connection: DataConnection, isInitiator: boolean): Side {
    const { timers, onChannel } = this.#options;
    let begun: Attempt | undefined;
    const connected = new Promise<NodeId>((resolve, reject) => {
      const attempt = new Attempt({
        peer,
        isInitiator,
        connection,
        way: 'invite',
        timers,
        onOpen: (channel) => {
          this.#underWay.delete(attempt);
          onChannel(channel);
          resolve(channel.peer);
        },
        onFailed: (reason) => {
          this.#underWay.delete(attempt);
          reject(noInvite(reason));
        },
      });
      this.#underWay.add(attempt);
      begun = attempt;
    });
    connected.catch(() => undefined); // whoever waits for it hears of it
    return { invite, attempt: begun as unknown as Attempt, connection, connected };
  }

  async #textOf(kind: InviteText['kind'], { attempt, connection, invite }: Side): Promise<string> {
    const { self, timers } = this.#options;
    const { peerConnection } = connection;
    try {
      await gathered(peerConnection, timers);
      if (attempt.isSettled) throw noInvite(SUPERSEDED);
      const description = reduceDescription(peerConnection.localDescription?.sdp ?? '');
      return formatInviteText({ kind, from: self, invite, description });
    } catch (error) {
      attempt.fail(messageOf(error));
      throw noInvite(messageOf(error));
    }
  }

  #offerAddresses({ attempt, connection }: Side, description: Description): void {
    if (attempt.isSettled) return;
    for (const candidate of writeCandidates(description)) {
      // One that this machine has no use for is refused, which the others do not mind.
      connection.peerConnection.addIceCandidate({ candidate, sdpMLineIndex: 0 }).catch(() => undefined);
    }
    const again = (): void => this.#offerAddresses({ attempt, connection } as Side, description);
    this.#options.timers.after(OFFER_ADDRESSES_EVERY_MS, again);
  }
}

/** Resolves when the description is there with all addresses, or with those of GATHER_MS. */
function gathered(connection: RTCPeerConnection, timers: Timers): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (connection.iceGatheringState !== 'complete') return;
      cancel();
      resolve();
    };
    const cancel = timers.after(GATHER_MS, resolve);
    connection.addEventListener('icegatheringstatechange', look);
    look();
  });
}

function noInvite(message: string): LeafcutterError {
  return new LeafcutterError('no-invite', message);
}
