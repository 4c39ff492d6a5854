/** Whatever bytes a client sends to a door. */
import { itWithstands } from '../wire/fuzzed.testing.ts';
import { MAX_CONTROL_LINE_BYTES } from './nats-commands.ts';
import { NatsParser } from './nats-parser.ts';

const LIMITS = { maxPayloadBytes: 1024, maxControlLineBytes: MAX_CONTROL_LINE_BYTES };
const good = [
  'CONNECT {"verbose":false,"pedantic":false,"user":"a","pass":"b","lang":"go"}\r\nPING\r\n',
  'PUB a.b re.ply 5\r\nhello\r\nSUB a.* workers 2\r\nUNSUB 2 5\r\n',
  'HPUB a.b 12 14\r\nNATS/1.0\r\n\r\nhi\r\n+OK\r\nINFO {}\r\n',
].map((text) => new TextEncoder().encode(text));

itWithstands(
  {
    'the parser of NATS commands': (bytes) => {
      const parser = new NatsParser(LIMITS);
      const half = bytes.length >> 1;
      for (const chunk of [bytes.subarray(0, half), bytes.subarray(half)]) {
        parser.push(chunk);
        while (parser.next());
      }
    },
  },
  good,
  17,
);
