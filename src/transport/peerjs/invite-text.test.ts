import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom, toBase64Url, toHex } from '../../runtime/index.ts';
import { MAX_CANDIDATES, reduceDescription, writeCandidates, writeDescription } from './description.ts';
import { sampleOffer } from './invite-text.testing.ts';
import { formatInviteText, type InviteText, parseInviteText } from './invite-text.ts';

const random = seededRandom(3);
const offer = sampleOffer(random);
const text = formatInviteText(offer);
const toFlip = (at: number): string =>
  text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);

/** As Chromium writes it. */
const CHROMIUM = [
  'v=0',
  'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'a=extmap-allow-mixed',
  'a=msid-semantic: WMS',
  'm=application 50123 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 192.168.1.77',
  'a=candidate:1 1 udp 2113937151 192.168.1.77 50123 typ host generation 0 network-cost 999',
  'a=candidate:2 1 tcp 1518280447 192.168.1.77 9 typ host tcptype active generation 0',
  'a=candidate:3 2 udp 2113937150 192.168.1.77 50124 typ host generation 0',
  'a=candidate:4 1 udp 1677729535 203.0.113.9 61000 typ srflx raddr 0.0.0.0 rport 0 generation 0',
  'a=ice-ufrag:Zx9+',
  'a=ice-pwd:q1w2e3r4t5y6u7i8o9p0aAsS',
  'a=ice-options:trickle',
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`,
  'a=setup:active',
  'a=mid:0',
  'a=sctp-port:5000',
  'a=max-message-size:262144',
  '',
].join('\r\n');

describe('a description', () => {
  it('is reduced to what the other end needs, and written again from that', () => {
    const reduced = reduceDescription(CHROMIUM);
    expect(reduced).toEqual({
      ufrag: 'Zx9+',
      password: 'q1w2e3r4t5y6u7i8o9p0aAsS',
      fingerprint: new Uint8Array(32).fill(0xab),
      setup: 'active',
      candidates: [
        { type: 'host', protocol: 'udp', address: '192.168.1.77', port: 50_123 },
        { type: 'srflx', protocol: 'udp', address: '203.0.113.9', port: 61_000 },
      ],
    });
    const written =
      writeDescription(reduced) +
      writeCandidates(reduced)
        .map((each) => `a=${each}\r\n`)
        .join('');
    expect(reduceDescription(written)).toEqual(reduced);
    expect(writeCandidates(reduced)[1]).toMatch(
      /^candidate:2 1 udp \d+ 203\.0\.113\.9 61000 typ srflx raddr /,
    );
  });

  it('prefers direct addresses to relays, and earlier ones to later ones', () => {
    const priorities = writeCandidates(offer.description).map((each) => Number(each.split(' ')[3]));
    expect([...priorities].sort((a, b) => b - a)).toEqual(priorities);
    expect(priorities.every((each) => each > 0 && each < 2 ** 31)).toBe(true);
  });

  it('without ICE or a certificate is refused', () => {
    expect(() => reduceDescription(CHROMIUM.replace(/a=ice-pwd.*/, ''))).toThrow(/without ICE/);
    expect(() => reduceDescription(CHROMIUM.replace(/a=fingerprint.*/, ''))).toThrow(/certificates/);
  });
});

describe('the text of an invite', () => {
  it('comes back as it was, whatever white space a person brings with it', () => {
    expect(parseInviteText(text, 'offer')).toEqual(offer);
    expect(parseInviteText(`  ${text.slice(0, 40)}\n ${text.slice(40)}\n`, 'offer')).toEqual(offer);
    const answer: InviteText = { ...offer, kind: 'answer' };
    expect(parseInviteText(formatInviteText(answer), 'answer')).toEqual(answer);
  });

  it('is short: a QR code that is read off a screen', () => {
    expect(text.length).toBeLessThan(230);
    expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  it('carries no more candidates than it may, and none that it cannot', () => {
    const { description } = offer;
    const [first] = description.candidates;
    if (!first) throw new Error('no candidate');
    const many = { ...description, candidates: Array.from({ length: 30 }, () => first) };
    const read = parseInviteText(formatInviteText({ ...offer, description: many }), 'offer');
    expect(read.description.candidates).toHaveLength(MAX_CANDIDATES);
    const odd = { ...description, candidates: [{ ...first, address: 'printer.example' }, first] };
    expect(
      parseInviteText(formatInviteText({ ...offer, description: odd }), 'offer').description.candidates,
    ).toEqual([first]);
  });

  it('that lost or changed a character says so, wherever it was', () => {
    for (let at = 0; at < text.length; at++) {
      for (const damaged of [text.slice(0, at) + text.slice(at + 1), toFlip(at)]) {
        expect(() => parseInviteText(damaged, 'offer'), `at ${at}`).toThrow(/not whole|another version/);
      }
    }
    expect(() => parseInviteText('https://example.org/#amber.key', 'offer')).toThrow(/not whole/);
    expect(() => parseInviteText('x'.repeat(5000), 'offer')).toThrow(/not whole/);
    expect(() => parseInviteText(' ', 'offer')).toThrow(/no text/);
  });

  it('in the wrong place says where it belongs', () => {
    expect(() => parseInviteText(text, 'answer')).toThrow(/for the device that wants to join/);
    const answer = formatInviteText({ ...offer, kind: 'answer' });
    expect(() => parseInviteText(answer, 'offer')).toThrow(/for the device that made the invite/);
  });

  it('writes no line of its own into a description', () => {
    const forged = formatInviteText({
      ...offer,
      description: { ...offer.description, ufrag: 'a\r\na=fingerprint:sha-256 00' },
    });
    expect(() => parseInviteText(forged, 'offer')).toThrow(/not whole/);
  });

  it('never ends in anything but an invite or a reason', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          parseInviteText(toBase64Url(bytes), 'offer');
        } catch (error) {
          expect((error as { code?: string }).code).toBe('bad-invite-text');
        }
      }),
    );
  });

  it('has the bytes that its file says', () => {
    const bytes = toHex(Uint8Array.from(Buffer.from(text, 'base64url')));
    expect(bytes.slice(0, 2)).toBe('01');
    expect(bytes.slice(2, 34)).toBe(offer.from.replaceAll('-', ''));
    expect(bytes.slice(34, 50)).toBe(toHex(offer.invite));
    expect(bytes.slice(50, 62)).toBe('00045a78392b');
  });
});
