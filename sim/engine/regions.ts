/**
 * Round trips between ten cloud regions, ms: of the size that cloudping.co publishes as medians between AWS regions,
 * rounded and written down from memory, so good to about a tenth. Within a region it is a few ms of the last mile.
 */
export const REGIONS = [
  'us-east-1',
  'us-west-2',
  'ca-central-1',
  'sa-east-1',
  'eu-west-1',
  'eu-central-1',
  'af-south-1',
  'ap-south-1',
  'ap-southeast-1',
  'ap-northeast-1',
] as const;

export const LATENCIES_OF_REGIONS: readonly (readonly number[])[] = [
  [2, 66, 15, 115, 68, 92, 226, 195, 218, 150],
  [66, 2, 60, 176, 122, 142, 278, 218, 164, 98],
  [15, 60, 2, 125, 70, 93, 226, 192, 212, 146],
  [115, 176, 125, 2, 178, 204, 340, 302, 322, 257],
  [68, 122, 70, 178, 2, 26, 160, 124, 178, 204],
  [92, 142, 93, 204, 26, 2, 156, 126, 162, 226],
  [226, 278, 226, 340, 160, 156, 2, 270, 318, 355],
  [195, 218, 192, 302, 124, 126, 270, 2, 60, 128],
  [218, 164, 212, 322, 178, 162, 318, 60, 2, 70],
  [150, 98, 146, 257, 204, 226, 355, 128, 70, 2],
];
