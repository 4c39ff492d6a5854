/** Whether the picture is shown pixel by pixel instead of fitted to the stage. */
import { signal } from '@preact/signals';

export const isActualSize = signal(false);
