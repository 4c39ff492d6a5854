import { describe, expect, it } from 'vitest';
import { concatBytes } from '../runtime/index.ts';
import { NatsWriter } from './nats-writer.ts';

const utf8 = new TextEncoder();
const textOf = (pieces: readonly Uint8Array[]): string => new TextDecoder().decode(concatBytes(...pieces));

describe('the writer of what a door says', () => {
  it('says messages with and without headers and reply, and lines, in order', () => {
    const writer = new NatsWriter();
    writer.line('INFO {}');
    writer.message('7', 'a.b', undefined, undefined, utf8.encode('hello'));
    writer.message('8', 'größe', 're.ply', undefined, utf8.encode(''));
    writer.message('9', 'a', 'r', utf8.encode('NATS/1.0\r\n\r\n'), utf8.encode('hi'));
    expect(textOf(writer.take())).toBe(
      'INFO {}\r\nMSG a.b 7 5\r\nhello\r\nMSG größe 8 re.ply 0\r\n\r\nHMSG a 9 r 12 14\r\nNATS/1.0\r\n\r\nhi\r\n',
    );
    expect(writer.take()).toEqual([]);
  });

  it('puts a burst of small messages into few pieces, and says every one', () => {
    const writer = new NatsWriter();
    let expected = '';
    for (let index = 0; index < 5_000; index++) {
      writer.message('1', `a.${index}`, undefined, undefined, utf8.encode(`payload ${index}`));
      expected += `MSG a.${index} 1 ${`payload ${index}`.length}\r\npayload ${index}\r\n`;
    }
    const pieces = writer.take();
    expect(textOf(pieces)).toBe(expected);
    expect(pieces.length).toBeLessThan(12);
  });

  it('says of each message its own subject, subscription and size, however like the one before', () => {
    const writer = new NatsWriter();
    const said: [string, string, string][] = [];
    for (const subject of ['a', 'ä', 'a', 'b']) {
      for (const payload of ['x', 'xy', 'y'])
        for (const sid of ['1', '1', '1', '2', '2', '1']) said.push([sid, subject, payload]);
    }
    for (const subject of ['a', 'a', 'b', 'b', 'a']) said.push(['1', subject, 'x']);
    for (const payload of ['x', 'x', 'xy', 'xy', 'x']) said.push(['1', 'a', payload]);
    for (const [sid, subject, payload] of said)
      writer.message(sid, subject, undefined, undefined, utf8.encode(payload));
    const expected = said.map(
      ([sid, subject, payload]) => `MSG ${subject} ${sid} ${payload.length}\r\n${payload}\r\n`,
    );
    expect(textOf(writer.take())).toBe(expected.join(''));
  });

  it('copies no large payload, and never writes again into what was taken', () => {
    const writer = new NatsWriter();
    const large = new Uint8Array(100_000).fill(0x61);
    writer.message('1', 'a', undefined, undefined, large);
    const pieces = writer.take();
    expect(pieces[1]).toBe(large);
    const before = textOf(pieces);
    expect(before).toBe(`MSG a 1 100000\r\n${'a'.repeat(100_000)}\r\n`);
    writer.line('PONG');
    expect(textOf(writer.take())).toBe('PONG\r\n');
    expect(textOf(pieces)).toBe(before);
  });
});
