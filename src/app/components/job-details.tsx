/** With what a render was asked for, enough to make the same picture again; by whom, and who leads it. */
import type { EnvironmentChoice } from '../../render/settings.ts';
import type { NodeId } from '../../wire/index.ts';
import { effortOf } from '../state/effort.ts';
import { environmentKey } from '../state/environment-choice.ts';
import { countOf, formatCount } from '../state/format.ts';
import type { JobView } from '../state/jobs.ts';
import { useApp } from './app-context.ts';

export function JobDetails({ view }: { readonly view: JobView }) {
  const app = useApp();
  const { library, session } = app;
  const { settings, frames } = view.job.spec;
  const { width, height, samples, noise, bounces, seed, clamp, lens, camera } = settings;
  const { environmentStrength: strength, environmentRotation: turns } = settings;
  const environmentName = (choice: EnvironmentChoice): string => {
    if (choice.kind === 'file') return choice.name;
    const key = environmentKey(choice);
    if (key === 'black' || key === 'white') return key;
    if (choice.kind === 'colour') return `colour ${choice.rgb.map((one) => one.toPrecision(3)).join(', ')}`;
    return library.environments.find(({ name }) => name === choice.name)?.label ?? choice.name;
  };
  const nameOf = (node: NodeId): string =>
    node === session.node.id ? 'this device' : (app.nameOf(node) ?? 'a device that left');
  const { coordinator } = view.standing.value;
  const rows: readonly (readonly [string, string])[] = [
    ['Size', `${formatCount(width)} × ${formatCount(height)} pixels`],
    ...(frames ? [['Frames', `${frames.first} to ${frames.last}, ${frames.fps} a second`] as const] : []),
    ['Stop', effortOf(settings) + (noise > 0 ? `, at most ${countOf(samples, 'sample')}` : ' a pixel')],
    ['Bounces', String(bounces)],
    ['Seed', String(seed)],
    ['Clamp', clamp > 0 ? String(clamp) : 'off'],
    [
      'Environment',
      `${environmentName(settings.environment)}, × ${strength}, turned by ${Number((360 * turns).toFixed(2))}°`,
    ],
    [
      'Camera',
      typeof camera === 'number' ? `camera ${camera + 1} of the scene` : camera.name || 'a view of their own',
    ],
    [
      'Lens',
      lens.radius > 0
        ? `${Number((2000 * lens.radius).toPrecision(3))} mm wide, focus at ${Number(lens.focusDistance.toPrecision(4))} m`
        : 'everything is sharp',
    ],
    ['Started by', nameOf(view.job.submitter)],
    ['Led by', coordinator === undefined ? 'nobody in reach' : nameOf(coordinator)],
  ];
  return (
    <details class="job-details">
      <summary>Settings of this render</summary>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
