import { describe, expect, it } from 'vitest';
import { isFrameType } from './frame-type.ts';
import {
  BULK_STREAM_BIT,
  FRAME_HEADER_BYTES,
  FRAME_RULES,
  FrameType,
  frameRule,
  frameTypeName,
  laneOf,
  laneOfStream,
  MAX_BODY_BYTES,
  MAX_FRAME_LENGTH,
} from './index.ts';

const rules = Object.entries(FRAME_RULES);

describe('the table of frame types', () => {
  it('has numbers from 1 on without gaps, each once, and never those of distrirender for something else', () => {
    const codes = rules.map(([, { code }]) => code);
    expect(codes).toEqual(codes.map((_, i) => i + 1));
    expect(rules.slice(0, 6).map(([name]) => name)).toEqual([
      'network_state_request',
      'network_state',
      'new_edge',
      'destroy_edge',
      'msg',
      'msg_broadcast',
    ]);
  });

  it('is found by name and by number, and knows no other number', () => {
    for (const [name, rule] of rules) {
      expect(FrameType[name as keyof typeof FrameType]).toBe(rule.code);
      expect(frameTypeName(rule.code)).toBe(name);
      expect(frameRule(rule.code)).toBe(rule);
      expect(isFrameType(rule.code)).toBe(true);
    }
    for (const other of [0, -1, rules.length + 1, 255, 1.5]) {
      expect(isFrameType(other)).toBe(false);
      expect(frameTypeName(other)).toBeUndefined();
    }
  });

  it('lets no body be larger than 68 KiB with its header, but for the packets of windows', () => {
    expect(MAX_BODY_BYTES).toBe(68 * 1024 - FRAME_HEADER_BYTES);
    for (const [name, { maxBodyBytes }] of rules) {
      const most = name === 'msg' ? MAX_FRAME_LENGTH - FRAME_HEADER_BYTES : MAX_BODY_BYTES;
      expect(maxBodyBytes).toBeLessThanOrEqual(most);
    }
  });

  it('gives strangers little: a handshake’s words are short and control', () => {
    for (const [, { scope, maxBodyBytes, lane }] of rules) {
      if (scope !== 'handshake') continue;
      expect(maxBodyBytes).toBeLessThanOrEqual(1024);
      expect(lane).toBe('control');
    }
  });
});

describe('the lane of a frame', () => {
  it('is control for what keeps the mesh together, and for acknowledgements of any stream', () => {
    expect(laneOf(FrameType.network_state, 0, 0)).toBe('control');
    expect(laneOf(FrameType.ping, 0, BULK_STREAM_BIT)).toBe('control');
    expect(laneOf(FrameType.msg, -1, BULK_STREAM_BIT | 5)).toBe('control');
  });

  it('is the stream’s for messages, and its own for broadcasts', () => {
    expect(laneOf(FrameType.msg, 0, 5)).toBe('messages');
    expect(laneOf(FrameType.msg, 0, BULK_STREAM_BIT | 5)).toBe('bulk');
    expect(laneOf(FrameType.msg_broadcast, 0, 0)).toBe('broadcast');
    expect([laneOfStream(0x7fff), laneOfStream(0x8000)]).toEqual(['messages', 'bulk']);
  });
});
