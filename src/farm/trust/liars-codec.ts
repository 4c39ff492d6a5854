/** Liars as they travel in a beat and lie in a Job's record on the disk: each Node, and what was taken back because of it. */
import { isNodeId } from '../../wire/index.ts';
import type { Liar } from '../contract.ts';
import { MAX_LIARS } from './liars.ts';

export const liarsToFields = (liars: readonly Liar[]): readonly (string | number)[] =>
  liars.slice(0, MAX_LIARS).flatMap(({ node, withdrawnCost }) => [node, withdrawnCost]);

/** Undefined when it is no such list. */
export function liarsFromFields(field: unknown): readonly Liar[] | undefined {
  if (!Array.isArray(field) || field.length > 2 * MAX_LIARS || field.length % 2 !== 0) return undefined;
  const fields: readonly unknown[] = field;
  const liars: Liar[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const [node, withdrawnCost] = fields.slice(i, i + 2);
    if (typeof node !== 'string' || !isNodeId(node)) return undefined;
    if (typeof withdrawnCost !== 'number' || !Number.isFinite(withdrawnCost) || withdrawnCost < 0)
      return undefined;
    liars.push({ node, withdrawnCost });
  }
  return liars;
}
