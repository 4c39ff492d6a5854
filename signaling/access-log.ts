/** One line for each request, at level `info`, fit to be kept: no query, and nothing long enough to be a key or a whole uuid. */
import type { RequestHandler } from 'express';
import { log } from '../src/runtime/index.ts';

export function accessLog(now: () => number): RequestHandler {
  return (request, response, next) => {
    const { method, originalUrl } = request;
    const startMs = now();
    response.once('close', () => {
      const [path = ''] = originalUrl.split('?', 1);
      const end = response.writableFinished ? '' : ' (the client went away)';
      log('info', `${method} ${redact(path)} ${response.statusCode} ${Math.round(now() - startMs)} ms${end}`);
    });
    next();
  };
}

/** A key has 22 characters or more, a uuid 36; the names of our files are shorter, or do not matter. */
const LONG_WORD = /[\w-]{20,}/g;
const MAX_LENGTH = 120;

/** Text from outside as a log may have it: on one line, bounded, long words cut to eight characters. */
export function redact(text: string): string {
  const words = text.slice(0, MAX_LENGTH).replaceAll(LONG_WORD, (word) => `${word.slice(0, 8)}...`);
  return words.replaceAll(/[^\x21-\x7e]/g, '?');
}
