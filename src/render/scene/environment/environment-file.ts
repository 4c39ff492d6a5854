/** The heavy half of `readEnvironment`. */
import { messageOf } from '../../../runtime/index.ts';
import { AGAIN, SceneError } from '../errors.ts';
import type { EnvironmentMap } from '../format.ts';
import { MAX_EXR_TEXELS, MAX_RADIANCE_TEXELS } from '../limits.ts';
import { saidBy } from '../said-by.ts';
import { EnvironmentBuilder } from './environment-builder.ts';
import { isExr, readExrHeader, readExrPixels } from './open-exr.ts';
import { isRadiance, readRadianceHeader, readRadianceRows } from './radiance-hdr.ts';

/** As `readEnvironment`. */
export function readEnvironmentFile(fileName: string, bytes: Uint8Array): EnvironmentMap {
  const part = `the environment "${fileName.slice(0, 200)}"`;
  try {
    if (isRadiance(bytes)) return fromRadiance(bytes, part);
    if (isExr(bytes)) return fromExr(bytes, part);
  } catch (cause) {
    if (cause instanceof SceneError) throw cause;
    const isUnsupported = /unsupported/i.test(messageOf(cause));
    throw new SceneError(
      isUnsupported ? 'image-unsupported' : 'image-damaged',
      part,
      isUnsupported
        ? `is an EXR of an unknown kind${saidBy(cause)}; save it as half or float, with ZIP`
        : `is cut short or damaged; ${AGAIN}`,
      { cause },
    );
  }
  throw new SceneError('image-unsupported', part, 'is neither Radiance (.hdr) nor OpenEXR (.exr)');
}

function fromRadiance(bytes: Uint8Array, part: string): EnvironmentMap {
  const header = readRadianceHeader(bytes);
  if (typeof header === 'string') throw new SceneError('image-damaged', part, header);
  const { width, height, isBottomUp, isRightToLeft } = header;
  checkSize(width, height, MAX_RADIANCE_TEXELS, part);
  const builder = new EnvironmentBuilder(width, height);
  const isWhole = readRadianceRows(bytes, header, (index, rgb) => {
    if (isRightToLeft) mirror(rgb);
    builder.addRow(isBottomUp ? height - 1 - index : index, rgb, 3);
  });
  if (!isWhole) throw new SceneError('image-damaged', part, `is cut short or damaged; ${AGAIN}`);
  return builder.map;
}

function fromExr(bytes: Uint8Array, part: string): EnvironmentMap {
  const header = readExrHeader(bytes);
  if (typeof header === 'string') throw new SceneError('image-unsupported', part, header);
  checkSize(header.width, header.height, MAX_EXR_TEXELS, part);
  const { width, height, rgba } = readExrPixels(bytes);
  if (rgba.length !== 4 * width * height || width !== header.width || height !== header.height) {
    throw new SceneError('image-damaged', part, `does not have the pixels that it should; ${AGAIN}`);
  }
  const builder = new EnvironmentBuilder(width, height);
  const row = new Float32Array(4 * width);
  for (let y = 0; y < height; y++) {
    const start = 4 * width * (height - 1 - y);
    for (let i = 0; i < row.length; i++) row[i] = rgba[start + i] ?? 0;
    builder.addRow(y, row, 4);
  }
  return builder.map;
}

function checkSize(width: number, height: number, maxTexels: number, part: string): void {
  const size = `is ${width} x ${height}`;
  if (width < 2 || height < 1 || Math.abs(width - 2 * height) > 0.01 * width) {
    const reason = `${size}; a panorama of all directions is twice as wide as high`;
    throw new SceneError('image-unsupported', part, reason);
  }
  if (width * height > maxTexels) {
    const side = Math.sqrt(maxTexels / 2);
    throw new SceneError('too-large', part, `${size}; up to ${2 * side} x ${side} pixels are read`);
  }
}

function mirror(rgb: Float32Array): void {
  const width = rgb.length / 3;
  for (let x = 0; 2 * x + 1 < width; x++) {
    for (let c = 0; c < 3; c++) {
      const [left, right] = [3 * x + c, 3 * (width - 1 - x) + c];
      const value = rgb[left] ?? 0;
      rgb[left] = rgb[right] ?? 0;
      rgb[right] = value;
    }
  }
}
