import { describe, expect, it } from 'vitest';
import { LeafcutterError } from '../runtime/index.ts';
import { errorLine } from './error-line.ts';

describe('what the terminal says of an error', () => {
  it('is one line for what is expected, and a stack for a bug', () => {
    expect(errorLine(new LeafcutterError('away', 'nobody is\nhere'))).toBe('leafcutter: nobody is here');
    expect(errorLine(new TypeError('undefined is no function'))).toMatch(/^leafcutter: TypeError.*\n +at /);
  });

  it('is what to do where a part of the build is missing', () => {
    const code = 'ERR_MODULE_NOT_FOUND';
    const missing = Object.assign(new Error("Cannot find module '/dist/node/render-here.js'"), { code });
    expect(errorLine(missing)).toMatch(
      /^leafcutter: a part .* missing; run .npm install .*render-here[^\n]*$/,
    );
  });
});
