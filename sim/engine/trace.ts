/** Events in words, for `--trace`. Never called otherwise. */
import { isBundle, readBundle } from '../../src/mesh/link/bundle.ts';
import type { MeshEffect, MeshEvent } from '../../src/mesh/vocabulary.ts';
import { messageTitle } from '../../src/mesh/window/contents.ts';
import { FRAME_HEADER_BYTES, frameTypeName, parseFrameHeader } from '../../src/wire/index.ts';

/** Each frame of a channel message, whether it comes alone or in a bundle. */
export function eachFrame(message: Uint8Array, each: (frame: Uint8Array) => void): void {
  if (isBundle(message)) readBundle(message, each);
  else each(message);
}

export function describeEvent(event: MeshEvent): string {
  switch (event.type) {
    case 'channel-message': {
      const frames: string[] = [];
      eachFrame(event.bytes, (frame) => frames.push(describeFrame(frame)));
      return `message on ${event.channel}: ${frames.join('; ')}`;
    }
    case 'channel-datagram':
      return `datagram on ${event.channel}: ${event.bytes[0] === 1 ? 'syn' : 'ack'}`;
    case 'channel-opened':
      return `channel ${event.channel} opened, ${event.isInitiator ? 'to' : 'from'} ${short(event.peer)}`;
    case 'channel-closed':
      return `channel ${event.channel} ${event.reason}`;
    case 'channel-fill':
      return `channel ${event.channel} holds ${event.bufferedBytes} B`;
    case 'connect-failed':
      return `no connection to ${short(event.peer)}: ${event.reason}`;
    case 'offered':
      return `offered to ${short(event.peer)}`;
    case 'candidates':
      return `${event.ids.length} candidates`;
    case 'send':
      return `send ${messageTitle(event.message)} to ${short(event.target)} on ${event.stream}, token ${event.token}`;
    case 'request':
      return `ask ${event.name} of ${short(event.target)} on ${event.stream}, token ${event.token}`;
    case 'broadcast':
      return `broadcast to ${event.targets?.length ?? 'everyone'} on ${event.stream}, token ${event.token}`;
    case 'taken':
      return `took ${event.cost} B of ${short(event.from)} on ${event.stream}`;
    case 'answer':
      return `answer ${event.requestId} of ${short(event.to)}`;
    case 'candidate-again':
      return `candidate ${short(event.id)} again`;
    case 'candidate-gone':
      return `candidate ${short(event.id)} gone`;
    case 'path-failing':
      return `the path to ${short(event.peer)} fails`;
    case 'signal':
      return `${event.signal.kind} ${event.signal.connection} for ${short(event.to)}`;
    case 'rendezvous':
      return `rendezvous ${event.state}`;
    case 'cancel':
      return `cancel token ${event.token}`;
    case 'ask-table':
      return `ask ${short(event.target)} for its table, token ${event.token}`;
    case 'drop-link':
      return `drop the Link to ${short(event.peer)}`;
    case 'block':
      return `${event.isBlocked ? 'block' : 'unblock'} ${short(event.peer)}`;
    case 'wake':
    case 'attributes':
    case 'pause':
    case 'trace':
    case 'leave':
      return event.type;
  }
}

/** Undefined for what the events of the other end tell anyway. */
export function describeEffect(effect: MeshEffect): string | undefined {
  switch (effect.type) {
    case 'channel-send':
    case 'channel-datagram':
    case 'members-changed':
    case 'trace':
      return undefined;
    case 'connect':
      return `connect to ${short(effect.peer)} by the ${effect.way}`;
    case 'restart':
      return `look for a new path to ${short(effect.peer)} by the ${effect.way}`;
    case 'signal':
      return `${effect.signal.kind} ${effect.signal.connection} of ${short(effect.from)}`;
    case 'channel-close':
      return `close channel ${effect.channel}: ${effect.reason}`;
    case 'deliver': {
      const titles = effect.messages.slice(0, 3).map(messageTitle).join(', ');
      return `deliver ${effect.messages.length} of ${short(effect.from)} on ${effect.stream}: ${titles}`;
    }
    case 'settled':
      return `settle ${effect.tokens.join(', ')}: ${effect.failure?.reason ?? 'ok'}`;
    case 'answered':
      return `answered ${effect.token}`;
    case 'table':
      return `table for ${effect.token}: ${effect.entries.length} entries`;
    case 'joined':
      return `joined ${short(effect.member.id)}`;
    case 'left':
      return `left ${short(effect.id)}: ${effect.reason}`;
    case 'refused':
      return `refused ${short(effect.peer)}: ${effect.reason}`;
    case 'replaced':
      return `replaced: ${effect.message}`;
    case 'away':
      return `was away for ${effect.forMs} ms`;
    case 'missed':
      return `missed ${effect.frames} frames of ${short(effect.source)}`;
    case 'log':
      return `${effect.level}: ${effect.text}`;
  }
}

function describeFrame(frame: Uint8Array): string {
  const header = parseFrameHeader(frame);
  if (typeof header === 'string') return `${frame.length} B, no frame: ${header}`;
  const to = header.target === undefined ? '' : ` -> ${short(header.target)}`;
  const index = header.index === 0 ? '' : ` #${header.index}`;
  return `${frameTypeName(header.type)} ${short(header.source)}${to}${index} ${frame.length - FRAME_HEADER_BYTES} B`;
}

function short(id: string): string {
  return id.slice(0, 4);
}
