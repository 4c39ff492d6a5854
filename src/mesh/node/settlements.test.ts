import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import { newNodeId } from '../../wire/index.ts';
import type { Token } from '../vocabulary.ts';
import type { Purpose } from './failure-errors.ts';
import { Settlements } from './settlements.ts';

const TARGET = newNodeId(seededRandom(1));
const SEND: Purpose = { kind: 'send', target: TARGET, name: 'x' };
const REQUEST: Purpose = { kind: 'request', target: TARGET, name: 'x' };

function started(signal?: AbortSignal, purpose = SEND) {
  const cancelled: Token[] = [];
  const settlements = new Settlements((token) => cancelled.push(token));
  let token: Token | undefined;
  const promise = settlements.wait<string>(purpose, signal, (given) => {
    token = given;
  });
  return { settlements, cancelled, promise, token: token as unknown as Token };
}

describe('what callers wait for', () => {
  it('settles once, with the value or with the typed error of its failure', async () => {
    const done = started();
    done.settlements.succeeded(done.token, 'ok');
    done.settlements.failed(done.token, { reason: 'closed' });
    expect(await done.promise).toBe('ok');

    for (const [failure, code] of [
      [{ reason: 'unreachable' }, 'target-unreachable'],
      [{ reason: 'left', because: 'it said goodbye' }, 'target-left'],
      [{ reason: 'reset' }, 'target-left'],
      [{ reason: 'timed-out', afterMs: 5 }, 'send-timeout'],
      [{ reason: 'too-large', bytes: 2, limit: 1 }, 'message-too-large'],
      [{ reason: 'closed' }, 'node-closed'],
      [{ reason: 'refused', because: 'no' }, 'request-failed'],
      [{ reason: 'body-gone' }, 'bad-body'],
      [{ reason: 'too-many-streams' }, 'too-many-streams'],
    ] as const) {
      const failed = started();
      failed.settlements.failed(failed.token, failure);
      await expect(failed.promise).rejects.toMatchObject({ code });
    }
    const late = started(undefined, REQUEST);
    late.settlements.failed(late.token, { reason: 'timed-out', afterMs: 5 });
    await expect(late.promise).rejects.toMatchObject({ code: 'request-timeout' });
  });

  it('may settle while it starts', async () => {
    const settlements = new Settlements(() => undefined);
    const promise = settlements.wait<void>(SEND, undefined, (token) =>
      settlements.failed(token, { reason: 'unreachable' }),
    );
    await expect(promise).rejects.toMatchObject({ code: 'target-unreachable' });
  });

  it('asks to cancel when its signal aborts, and carries the signal’s reason as the cause', async () => {
    const controller = new AbortController();
    const waiting = started(controller.signal);
    controller.abort('enough');
    expect(waiting.cancelled).toEqual([waiting.token]);
    waiting.settlements.failed(waiting.token, { reason: 'cancelled' });
    await expect(waiting.promise).rejects.toMatchObject({ code: 'cancelled', cause: 'enough' });
  });

  it('starts nothing for a signal that has aborted, and forgets the signal of what has settled', async () => {
    const never = started(AbortSignal.abort());
    await expect(never.promise).rejects.toMatchObject({ code: 'cancelled' });
    expect(never.token).toBeUndefined();

    const controller = new AbortController();
    const done = started(controller.signal);
    done.settlements.succeeded(done.token);
    await done.promise;
    controller.abort();
    expect(done.cancelled).toEqual([]);
  });
});
