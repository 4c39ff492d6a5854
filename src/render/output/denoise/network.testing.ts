/** The network written down as plainly as it goes, in doubles and whole images: what `network.ts` is held against. */
import type { DenoiseInput } from './denoise.ts';
import type { Layer } from './weights.ts';

/** Channel by channel, row by row. */
interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: readonly Float64Array[];
}

const MOST = 65_504;

export function plainNetwork(
  layers: ReadonlyMap<string, Layer>,
  { width, height, means, guides }: DenoiseInput,
): Float64Array {
  const scale = middlingScale(means, width, height);
  const [wide, high] = [16 * Math.ceil(width / 16), 16 * Math.ceil(height / 16)];
  const channel = (image: Float32Array, c: number, of: (value: number) => number): Float64Array => {
    const at = (x: number, y: number) =>
      image[3 * (Math.min(y, height - 1) * width + Math.min(x, width - 1)) + c];
    return Float64Array.from({ length: wide * high }, (_, i) => of(at(i % wide, Math.floor(i / wide)) ?? 0));
  };
  const input: Image = {
    ...{ width: wide, height: high },
    channels: [
      ...[0, 1, 2].map((c) => channel(means, c, (value) => seen(Math.min(value * scale, MOST)) / seen(MOST))),
      ...[0, 1, 2].map((c) => channel(guides.albedo, c, (value) => Math.min(value, 1))),
      ...[0, 1, 2].map((c) => channel(guides.normal, c, (value) => value / 2 + 0.5)),
    ],
  };
  const conv = (name: string, ...images: readonly Image[]) => convolved(layers.get(name), images);
  const half = pooled(conv('enc_conv1', conv('enc_conv0', input)));
  const quarter = pooled(conv('enc_conv2', half));
  const eighth = pooled(conv('enc_conv3', quarter));
  let x = conv('enc_conv5b', conv('enc_conv5a', pooled(conv('enc_conv4', eighth))));
  x = conv('dec_conv4b', conv('dec_conv4a', doubled(x), eighth));
  x = conv('dec_conv3b', conv('dec_conv3a', doubled(x), quarter));
  x = conv('dec_conv2b', conv('dec_conv2a', doubled(x), half));
  x = conv('dec_conv0', conv('dec_conv1b', conv('dec_conv1a', doubled(x), input)));
  const out = new Float64Array(3 * width * height);
  for (let i = 0; i < out.length; i++) {
    const [column, row] = [Math.floor(i / 3) % width, Math.floor(i / (3 * width))];
    out[i] = light((x.channels[i % 3]?.[row * wide + column] ?? 0) * seen(MOST)) / scale;
  }
  return out;
}

/** What brings the picture's middling light to 0.18. */
export function middlingScale(means: Float32Array, width: number, height: number): number {
  return 0.18 * 2 ** -Math.round(middlingLog2(means, width, height));
}

function seen(y: number): number {
  if (y <= 1.5794576e-6) return 1412.83765 * y;
  if (y <= 0.0322087631) return 1.64593172 * y ** 0.431384981 - 0.00294139609;
  return 0.192653254 * Math.log(y + 0.00626026094) + 0.998620152;
}

function light(x: number): number {
  if (x <= 0.00223151711) return x / 1412.83765;
  if (x <= 0.370974749) return ((x + 0.00294139609) / 1.64593172) ** (1 / 0.431384981);
  return Math.exp((x - 0.998620152) / 0.192653254) - 0.00626026094;
}

function middlingLog2(means: Float32Array, width: number, height: number): number {
  const [columns, lines] = [Math.ceil(width / 16), Math.ceil(height / 16)];
  const sums = new Float64Array(columns * lines);
  const counts = new Float64Array(columns * lines);
  const binOf = (at: number, side: number, bins: number): number => {
    for (let bin = 0; ; bin++) if (at < Math.floor(((bin + 1) * side) / bins)) return bin;
  };
  for (let i = 0; i < width * height; i++) {
    const bin = binOf(Math.floor(i / width), height, lines) * columns + binOf(i % width, width, columns);
    const of = (c: number) => means[3 * i + c] ?? 0;
    sums[bin] = (sums[bin] ?? 0) + 0.212671 * of(0) + 0.71516 * of(1) + 0.072169 * of(2);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const logs = Array.from(sums, (sum, bin) => Math.log2(sum / (counts[bin] ?? 1)));
  return logs.reduce((sum, value) => sum + value, 0) / logs.length;
}

function convolved(layer: Layer | undefined, images: readonly Image[]): Image {
  const [{ width, height } = { width: 0, height: 0 }] = images;
  const inputs = images.flatMap(({ channels }) => channels);
  if (!layer || inputs.length !== layer.inChannels) throw new Error('the layers do not fit');
  const channels = Array.from({ length: layer.outChannels }, (_, output) => {
    const out = new Float64Array(width * height).fill(layer.biases[output] ?? 0);
    for (const [input, from] of inputs.entries()) {
      for (let tap = 0; tap < 9; tap++) {
        const weight = layer.weights[9 * (output * inputs.length + input) + tap] ?? 0;
        const [dx, dy] = [(tap % 3) - 1, Math.floor(tap / 3) - 1];
        for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
          for (let x = Math.max(0, -dx); x < Math.min(width, width - dx); x++) {
            out[y * width + x] = (out[y * width + x] ?? 0) + weight * (from[(y + dy) * width + x + dx] ?? 0);
          }
        }
      }
    }
    return out.map((value) => Math.max(value, 0));
  });
  return { width, height, channels };
}

function pooled({ width, height, channels }: Image): Image {
  const at = (from: Float64Array, x: number, y: number) => from[y * width + x] ?? 0;
  return resized(width / 2, height / 2, channels, (from, x, y) =>
    Math.max(...[0, 1, 2, 3].map((k) => at(from, 2 * x + (k & 1), 2 * y + (k >> 1)))),
  );
}

function doubled({ width, height, channels }: Image): Image {
  return resized(2 * width, 2 * height, channels, (from, x, y) => from[(y >> 1) * width + (x >> 1)] ?? 0);
}

function resized(
  width: number,
  height: number,
  channels: readonly Float64Array[],
  of: (from: Float64Array, x: number, y: number) => number,
): Image {
  const made = channels.map((from) =>
    Float64Array.from({ length: width * height }, (_, i) => of(from, i % width, Math.floor(i / width))),
  );
  return { width, height, channels: made };
}
