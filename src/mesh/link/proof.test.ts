import { describe, expect, it } from 'vitest';
import { nodeIdOf } from '../../wire/index.ts';
import { cryptography, nameHashOf } from './link-pair.testing.ts';
import { isSameProof, type Party, proofInput, signatureInput, transcript } from './proof.ts';

describe('the transcript', () => {
  const party = (fill: number): Party => ({
    identity: {
      id: nodeIdOf(new Uint8Array(32).fill(fill), cryptography),
      publicKey: new Uint8Array(32).fill(fill),
      life: fill,
      agreementKey: new Uint8Array(32).fill(fill + 50),
    },
    nonce: new Uint8Array(32).fill(fill + 100),
    fingerprint: new Uint8Array(32).fill(fill + 150),
  });

  it('has every part of both parties in it, in their places', () => {
    const [a, b, c] = [party(1), party(2), party(3)];
    const name = nameHashOf('x');
    const changed = (of: Party): Party[] => [
      { ...of, nonce: c.nonce },
      { ...of, fingerprint: c.fingerprint },
      ...(['id', 'publicKey', 'life', 'agreementKey'] as const).map((part) => ({
        ...of,
        identity: { ...of.identity, [part]: c.identity[part] },
      })),
    ];
    const all = [
      transcript(name, a, b),
      transcript(name, b, a),
      transcript(nameHashOf('y'), a, b),
      ...changed(a).map((other) => transcript(name, other, b)),
      ...changed(b).map((other) => transcript(name, a, other)),
    ].map(String);
    expect(new Set(all).size).toBe(all.length);
  });

  it('moves no byte from one part to the next without a trace', () => {
    const [a, b] = [party(1), party(2)];
    const longer = { ...a, nonce: new Uint8Array(33).fill(101), fingerprint: new Uint8Array(31).fill(101) };
    const shorter = { ...a, nonce: new Uint8Array(32).fill(101), fingerprint: new Uint8Array(32).fill(101) };
    const name = nameHashOf('x');
    expect(transcript(name, longer, b)).not.toEqual(transcript(name, shorter, b));
  });

  it('is labelled for its role and its use', () => {
    const established = transcript(nameHashOf('x'), party(1), party(2));
    const inputs = [
      proofInput('initiator', established),
      proofInput('responder', established),
      signatureInput('initiator', established),
      signatureInput('responder', established),
    ].map(String);
    expect(new Set(inputs).size).toBe(4);
  });
});

describe('comparing proofs', () => {
  it('sees every byte and the length', () => {
    const proof = new Uint8Array(32).fill(7);
    expect(isSameProof(proof, proof.slice())).toBe(true);
    expect(isSameProof(proof, proof.subarray(1))).toBe(false);
    for (let i = 0; i < 32; i++) {
      const other = proof.slice();
      other[i] = 8;
      expect(isSameProof(proof, other)).toBe(false);
    }
  });
});
