import { expect, it, vi } from 'vitest';
import { EventEmitter } from './no-eventemitter3.ts';

it('calls whoever listens, in the order of their coming, with all that is told', () => {
  const emitter = new EventEmitter();
  const heard: unknown[] = [];
  emitter
    .on('open', (...told) => heard.push(['first', ...told]))
    .on('open', (...told) => heard.push(['second', ...told]))
    .on('close', () => expect.unreachable());
  emitter.emit('open', 1, 2);
  emitter.emit('nobody');
  expect(heard).toEqual([
    ['first', 1, 2],
    ['second', 1, 2],
  ]);
});

it('gives its listeners out, and forgets them', () => {
  const emitter = new EventEmitter();
  const listener = vi.fn();
  emitter.on('message', listener);
  const listeners = emitter.listeners('message');
  emitter.removeAllListeners();
  emitter.emit('message', 'unheard');
  expect(emitter.listeners('message')).toEqual([]);
  expect(listeners).toEqual([listener]);
  expect(listener).not.toHaveBeenCalled();
});

it('tells those who listened when it began, though one of them goes or brings another', () => {
  const emitter = new EventEmitter();
  const late = vi.fn();
  const second = vi.fn();
  emitter.on('open', () => {
    emitter.on('open', late);
    emitter.removeAllListeners();
  });
  emitter.on('open', second);
  emitter.emit('open');
  expect(second).toHaveBeenCalledOnce();
  expect(late).not.toHaveBeenCalled();
});
