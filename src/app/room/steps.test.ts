import { describe, expect, it } from 'vitest';
import type { UpdateHash } from '../../services/rooms/index.ts';
import type { PageRoomUpdate } from './page-reducer.ts';
import { Steps, stepText } from './steps.ts';

const say = (text: string): PageRoomUpdate => ({ say: text, link: null, name: 'Ada' });
const fine = async (): Promise<boolean> => true;
const refused = async (): Promise<boolean> => false;

describe('what a tab did in a room', () => {
  it('is taken back the newest first, and done again', async () => {
    const steps = new Steps();
    await steps.does(say('one'), fine);
    await steps.does(say('two'), fine);
    expect(steps.next).toEqual({ undo: 'the line “two”', redo: undefined });
    await steps.undoes(fine);
    expect(steps.next).toEqual({ undo: 'the line “one”', redo: 'the line “two”' });
    await steps.redoes(fine);
    expect(steps.next).toEqual({ undo: 'the line “two”', redo: undefined });
    await steps.undoes(fine);
    await steps.does({ vote: null }, fine);
    expect(steps.next).toEqual({ undo: 'taking back your vote', redo: undefined });
  });

  it('stays where it is when the room refuses', async () => {
    const steps = new Steps();
    await steps.does(say('one'), fine);
    await steps.does(say('two'), refused);
    expect(steps.next).toEqual({ undo: 'the line “one”', redo: undefined });
    await steps.undoes(refused);
    expect(steps.next.undo).toBe('the line “one”');
    await steps.undoes(fine);
    await steps.does(say('three'), refused);
    await steps.redoes(refused);
    expect(steps.next).toEqual({ undo: undefined, redo: 'the line “one”' });
  });

  it('is not there to be taken back when it came behind what others did', async () => {
    const steps = new Steps();
    await steps.does(say('one'), fine);
    await steps.does(say('two'), fine);
    steps.overtaken(say('one'));
    await steps.undoes(fine);
    expect(steps.next).toEqual({ undo: undefined, redo: 'the line “two”' });
  });

  it('counts from the moment it is asked for', async () => {
    const steps = new Steps();
    let arrived = (_: boolean): void => {};
    const written = steps.does(say('on its way'), () => new Promise((resolve) => (arrived = resolve)));
    expect(steps.next.undo).toBe('the line “on its way”');
    arrived(true);
    expect(await written).toBe(true);
  });

  it('has words for each kind of it, shortened', () => {
    const name = 'Ada';
    const id = 'aa' as UpdateHash;
    const place = { kind: 'picture', job: 'j', title: 't', x: 0, y: 0 } as const;
    const updates: readonly PageRoomUpdate[] = [
      say('x'.repeat(50)),
      { pin: place, text: 'here', name },
      { reply: id, text: 'yes', name },
      { resolve: id, isResolved: true, name },
      { resolve: id, isResolved: false, name },
      { look: 'Dusk', toneMapping: 'agx', exposure: 0, name },
      { vote: id },
      { share: { kind: 'look', toneMapping: 'agx', isAutomatic: true, exposure: 0 }, name },
    ];
    expect(updates.map(stepText)).toEqual([
      `the line “${'x'.repeat(39)}…”`,
      'the pin “here”',
      'the answer “yes”',
      'resolving a pin',
      'opening a pin again',
      'the look “Dusk”',
      'your vote',
      'the exposure for all',
    ]);
  });
});
