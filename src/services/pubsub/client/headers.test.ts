import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MsgHeaders } from './headers.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('headers', () => {
  it('travel as NATS has them', () => {
    const headers = new MsgHeaders({ a: ' 1 ', B: ['x', 'y'] });
    expect(text(headers.encode())).toBe('NATS/1.0\r\na: 1\r\nB: x\r\nB: y\r\n\r\n');
    expect(text(new MsgHeaders({}, 503).encode())).toBe('NATS/1.0 503\r\n\r\n');
    const read = MsgHeaders.decode(bytes('NATS/1.0 408 Request Timeout\r\nx:1\r\nno line\r\nx: 2\r\n\r\n'));
    expect([read?.code, read?.description, read?.values('x'), read?.size]).toEqual([
      408,
      'Request Timeout',
      ['1', '2'],
      1,
    ]);
    expect(MsgHeaders.decode(bytes('HTTP/1.1 200\r\n\r\n'))).toBeUndefined();
  });

  it('are case-sensitive, and can be changed', () => {
    const headers = new MsgHeaders({ a: '1' });
    headers.set('a', '2');
    headers.append('A', '3');
    headers.append('A', '4');
    expect([headers.get('a'), headers.get('A'), headers.get('b'), headers.has('b')]).toEqual([
      '2',
      '3',
      '',
      false,
    ]);
    headers.delete('a');
    expect([headers.keys(), new MsgHeaders(headers).values('A')]).toEqual([['A'], ['3', '4']]);
  });

  it('come out as they went in, and of anything else something or nothing', () => {
    const name = fc.stringMatching(/^[!-9;-~]{1,8}$/);
    const value = fc.string({ maxLength: 8 }).map((one) => one.replace(/[\r\n]/g, '').trim());
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.array(value, { minLength: 1, maxLength: 3 }), { maxKeys: 4 }),
        (init) => {
          const headers = new MsgHeaders(init);
          expect([...(MsgHeaders.decode(headers.encode()) ?? [])]).toEqual([...headers]);
        },
      ),
    );
    fc.assert(fc.property(fc.uint8Array(), (any) => void MsgHeaders.decode(any)));
    const crumb = fc.constantFrom('a', ':', ' ', '\r', '\n', '\r\n', 'NATS/1.0', '503', '\0', '\u4e16');
    fc.assert(
      fc.property(fc.array(crumb), (crumbs) => {
        MsgHeaders.decode(new TextEncoder().encode(`NATS/1.0\r\n${crumbs.join('')}`));
      }),
    );
  });

  it('are read without the lines that have half a line end in them', () => {
    const bytes = new TextEncoder().encode('NATS/1.0\r\nA: b\nc\r\nD: e\r\nF: g\rh\r\n\r\n');
    expect([...(MsgHeaders.decode(bytes) ?? [])]).toEqual([['D', ['e']]]);
  });
});
