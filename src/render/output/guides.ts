/** What a renderer can say about each pixel besides its light: for the denoiser, and as layers of an EXR. */
export interface GuideImages {
  /** The share of light that the first surface returns, linear RGB, 3 floats a pixel, row-major, mean over the pixel. */
  readonly albedo: Float32Array;
  /** World space, XYZ, 3 floats a pixel, mean over the pixel: shorter than 1 at edges, 0 where nothing was hit. */
  readonly normal: Float32Array;
  /** Metres along the ray, 1 float a pixel; 0: nothing was hit. */
  readonly depth: Float32Array;
}
