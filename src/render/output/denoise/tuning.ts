/** The filter's knobs, with what each trades. Chosen on the built-in scenes at 4 to 256 samples against long references. */
export const TUNING = {
  /** Distance of two unit normals that counts 1: 0.2 is 11 degrees. Larger blurs over creases, smaller keeps grain on curves. */
  normalTolerance: 0.2,
  /** Distance in linear albedo that counts 1. */
  albedoTolerance: 0.12,
  /** Share of the depth that a pixel may lie off the other's plane to count 1. */
  depthTolerance: 0.02,
  /** Difference in light that counts 1, in variances of the difference: more smooths more and blurs weak shadows. */
  noiseTolerance: 2,
  /** Steps 1, 2, 4, 8, 16 pixels wide: light is shared over 62 pixels in each direction. */
  levels: 5,
  /** Pixels at least this many times as bright as the second brightest around are fireflies, if their noise agrees. */
  fireflyFactor: 1.5,
  /**
   * The same where the noise is not known. The pixel filter spreads a highlight over four pixels, a firefly not: but only by
   * so much is that sure, and a lost highlight is worse than a spark left.
   */
  sureFireflyFactor: 30,
  /** An estimated noise counts up to this multiple of the picture's typical one (in standard deviations). */
  noiseCeiling: 10,
  /** Differences below this share of the light are nothing anyone sees: they are smoothed whatever the noise. */
  invisible: 1e-4,
  /** Noise is averaged over alike pixels of a square of 2 r + 1. */
  varianceRadius: 3,
};
