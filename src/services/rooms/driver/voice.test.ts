import { expect, it } from 'vitest';
import { type MeshStream, realCryptography, type SendOptions } from '../../../mesh/index.ts';
import { seededRandom } from '../../../runtime/index.ts';
import { newNodeId } from '../../../wire/index.ts';
import { NO_CHECKPOINT } from '../checkpoint.ts';
import { keysOf, readKeysOf } from '../keys.ts';
import { envelopeOf } from './entry.ts';
import { Voice } from './voice.ts';

it('says heads to one Node straight, and nobody waits for its acknowledgement', () => {
  const random = seededRandom(1);
  const [self, other] = [newNodeId(random), newNodeId(random)];
  const { readKey } = keysOf('read', random.bytes(32), realCryptography);
  const said: [unknown, string, SendOptions | undefined][] = [];
  const stream: Pick<MeshStream, 'send'> = {
    send: async (to, name, _body, options) => void said.push([to, name, options]),
  };
  const envelope = envelopeOf(self, readKeysOf(readKey, realCryptography), realCryptography);
  const heads = { heads: [], count: 0, isQuestion: false, checkpoint: NO_CHECKPOINT };
  new Voice(stream as MeshStream, envelope).say({ type: 'tell', to: [other], heads });
  expect(said).toEqual([[other, 'heads', { isAwaited: false }]]);
});
