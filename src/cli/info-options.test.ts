import { expect, it } from 'vitest';
import { infoCommandLine } from './info-options.ts';

it('renders here alone: the help says nothing of a mesh, and no workers are refused', () => {
  const command = infoCommandLine()
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  expect(command.helpInformation()).toContain('--workers');
  expect(command.helpInformation()).not.toContain('--join');
  expect(() => command.parse(['a.glb', '--workers', '0'], { from: 'user' })).toThrow('from 1 to');
});
