/**
 * Property tests try the same in each run, whatever ran before them in their process; `PROPERTY_SEED=7 npx vitest run` has them try something else.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 1) });
