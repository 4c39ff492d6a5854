/**
 * The environments of @pmndrs/assets (512 x 256 EXR) as our own small maps, read as a person's own would be, and calibrated.
 * Build time only.
 */
import { encodeEnvironment } from '../bytes/environment.ts';
import { calibrated } from '../environment/calibrate.ts';
import { readEnvironmentFile } from '../environment/environment-file.ts';
import { dataUriBytes } from './models.ts';

/** @param dataUri an EXR */
export function environmentFromExr(dataUri: string): Uint8Array {
  return encodeEnvironment(calibrated(readEnvironmentFile('built-in.exr', dataUriBytes(dataUri))));
}
