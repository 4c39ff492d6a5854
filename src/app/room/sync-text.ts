/** How a room here compares with what the others have, in two words, and in a sentence. */
import type { RoomPace, RoomSync } from '../../services/rooms/index.ts';
import { countOf, sentence } from '../state/format.ts';

interface Said {
  readonly text: string;
  readonly tone: '' | 'good' | 'warn' | 'bad';
  readonly title: string;
}

/** Undefined while all write as fast as the room allows. */
export function paceText({ share, slowedBy, updates }: RoomPace): string | undefined {
  if (share === 1) return undefined;
  const who = slowedBy.length === 1 ? '1 device does' : `${slowedBy.length} devices do`;
  return `Everybody writes at ${Math.round(100 * share)} % of the usual pace: ${who} not keep up with all that comes, and the furthest lacks ${countOf(updates, 'change')}. Nothing is lost.`;
}

export function syncText(sync: RoomSync): Said {
  switch (sync.type) {
    case 'alone':
      return {
        text: 'Only here',
        tone: '',
        title:
          'Nobody else in reach has the room: what you write is kept here and reaches them when they come',
      };
    case 'behind':
      return {
        text: `Behind by ${sync.updates}`,
        tone: 'warn',
        title: `${countOf(sync.updates, 'change')} of others are on their way`,
      };
    case 'with':
      return sync.nodes === sync.of
        ? { text: 'In step', tone: 'good', title: `Exactly as with ${countOf(sync.of, 'other device')}` }
        : {
            text: `In step with ${sync.nodes} of ${sync.of}`,
            tone: '',
            title: 'The others have not said yet that they have the same',
          };
    case 'removed':
      return { text: 'Removed', tone: 'bad', title: sentence(sync.reason) };
    case 'stopped':
      return { text: 'Stopped', tone: 'bad', title: sentence(sync.reason) };
    default:
      return sync satisfies never;
  }
}
