/**
 * An image of which only the last rows are kept: rows are made when they are asked for, two at a time, with all those before them, and forgotten
 * some rows later. So a network of convolutions needs a few rows of each layer, whatever the height of the picture.
 */
export class Rows {
  readonly channels: number;
  readonly width: number;
  readonly height: number;
  /** Bytes of a pixel. */
  readonly pixelBytes: number;
  readonly #kept: number;
  readonly #rowBytes: number;
  readonly #first: number;
  readonly #nothing: number;
  readonly #make: (y: number, first: number, second: number) => void;
  #made = 0;

  /**
   * @param kept rows that can still be asked for, the newest two included; an even number
   * @param make writes rows y and y + 1 at the addresses of their pixels 0; rows come in order, and the last may be one below the image
   */
  constructor(
    room: RowRoom,
    size: { readonly width: number; readonly height: number; readonly channels: number },
    kept: number,
    make: (y: number, first: number, second: number) => void,
  ) {
    this.width = size.width;
    this.height = size.height;
    this.channels = size.channels;
    this.pixelBytes = 4 * size.channels;
    // One pixel before, one behind, and rows are made eight pixels at a time.
    this.#rowBytes = (8 * Math.ceil(size.width / 8) + 2) * this.pixelBytes;
    this.#kept = Math.min(kept, 2 * Math.ceil(size.height / 2));
    this.#first = room.take(this.#kept * this.#rowBytes);
    this.#nothing = room.nothing(this.#rowBytes);
    this.#make = make;
  }

  /** Address of the pixel before the first of row y; outside of the image all is 0. */
  at(y: number): number {
    if (y < 0 || y >= this.height) return this.#nothing;
    while (this.#made <= y) {
      const [first, second] = [this.#addressOf(this.#made), this.#addressOf(this.#made + 1)];
      this.#make(this.#made, first + this.pixelBytes, second + this.pixelBytes);
      this.#made += 2;
    }
    if (y < this.#made - this.#kept) throw new Error(`row ${y} of ${this.height} is forgotten`);
    return this.#addressOf(y);
  }

  #addressOf(y: number): number {
    return this.#first + (y % this.#kept) * this.#rowBytes;
  }
}

/** Where rows are. */
export interface RowRoom {
  /** @returns the address of so many bytes, all 0 */
  take(bytes: number): number;
  /** @returns the address of at least so many bytes that stay 0 */
  nothing(bytes: number): number;
}
