import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeControl } from './control.ts';
import { encodeFrame, SEAL_BYTES } from './frame.ts';
import { FRAME_HEADER_BYTES, FrameType, frameRule } from './frame-type.ts';
import { newNodeId } from './node-id.ts';
import { encodeSignal, MAX_CONNECTION_NAME, MAX_SIGNAL_TEXT, parseSignal, type Signal } from './signal.ts';

const offer: Signal = { kind: 'offer', connection: 'dc_1', text: 'v=0' };

describe('a signal', () => {
  it('comes back as it was said, of every kind', () => {
    const hangUp: Signal = { kind: 'hang-up', connection: 'dc_1', text: '' };
    for (const signal of [
      offer,
      { ...offer, kind: 'restart' },
      { ...offer, kind: 'answer' },
      { ...offer, kind: 'candidate' },
      hangUp,
    ]) {
      expect(parseSignal(encodeSignal(signal as Signal))).toEqual(signal);
    }
  });

  it('fits into its frame with a seal, however large it may be', () => {
    const largest: Signal = {
      kind: 'candidate',
      connection: 'x'.repeat(MAX_CONNECTION_NAME),
      text: 'x'.repeat(MAX_SIGNAL_TEXT),
    };
    const body = encodeSignal(largest);
    expect(body.length + SEAL_BYTES).toBeLessThanOrEqual(frameRule(FrameType.signal).maxBodyBytes);
    const random = { bytes: (n: number) => new Uint8Array(n).fill(1), uint32: () => 1 };
    const id = newNodeId(random);
    const frame = encodeFrame({ type: FrameType.signal, source: id, target: id }, body);
    expect(frame.length).toBe(FRAME_HEADER_BYTES + body.length);
    expect(parseSignal(body)).toEqual(largest);
  });

  it('that no honest transport sends is none', () => {
    const changes: readonly object[] = [
      { kind: 'rollback' },
      { kind: 0 },
      { kind: 'hang-up' },
      { connection: '' },
      { connection: 'x'.repeat(MAX_CONNECTION_NAME + 1) },
      { text: '' },
      { text: 7 },
      { text: 'x'.repeat(MAX_SIGNAL_TEXT + 1) },
    ];
    for (const change of changes) expect(parseSignal(encodeControl({ ...offer, ...change }))).toBeUndefined();
    expect(parseSignal(encodeControl('offer'))).toBeUndefined();
    expect(parseSignal(encodeControl({ kind: 'offer', text: 'v=0' }))).toBeUndefined();
  });

  it('never throws on what the network sends', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseSignal(bytes)));
  });
});
