import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { usedParts } from './peerjs-parts.ts';

const PEERJS = fileURLToPath(new URL('../node_modules/peerjs/dist/bundler.mjs', import.meta.url));
const whole = readFileSync(PEERJS, 'utf8');

describe('the parts of PeerJS that are used', () => {
  it('stand where they stood, so that the source map of PeerJS stays true', () => {
    const lines = usedParts(whole).split('\n');
    expect(lines).toHaveLength(whole.split('\n').length);
    for (const [i, line] of whole.split('\n').entries()) {
      expect(lines[i]).toHaveLength(line.length);
      const names = [...line.matchAll(/\(0, [$\w]+\)\.\w+/g)].map(({ index, 0: name }) => [
        index,
        index + name.length,
      ]);
      for (const [column, character] of [...(lines[i] ?? '')].entries()) {
        if (' ;{'.includes(character) || names.some(([from, to]) => column >= from && column < to)) continue;
        expect(character).toBe(line[column]);
      }
    }
  });

  it('say their texts as texts, where PeerJS has names for them', () => {
    const used = usedParts(whole);
    expect(whole).toMatch(/emit\(\(0, [$\w]+\)\.Message, data\)/);
    expect(used).toMatch(/emit\("message" +, data\)/);
    expect(used).toMatch(/case "ANSWER" +:/);
    expect(used).not.toMatch(/\(0, \$78455e22dea96b8c/);
  });

  it('are neither calls, nor serializations but `raw`, nor a log', () => {
    const used = usedParts(whole);
    for (const gone of [
      'addStream(remoteStream)',
      '_buildRequest',
      '_sendChunks',
      'this.stringify = JSON.stringify',
      ').log(',
      'new RTCPeerConnection($',
      'addTrack(',
      'CLOUD_HOST,',
      'UnavailableID, `',
      '_bufferedSend(msg) {',
      'prototype.removeListener = function',
      '_sendHeartbeat() {',
      '_lostMessages',
      '_messagesQueue',
    ])
      expect([gone, whole.includes(gone), used.includes(gone)]).toEqual([gone, true, false]);
    for (const kept of ['startConnection(options)', 'addIceCandidate(', 'getConnection('])
      expect(used).toContain(kept);
  });

  it('are not cut out of a PeerJS that looks different', () => {
    expect(() => usedParts(whole.replace('addStream(remoteStream) {', 'addStream(stream) {'))).toThrow(
      /which class is MediaConnection/,
    );
    const inOne = whole
      .replace('addStream(remoteStream) {', 'addStream(stream) {')
      .replace('async retrieveId() {', 'addStream(remoteStream) {}\n    async retrieveId() {');
    expect(() => usedParts(inOne)).toThrow(/which class is API/);
    expect(() => usedParts(whole.replaceAll(').log(', ').trace('))).toThrow(/logs at \d+ places/);
    expect(() => usedParts(whole.replaceAll('/*#__PURE__*/ function(', 'function('))).toThrow(
      /names 0 texts/,
    );
    expect(() => usedParts(whole.replace('ontrack = (evt)', 'ontrack = (event)'))).toThrow(/where is/);
    expect(() =>
      usedParts(`${whole}\nreconnect() {\n        if (this.disconnected && !this.destroyed)`),
    ).toThrow(/where is "reconnect/);
    for (const name of ['once', 'off', '_getMessages']) {
      const called = whole.replace(
        'this.handleSDP("OFFER"',
        `this.connection.${name}(), this.handleSDP("OFFER"`,
      );
      expect(() => usedParts(called)).toThrow(`who calls ${name}?`);
    }
  });
});
