/** The environments of @pmndrs/assets (512 x 256 EXR) as our own small maps. Build time only. */
import { DataUtils } from 'three';
import { EXRLoader } from 'three/examples/jsm/loaders/EXRLoader.js';
import { encodeEnvironment } from '../bytes/environment.ts';
import { dataUriBytes } from './models.ts';

/** @param dataUri an EXR with RGBA half floats, first row at the bottom as three.js reads it */
export function environmentFromExr(dataUri: string): Uint8Array {
  const bytes = dataUriBytes(dataUri);
  const { width = 0, height = 0, data = [] } = new EXRLoader().parse(bytes.buffer);
  const rgb = new Float32Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = 4 * ((height - 1 - y) * width + x);
      const to = 3 * (y * width + x);
      for (let c = 0; c < 3; c++) rgb[to + c] = DataUtils.fromHalfFloat(Number(data[from + c] ?? 0));
    }
  }
  return encodeEnvironment({ width, height, rgb });
}
