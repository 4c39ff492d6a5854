import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Emitter } from './emitter.ts';
import { setLogSink } from './log.ts';

interface Events {
  value: number;
  done: undefined;
}

describe('Emitter', () => {
  let reported: string[];
  beforeEach(() => {
    reported = [];
    setLogSink((level, text) => reported.push(`${level}: ${text}`));
  });
  afterEach(() => setLogSink(undefined));

  it('tells every listener, in the order they came, until they leave', () => {
    const emitter = new Emitter<Events>();
    const heard: string[] = [];
    const leave = emitter.on('value', (value) => heard.push(`a${value}`));
    emitter.on('value', (value) => heard.push(`b${value}`));
    emitter.emit('value', 1);
    leave();
    emitter.emit('value', 2);
    expect(heard).toEqual(['a1', 'b1', 'b2']);
  });

  it('tells a `once` listener a single time', () => {
    const emitter = new Emitter<Events>();
    let count = 0;
    emitter.once('done', () => count++);
    emitter.emit('done', undefined);
    emitter.emit('done', undefined);
    expect(count).toBe(1);
    expect(emitter.hasListeners('done')).toBe(false);
  });

  it('reports a listener that throws and goes on with the others', () => {
    const emitter = new Emitter<Events>();
    let reached = false;
    emitter.on('value', () => {
      throw new Error('broken listener');
    });
    emitter.on('value', () => {
      reached = true;
    });
    emitter.emit('value', 1);
    expect(reached).toBe(true);
    expect(reported).toEqual(['error: a listener of "value" failed']);
  });

  it('survives listeners that leave while it speaks', () => {
    const emitter = new Emitter<Events>();
    const heard: string[] = [];
    emitter.on('done', () => emitter.clear());
    emitter.on('done', () => heard.push('second'));
    emitter.emit('done', undefined);
    emitter.emit('done', undefined);
    expect(heard).toEqual(['second']);
  });
});
