import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import { keptHeaders, MessageStream, messageJson, type StreamMessage } from './message-stream.ts';

const A = 'aaaaaaaa-0000-4000-8000-000000000000' as NodeId;

const message = (change: Partial<StreamMessage> & { text?: string } = {}): StreamMessage => ({
  ...{ atMs: 0, subject: 'jobs.new', from: A, reply: '', headers: [], moreHeaders: 0, lost: 0 },
  ...{ data: new TextEncoder().encode(change.text ?? ''), weight: 128 },
  ...change,
});
const subjects = (stream: MessageStream): readonly string[] =>
  stream.rows().map(({ entry }) => entry.subject);

describe('what is kept of a stream', () => {
  it('is the newest ten thousand messages, and no more than 16 MiB', () => {
    const stream = new MessageStream();
    for (let i = 0; i < 100; i++)
      stream.append(Array.from({ length: 500 }, (_, j) => message({ subject: `${500 * i + j}` })));
    expect(stream.rows()).toHaveLength(10_000);
    expect(subjects(stream).at(-1)).toBe('49999');
    for (let i = 0; i < 40; i++) stream.append([message({ weight: 1024 * 1024 })]);
    expect(stream.total).toBe(15);
  });

  it('holds no packet for the sake of a payload in it', () => {
    const stream = new MessageStream();
    stream.append([message({ data: new Uint8Array(60_000).subarray(7, 9) })]);
    expect(stream.rows()[0]?.entry.data.buffer.byteLength).toBe(2);
  });

  it('does not move while it is paused, and has what came meanwhile after it', () => {
    const stream = new MessageStream({ rows: 4 });
    stream.append([message({ subject: 'a' })]);
    stream.setPaused(true);
    stream.append(Array.from({ length: 6 }, (_, i) => message({ subject: `b${i}` })));
    expect(subjects(stream)).toEqual(['a']);
    expect(stream.heldCount).toBe(6);
    stream.setPaused(false);
    expect(subjects(stream)).toEqual(['b2', 'b3', 'b4', 'b5']);
    expect(stream.heldCount).toBe(0);
  });

  it('is filtered by words of subject, sender and payload', () => {
    const stream = new MessageStream();
    stream.append([message({ text: 'Hello' }), message({ subject: 'other', text: 'hello' }), message()]);
    stream.setFilter('hello JOBS');
    expect(stream.rows()).toHaveLength(1);
    stream.append([message({ text: 'hello again' })]);
    stream.setFilter('hello aaaaaaaa');
    expect(stream.rows()).toHaveLength(3);
  });

  it('counts what was lost, until it is cleared', () => {
    const stream = new MessageStream();
    stream.append([message({ lost: 3 }), message({ lost: 4 })]);
    expect(stream.lost).toBe(7);
    stream.setPaused(true);
    stream.append([message()]);
    stream.clear();
    expect([stream.lost, stream.total, stream.heldCount]).toEqual([0, 0, 0]);
  });

  it('is copied a JSON object a line, the newest thousand at most', () => {
    const stream = new MessageStream();
    stream.append(Array.from({ length: 1_500 }, () => message({ text: '{"a":1}' })));
    const lines = stream.toJsonLines().trimEnd().split('\n');
    expect(lines).toHaveLength(1_000);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      subject: 'jobs.new',
      from: A,
      json: { a: 1 },
    });
  });
});

describe('a message as JSON', () => {
  it('has its payload as what it is, and what goes with it where there is any', () => {
    const told = (change: Parameters<typeof message>[0]): unknown => JSON.parse(messageJson(message(change)));
    expect(told({ text: 'plain', reply: 'r', headers: [['k', ['1', '2']]], lost: 1 })).toMatchObject({
      ...{ text: 'plain', reply: 'r', headers: { k: ['1', '2'] }, lost: 1 },
    });
    expect(told({ data: new Uint8Array([255, 0]) })).toMatchObject({ hex: 'ff00' });
  });

  it('has JSON in its own words, on one line, however deep and whatever its numbers', () => {
    expect(messageJson(message({ text: '{\n  "n": 12345678901234567890,\r\n\t"x": "a\\nb" }\n' }))).toMatch(
      /,"json":\{ {3}"n": 12345678901234567890, "x": "a\\nb" \}\}$/,
    );
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(messageJson(message({ text: deep }))).toContain(`,"json":${deep}}`);
  });
});

describe('the headers of a message', () => {
  it('are kept up to 64 values, of one name or of many, and the others counted', () => {
    const many = Array.from({ length: 100 }, (_, i): [string, string[]] => [`h${i}`, ['v']]);
    expect(keptHeaders(many)).toEqual({ headers: many.slice(0, 64), moreHeaders: 36 });
    const one = Array.from({ length: 70 }, (_, i) => `${i}`);
    const kept = keptHeaders([
      ['one', one],
      ['two', ['x']],
    ]);
    expect(kept).toEqual({ headers: [['one', one.slice(0, 64)]], moreHeaders: 7 });
    expect(JSON.parse(messageJson(message(kept)))).toMatchObject({ moreHeaders: 7 });
    expect(keptHeaders([])).toEqual({ headers: [], moreHeaders: 0 });
  });
});
