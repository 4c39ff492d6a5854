/**
 * The built page over HTTP. What an address with a hash names never changes and may be kept for ever: files under
 * `assets/`, and others asked for by the version of their content (`?v=`). All else is asked for again each time and
 * answered with 304 while its ETag holds. ETags come from the content, so that they agree between processes and differ
 * between builds. Compressed forms are made by the build, never here.
 */
import { extname } from 'node:path';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { ENCODINGS, type Encoding, type PageFile, PageFiles, pagePath } from './page-files.ts';

const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';

export function pageFiles(folder: string): RequestHandler {
  const files = new PageFiles(folder);
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
    const path = pagePath(request.path);
    if (path === undefined) return next();
    files.find(path).then((file) => (file ? send(file, folder, request, response, next) : next()), next);
  };
}

function send(file: PageFile, root: string, request: Request, response: Response, next: NextFunction): void {
  const encoding = preferredEncoding(file, request);
  const path = (encoding && file.encoded.get(encoding)) ?? file.path;
  const isFixed = file.path.startsWith('assets/') || request.query['v'] === file.version;
  response.set({
    'Cache-Control': isFixed ? FOR_EVER : ASK_AGAIN,
    ETag: encoding ? `"${file.version}-${encoding}"` : `"${file.version}"`,
  });
  response.type(extname(file.path) || 'application/octet-stream');
  if (file.encoded.size > 0) response.vary('Accept-Encoding');
  if (encoding) response.set('Content-Encoding', encoding);
  response.sendFile(path, { root, cacheControl: false, lastModified: false, dotfiles: 'deny' }, (error) => {
    if (!error) return;
    // They spoke of the file; what follows is about the request.
    if (!response.headersSent) {
      for (const name of ['Cache-Control', 'ETag', 'Content-Encoding', 'Content-Type']) {
        response.removeHeader(name);
      }
    }
    next(error);
  });
}

function preferredEncoding(file: PageFile, request: Request): Encoding | undefined {
  return ENCODINGS.find(({ name }) => file.encoded.has(name) && request.acceptsEncodings(name) === name)
    ?.name;
}
