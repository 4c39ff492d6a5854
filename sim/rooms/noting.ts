/** A reducer that tells every order from every other, and throws where it is told to. */
import type { RoomReducer } from '../../src/services/rooms/states.ts';

export const noting: RoomReducer = {
  name: 'noting/1',
  reduce(state, update) {
    if (!Array.isArray(state) || typeof update !== 'string' || update.startsWith('!')) throw new Error('no');
    return [...state, update];
  },
};
