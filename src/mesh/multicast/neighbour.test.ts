import { describe, expect, it } from 'vitest';
import type { NodeId } from '../../wire/index.ts';
import type { LinkId } from '../vocabulary.ts';
import { Neighbour } from './neighbour.ts';
import { Source } from './source.ts';

const MIB = 1024 * 1024;
const neighbour = (): Neighbour => new Neighbour('n' as NodeId, 1 as LinkId, 0);

describe('a neighbour of the broadcast tree', () => {
  it('may tell a thousand things at once, then 256 a second', () => {
    const told = (of: Neighbour, now: number): number => {
      let count = 0;
      while (of.mayTell(now) === 'yes') count++;
      return count;
    };
    const chatty = neighbour();
    expect(told(chatty, 0)).toBe(1024);
    expect(told(chatty, 500)).toBe(128);
    expect(told(chatty, 60_000)).toBe(1024);
  });

  it('floods when it tells thousands too many within a minute, not when they come over an hour', () => {
    const verdicts = (of: Neighbour, count: number, now: number): ReturnType<Neighbour['mayTell']>[] =>
      Array.from({ length: count }, () => of.mayTell(now));
    const flooding = neighbour();
    const said = verdicts(flooding, 1024 + 4096, 0);
    expect(said.indexOf('flood')).toBe(said.length - 1);
    const chatty = neighbour();
    for (let minute = 0; minute < 60; minute++)
      expect(verdicts(chatty, 1024 + 4000, minute * 60_000)).not.toContain('flood');
  });

  it('may have 32 MiB sent again at once, then one a second, and asks for nothing by asking for too much', () => {
    const forgetful = neighbour();
    expect(forgetful.mayReplay(33 * MIB, 0)).toBe(false);
    expect(forgetful.mayReplay(32 * MIB, 0)).toBe(true);
    expect(forgetful.mayReplay(MIB, 999)).toBe(false);
    expect(forgetful.mayReplay(MIB, 1000)).toBe(true);
  });

  it('is pushed what it lacks of a source whose tree leads to it, and told it elsewhere', () => {
    const to = neighbour();
    const source = new Source('s' as NodeId, 1, new Uint8Array(32), true);
    const lists = () => [to.toPush.has(source), to.toTell.has(source)];
    expect([to.note(source, source.progress(to.id)), lists()]).toEqual([false, [false, false]]);
    source.log.append(new Uint8Array(10), 0);
    expect([to.note(source, source.progress(to.id)), lists()]).toEqual([true, [true, false]]);
    source.progress(to.id).isEager = false;
    expect([to.note(source, source.progress(to.id)), lists()]).toEqual([true, [false, true]]);
    source.progress(to.id).cursor = 1;
    expect([to.note(source, source.progress(to.id)), lists()]).toEqual([false, [false, false]]);
    source.progress(to.id).resendTo = 1;
    to.note(source, source.progress(to.id));
    to.forget(source);
    expect(lists()).toEqual([false, false]);
  });
});
