/** How the system speaks on its own subjects: as one more client of the Broker, in JSON. */
import type { Broker, Subject } from '../contract.ts';

const utf8 = new TextEncoder();

/** @param reach `node`: only to subscriptions of this Node's own clients */
export type Say = (subject: Subject, record: object, reach: 'node' | 'network') => void;

export function sayer(broker: Pick<Broker, 'connect'>): Say {
  const connection = broker.connect({ hear: () => undefined });
  const options = { name: 'leafcutter', echo: true, headers: true, noResponders: false };
  connection.say({ type: 'connect', options });
  return (subject, record, reach) =>
    connection.say({
      ...{ type: 'pub', subject, reply: undefined, headers: undefined, ack: undefined },
      payload: utf8.encode(JSON.stringify(record)),
      ...(reach === 'node' && { reach }),
    });
}
