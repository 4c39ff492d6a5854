/**
 * The built page as static files. Files under `assets/` carry their hash in their name and may be kept for ever; all
 * others are asked for again each time and answered with 304 while their ETag holds.
 */
import { relative, sep } from 'node:path';
import express, { type RequestHandler } from 'express';

const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';

export function pageFiles(folder: string): RequestHandler {
  return express.static(folder, {
    cacheControl: false,
    dotfiles: 'ignore',
    etag: true,
    index: 'index.html',
    lastModified: false,
    setHeaders(response, path) {
      const isHashed = relative(folder, path).split(sep)[0] === 'assets';
      response.setHeader('Cache-Control', isHashed ? FOR_EVER : ASK_AGAIN);
    },
  });
}
