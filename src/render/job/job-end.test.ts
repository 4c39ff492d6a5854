import { expect, it } from 'vitest';
import { JobFailedError } from '../../farm/index.ts';
import { CancelledError } from '../../runtime/index.ts';
import { JobEnd } from './job-end.ts';

const told = (state: 'done' | 'failed' | 'cancelled' | 'rendering', reason?: string) => ({ state, reason });

it('the end of a render is its hash', async () => {
  const end = new JobEnd();
  end.follow(told('rendering'), undefined);
  end.follow(told('done'), 'abc');
  end.giveUp();
  expect(await end.promise).toBe('abc');
});

it('a failed render says why, and one that is taken up again has a new end', async () => {
  const end = new JobEnd();
  end.follow(told('failed', 'no memory'), undefined);
  const first = end.promise;
  await expect(first).rejects.toThrow(new JobFailedError('no memory'));
  end.follow(told('rendering'), undefined);
  end.follow(told('rendering'), undefined);
  const second = end.promise;
  expect(second).not.toBe(first);
  end.follow(told('done'), 'abc');
  expect(await second).toBe('abc');
});

it('a render that is cancelled, or that nobody will hear of, ends so', async () => {
  const end = new JobEnd();
  end.follow(told('cancelled'), undefined);
  await expect(end.promise).rejects.toBeInstanceOf(CancelledError);
  const left = new JobEnd();
  left.giveUp();
  await expect(left.promise).rejects.toBeInstanceOf(CancelledError);
});
