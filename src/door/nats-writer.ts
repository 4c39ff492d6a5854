/**
 * What a door says, as bytes: small things one behind another in one room, large payloads as they are, so that a burst of messages is one
 * write of the socket and no large one is copied.
 */
const encoder = new TextEncoder();
const EMPTY = new Uint8Array(0);
/** From here on a payload is a piece of its own: copying it costs more than one more piece in a write. Measured by nothing: a guess. */
const OWN_PIECE_BYTES = 8 * 1024;
const FIRST_ROOM_BYTES = 1024;
const MAX_ROOM_BYTES = 64 * 1024;
const CRLF = encoder.encode('\r\n');

interface LastLine {
  readonly sid: string;
  readonly subject: string;
  readonly bytes: number;
  readonly line: Uint8Array | undefined;
}

export class NatsWriter {
  #pieces: Uint8Array[] = [];
  #room: Uint8Array = EMPTY;
  /** Of `#room`: in `#pieces` up to `#from`, written up to `#to`. */
  #from = 0;
  #to = 0;
  #nextRoomBytes = FIRST_ROOM_BYTES;
  #lastLine: LastLine = { sid: '', subject: '', bytes: -1, line: undefined };

  /** A line without its end. */
  line(text: string): void {
    this.#text(`${text}\r\n`);
  }

  /** `headers`: undefined makes it a MSG. */
  message(
    sid: string,
    subject: string,
    reply: string | undefined,
    headers: Uint8Array | undefined,
    payload: Uint8Array,
  ): void {
    const to = reply === undefined ? '' : ` ${reply}`;
    if (headers === undefined && reply === undefined) {
      this.#plainLine(sid, subject, payload.length);
    } else if (headers === undefined) {
      this.#text(`MSG ${subject} ${sid}${to} ${payload.length}\r\n`);
    } else {
      this.#text(`HMSG ${subject} ${sid}${to} ${headers.length} ${headers.length + payload.length}\r\n`);
      this.#bytes(headers);
    }
    this.#bytes(payload);
    this.#bytes(CRLF);
  }

  /** Of a stream of messages of one subject and one size it is the same again and again: made once, when it comes for the second time. */
  #plainLine(sid: string, subject: string, bytes: number): void {
    const last = this.#lastLine;
    const isAgain = last.subject === subject && last.sid === sid && last.bytes === bytes;
    if (isAgain && last.line) {
      this.#bytes(last.line);
      return;
    }
    const text = `MSG ${subject} ${sid} ${bytes}\r\n`;
    this.#lastLine = { sid, subject, bytes, line: isAgain ? encoder.encode(text) : undefined };
    this.#text(text);
  }

  /** What has been said since, in order; it is the caller's. */
  take(): readonly Uint8Array[] {
    this.#cut();
    const pieces = this.#pieces;
    this.#pieces = [];
    // A connection at rest holds no room; one in a burst asks for a larger one each time.
    this.#nextRoomBytes = Math.min(MAX_ROOM_BYTES, Math.max(FIRST_ROOM_BYTES, 2 * this.#to));
    this.#room = EMPTY;
    this.#from = 0;
    this.#to = 0;
    return pieces;
  }

  #text(text: string): void {
    const most = 3 * text.length;
    this.#reserve(most);
    let at = this.#to;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit > 0x7f) {
        at = this.#to + encoder.encodeInto(text, this.#room.subarray(this.#to)).written;
        break;
      }
      this.#room[at++] = unit;
    }
    this.#to = at;
  }

  #bytes(bytes: Uint8Array): void {
    if (bytes.length >= OWN_PIECE_BYTES) {
      this.#cut();
      this.#pieces.push(bytes);
      return;
    }
    this.#reserve(bytes.length);
    this.#room.set(bytes, this.#to);
    this.#to += bytes.length;
  }

  #reserve(bytes: number): void {
    if (this.#to + bytes <= this.#room.length) return;
    this.#cut();
    this.#nextRoomBytes = Math.min(MAX_ROOM_BYTES, 2 * this.#nextRoomBytes);
    this.#room = new Uint8Array(Math.max(this.#nextRoomBytes, bytes));
    this.#from = 0;
    this.#to = 0;
  }

  #cut(): void {
    if (this.#to > this.#from) this.#pieces.push(this.#room.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }
}
