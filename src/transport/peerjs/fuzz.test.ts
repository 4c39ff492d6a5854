/** Whatever a server says, and whatever a person pastes: read, or refused with an error of ours. */
import { expect, it } from 'vitest';
import { LeafcutterError, seededRandom, sha256Sync, toBase64Url } from '../../runtime/index.ts';
import { bentBytes, bentTexts, bentValues } from '../../wire/fuzz.testing.ts';
import { newNodeId } from '../../wire/index.ts';
import { reduceDescription, writeCandidates, writeDescription } from './description.ts';
import { onlyFingerprint } from './fingerprints.ts';
import { candidateKinds } from './ice-diary.ts';
import { sampleOffer } from './invite-text.testing.ts';
import { formatInviteText, parseInviteText } from './invite-text.ts';
import { messageForPeerJs, signalFromPeerJs } from './peer-signals.ts';
import { readIceAnswer } from './served-ice.ts';
import { readServerMessage } from './server-messages.ts';

const random = seededRandom(9);
const ID = newNodeId(random);
const invite = sampleOffer(random, ID);
const sdp = `${writeDescription(invite.description)}${writeCandidates(invite.description)
  .map((line) => `a=${line}\r\n`)
  .join('')}`;

/** Of a description without its candidates. */
const lines = writeDescription(invite.description).split('\r\n').length;

function expectOurError(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(LeafcutterError);
  }
}

it('texts of an invite', () => {
  for (const text of bentTexts([formatInviteText(invite)], random))
    expectOurError(() => parseInviteText(text, 'offer'));
});

it('texts of an invite whose check was made to fit', () => {
  const whole = Uint8Array.from(
    atob(formatInviteText(invite).replaceAll('-', '+').replaceAll('_', '/')),
    (c) => c.charCodeAt(0),
  );
  for (const body of bentBytes([whole.subarray(0, -4)], random)) {
    const text = toBase64Url(Uint8Array.from([...body, ...sha256Sync(body).subarray(0, 4)]));
    expectOurError(() => {
      const { description } = parseInviteText(text, 'offer');
      // No line of it is another's.
      expect(writeDescription(description).split('\r\n')).toHaveLength(lines);
      expect(writeCandidates(description).every((line) => /^candidate:[^\r\n]+$/.test(line))).toBe(true);
    });
  }
});

it('session descriptions', () => {
  for (const text of bentTexts([sdp], random)) {
    expectOurError(() => reduceDescription(text));
    expectOurError(() => onlyFingerprint(text, 'the other end'));
    candidateKinds(text);
  }
});

it('messages of a server', () => {
  const good = (['offer', 'restart', 'answer', 'candidate'] as const).map((kind) => ({
    ...messageForPeerJs({ kind, connection: 'dc_1', text: sdp }),
    src: ID,
    dst: ID,
  }));
  for (const value of bentValues(
    [...good, { type: 'ERROR', payload: { msg: 'no' } }, { type: 'EXPIRE', src: ID }],
    random,
  )) {
    readServerMessage(value);
    signalFromPeerJs(value);
  }
});

it('lists of STUN and TURN servers', () => {
  const good = {
    iceServers: [{ urls: ['turn:a:1'], username: 'a', credential: 'b' }, { urls: 'stun:a' }],
    validForSeconds: 60,
  };
  for (const value of bentValues([good], random)) {
    try {
      readIceAnswer(value);
    } catch (error) {
      expect(String(error)).toMatch(/no answer of a signaling server|the list of servers is missing/);
    }
  }
});
