/** The formats that a scene's pictures may lie in: all that a tab needs to know of them before it opens one. */
export const IMAGE_FORMATS = ['png', 'jpeg', 'webp', 'ktx2', 'bmp', 'gif', 'tga'] as const;
export type ImageFormat = (typeof IMAGE_FORMATS)[number];
