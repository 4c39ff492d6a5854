import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { Msg, type Subject } from '../services/pubsub/index.ts';
import { parseNodeId } from '../wire/index.ts';
import { addHeaders, addPattern, addSubject, answerLineOf, lineOf, recordOf } from './message-options.ts';
import { pubCommand } from './pub.ts';

const from = parseNodeId('12345678-0000-8000-8000-000000000000');
const utf8 = new TextEncoder();

function msg(payload: Uint8Array, more: { reply?: string; headers?: string; lost?: number } = {}): Msg {
  const { reply, headers, lost = 0 } = more;
  return new Msg(
    {
      ...{ type: 'msg', sid: '1' as never, subject: 'a.b' as Subject, payload, from, lost },
      reply: reply as Subject | undefined,
      headers: headers === undefined ? undefined : utf8.encode(headers),
    },
    () => undefined,
  );
}

describe('a message in a terminal', () => {
  it('is one record for programs, with what it has and nothing else', () => {
    expect(recordOf(msg(utf8.encode('x\u001b')))).toEqual({ subject: 'a.b', from, text: 'x\u001b' });
    const all = msg(Uint8Array.of(0xff), {
      reply: 'r',
      headers: 'NATS/1.0\r\nk: v\r\nk: w\r\n\r\n',
      lost: 3,
    });
    expect(recordOf(all)).toEqual({
      ...{ subject: 'a.b', from, reply: 'r', lost: 3, base64: '/w==' },
      headers: { k: ['v', 'w'] },
    });
  });

  it('is harmless for people, and says what is missing before it', () => {
    expect(lineOf(msg(utf8.encode('x\u001b[31m')))).toBe('12345678 a.b: x\ufffd[31m');
    expect(lineOf(msg(Uint8Array.of(0xff), { lost: 2 }))).toBe('(2 lost)\n12345678 a.b: (1 bytes)');
  });

  it('that answers a question does not show people the subject made for it', () => {
    expect(answerLineOf(msg(utf8.encode('late\u001b'), { lost: 1 }))).toBe('12345678: late\ufffd');
  });
});

describe('the arguments of a message', () => {
  const parse = (command: Command, ...args: string[]): Command =>
    command
      .exitOverride()
      .configureOutput({ writeErr: () => undefined })
      .action(() => undefined)
      .parse(args, { from: 'user' });

  it('are headers, several of one name too', () => {
    const command = parse(
      addHeaders(addSubject(new Command('pub'))),
      'invite',
      'a',
      '-H',
      'x: 1',
      '-H',
      'x:2',
      '-H',
      'y:a:b',
    );
    expect(command.opts()['header']).toEqual({ x: ['1', '2'], y: ['a:b'] });
    expect(() => parse(addHeaders(addSubject(new Command('pub'))), 'invite', 'a', '-H', 'x')).toThrow(
      /a colon/,
    );
  });

  it('are a subject, which a pattern is not', () => {
    expect(() => parse(addSubject(new Command('pub')), 'invite', 'a.*')).toThrow(/stands for other tokens/);
    expect(parse(addPattern(new Command('sub')), 'invite', 'a.*').processedArgs[1]).toBe('a.*');
    expect(() => parse(addPattern(new Command('sub')), 'invite', 'a.>.b')).toThrow(/no subject/);
  });

  it('are no subject that the system keeps for itself, before anything is joined; who listens may name it', () => {
    const kept = 'leafcutter.job.1.done';
    expect(() => parse(addSubject(new Command('pub')), 'invite', kept)).toThrow(/cannot be published to/);
    expect(() => parse(addSubject(new Command('pub')), 'invite', 'leafcutter.job.submit')).not.toThrow();
    expect(parse(addPattern(new Command('sub')), 'invite', kept).processedArgs[1]).toBe(kept);
  });

  it('are a reply that is a subject, too', () => {
    expect(() => parse(pubCommand(), 'invite', 'a', 'text', '--reply', 'b..c')).toThrow(/no subject/);
  });
});
