/** The numbers of a material's layers, checked before they reach the kernel: see scene-check.ts. */
import type { FlatMaterial } from '../scene/index.ts';

/** What the checks report to: each throws when the value is not as said. */
export interface LayerChecks {
  number(name: string, value: number, low: number, high: number): void;
  texture(index: number): void;
}

/** Factors above this overflow single precision within a few bounces. */
const LARGEST = 1e15;
/** Nothing shown is denser than diamond or germanium; beyond this the arithmetic of bending loses its digits. */
const LARGEST_IOR = 1000;
/** Abbe number 0.2: no glass comes near, and red and blue may not change sides. */
const LARGEST_DISPERSION = 100;
/** Nanometres: a millimetre. */
const THICKEST_FILM = 1e6;

/** `of` names the material. */
export function checkLayers(material: FlatMaterial, of: string, check: LayerChecks): void {
  const { volume, specular, clearcoat, sheen, anisotropy, iridescence, diffuseTransmission } = material;
  check.texture(material.transmissionTexture);
  if (volume) {
    check.number(`index of refraction of ${of}`, material.ior, 0, LARGEST_IOR);
    check.number(`attenuation distance of ${of}`, volume.attenuationDistance, 0, Number.POSITIVE_INFINITY);
    for (const value of volume.attenuationColor) check.number(`attenuation of ${of}`, value, 0, 1);
    check.number(`dispersion of ${of}`, volume.dispersion, 0, LARGEST_DISPERSION);
  }
  if (specular) {
    check.number(`specular strength of ${of}`, specular.strength, 0, 1);
    for (const value of specular.color) check.number(`specular colour of ${of}`, value, 0, LARGEST);
    check.texture(specular.strengthTexture);
    check.texture(specular.colorTexture);
  }
  if (clearcoat) {
    check.number(`clearcoat of ${of}`, clearcoat.strength, 0, 1);
    check.number(`clearcoat roughness of ${of}`, clearcoat.roughness, 0, 1);
    check.number(`clearcoat normal scale of ${of}`, clearcoat.normalScale, -LARGEST, LARGEST);
    check.texture(clearcoat.strengthTexture);
    check.texture(clearcoat.roughnessTexture);
    check.texture(clearcoat.normalTexture);
  }
  if (sheen) {
    for (const value of sheen.color) check.number(`sheen of ${of}`, value, 0, 1);
    check.number(`sheen roughness of ${of}`, sheen.roughness, 0, 1);
    check.texture(sheen.colorTexture);
    check.texture(sheen.roughnessTexture);
  }
  if (anisotropy) {
    check.number(`anisotropy of ${of}`, anisotropy.strength, 0, 1);
    check.number(`anisotropy rotation of ${of}`, anisotropy.rotation, -LARGEST, LARGEST);
    check.texture(anisotropy.texture);
  }
  if (diffuseTransmission) {
    check.number(`diffuse transmission of ${of}`, diffuseTransmission.strength, 0, 1);
    for (const value of diffuseTransmission.color) check.number(`transmitted colour of ${of}`, value, 0, 1);
    check.texture(diffuseTransmission.strengthTexture);
    check.texture(diffuseTransmission.colorTexture);
  }
  if (iridescence) {
    check.number(`iridescence of ${of}`, iridescence.strength, 0, 1);
    check.number(`iridescence index of refraction of ${of}`, iridescence.ior, 1, LARGEST_IOR);
    check.number(`film thickness of ${of}`, iridescence.thicknessMinimum, 0, THICKEST_FILM);
    check.number(`film thickness of ${of}`, iridescence.thicknessMaximum, 0, THICKEST_FILM);
    check.texture(iridescence.strengthTexture);
    check.texture(iridescence.thicknessTexture);
  }
}
