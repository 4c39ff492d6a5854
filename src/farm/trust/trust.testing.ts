/** Test support: the trust of a coordinator, with a secret that everybody knows. */
import type { NodeId } from '../../wire/index.ts';
import type { JobId, ResultStore } from '../contract.ts';
import { AttributedStore } from './attributed-store.ts';
import { Liars } from './liars.ts';
import { Lots } from './lots.ts';
import { Trust } from './trust.ts';

const JOB = '00'.repeat(16) as JobId;

export function trustOf(self: NodeId, inner: ResultStore, secret = new Uint8Array(16)) {
  const liars = new Liars(self);
  const store = new AttributedStore(inner, liars);
  const trust = new Trust({ self, store, liars, lots: new Lots(secret, JOB) });
  return { liars, store, trust };
}
