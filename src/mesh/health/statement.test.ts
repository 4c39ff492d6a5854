import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeIdFromBytes } from '../../wire/index.ts';
import { encodeStatement, parseStatement, type Statement } from './statement.ts';

const nodeIds = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => nodeIdFromBytes(bytes));
const statements: fc.Arbitrary<Statement> = fc.record({
  kind: fc.constantFrom('silent' as const, 'heard' as const),
  hopsLeft: fc.constantFrom(0 as const, 1 as const),
  silenceMs: fc.nat(0xffff),
  subject: nodeIds,
  incarnation: fc.nat(0xffff_ffff),
  witnesses: fc.array(nodeIds, { maxLength: 8 }),
});

describe('what one Node says of another', () => {
  it('comes back from its bytes as it was', () => {
    fc.assert(
      fc.property(statements, (statement) => {
        expect(parseStatement(encodeStatement(statement))).toEqual(statement);
      }),
    );
  });

  it('names at most eight witnesses and fits in 152 bytes', () => {
    const [statement] = fc.sample(statements, 1);
    if (!statement) throw new Error('no sample');
    const witnesses = fc.sample(nodeIds, 30);
    expect(encodeStatement({ ...statement, witnesses })).toHaveLength(152);
  });

  it('is read from any bytes without a throw, and only what can be written is taken', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const statement = parseStatement(bytes);
        if (statement) expect(encodeStatement(statement)).toEqual(bytes);
      }),
    );
  });
});
