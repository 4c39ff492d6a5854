/** Modules to begin with: each shows one way of looking at results, and is short enough to be changed by whoever reads it. */
export interface Example {
  readonly name: string;
  readonly source: string;
}

const PI = `// Pi by throwing darts: each input is one batch of throws.
export const view = 'mean';
export const inputs = Array.from({ length: 600 }, (_, i) => i);

export default function (batch, { random }) {
  const throws = 2_000_000;
  let hits = 0;
  for (let i = 0; i < throws; i++) {
    const x = random(), y = random();
    if (x * x + y * y < 1) hits++;
  }
  return (4 * hits) / throws;
}
`;

const SWEEP = `// When does a swing fall over? Strength and pace of the push, over a damped pendulum.
export const view = 'heat map';
export const columns = 48;
export const inputs = Array.from({ length: 48 * 32 }, (_, i) => ({
  strength: 0.2 + (i % 48) / 32,
  pace: 0.3 + Math.floor(i / 48) / 20,
}));

export default function ({ strength, pace }) {
  let angle = 0.1, speed = 0, turns = 0;
  const dt = 0.002;
  for (let t = 0; t < 400; t += dt) {
    speed += dt * (-Math.sin(angle) - 0.2 * speed + strength * Math.sin(pace * t));
    angle += dt * speed;
    if (Math.abs(angle) > Math.PI) {
      turns++;
      angle -= 2 * Math.PI * Math.sign(angle);
    }
  }
  return Math.log1p(turns);
}
`;

const FRACTAL = `// The Mandelbrot set by tiles of 64 x 64 pixels.
export const view = 'picture';
export const width = 768;
export const height = 512;
const size = 64;
export const inputs = [];
for (let y = 0; y < height; y += size)
  for (let x = 0; x < width; x += size) inputs.push({ x, y });

export default function ({ x, y }) {
  const rgba = new Uint8Array(size * size * 4);
  for (let j = 0; j < size; j++)
    for (let i = 0; i < size; i++) {
      const cx = -0.7436 + ((x + i) / width - 0.5) * 0.012;
      const cy = 0.1318 + ((y + j) / height - 0.5) * 0.008;
      let zx = 0, zy = 0, n = 0;
      while (zx * zx + zy * zy < 16 && n < 3000) {
        [zx, zy] = [zx * zx - zy * zy + cx, 2 * zx * zy + cy];
        n++;
      }
      const shade = n === 3000 ? 0 : n + 1 - Math.log2(Math.log2(zx * zx + zy * zy) / 2);
      rgba.set([
        127 + 127 * Math.sin(shade * 0.05 + 4),
        127 + 127 * Math.sin(shade * 0.05 + 4.9),
        127 + 127 * Math.sin(shade * 0.05 + 5.8),
        255,
      ], (j * size + i) * 4);
      if (n === 3000) rgba.fill(0, (j * size + i) * 4, (j * size + i) * 4 + 3);
    }
  return { x, y, width: size, height: size, rgba };
}
`;

export const EXAMPLES: readonly Example[] = [
  { name: 'Monte Carlo: pi', source: PI },
  { name: 'Parameter sweep: a driven pendulum', source: SWEEP },
  { name: 'Fractal by tiles', source: FRACTAL },
];
