import { expect, it } from 'vitest';
import { type MeshStream, realCryptography, type SendOptions } from '../../../mesh/index.ts';
import { seededRandom } from '../../../runtime/index.ts';
import { newNodeId } from '../../../wire/index.ts';
import { NO_CHECKPOINT } from '../checkpoint.ts';
import { keysOf, readKeysOf } from '../keys.ts';
import { envelopeOf } from './entry.ts';
import { Voice } from './voice.ts';

const random = seededRandom(1);
const { readKey } = keysOf('read', random.bytes(32), realCryptography);
const nodes = Array.from({ length: 9 }, () => newNodeId(random));
const heads = { heads: [], count: 0, isQuestion: false, checkpoint: NO_CHECKPOINT };

it.each([
  { count: 1, isStraight: true },
  { count: 8, isStraight: true },
  { count: 9, isStraight: false },
])(
  'says heads and thanks to $count, straight: $isStraight; nobody waits for the acknowledgement of that',
  ({ count, isStraight }) => {
    const said: [unknown, string, SendOptions | undefined][] = [];
    const stream: Pick<MeshStream, 'send'> = {
      send: async (to, name, _body, options) => void said.push([to, name, options]),
    };
    const envelope = envelopeOf(newNodeId(random), readKeysOf(readKey, realCryptography), realCryptography);
    const to = nodes.slice(0, count);
    const voice = new Voice(stream as MeshStream, envelope);
    voice.say({ type: 'tell', to, heads });
    voice.say({ type: 'thank', to, heads });
    const saidAs = (name: string) =>
      isStraight ? to.map((node) => [node, name, { isAwaited: false }]) : [[to, name, undefined]];
    expect(said).toEqual([...saidAs('heads'), ...saidAs('thanks')]);
  },
);
