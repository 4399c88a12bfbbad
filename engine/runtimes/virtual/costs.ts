/** What the threads of source and replicas compute, each cost drawn from a stream of its own; in every runtime. */
import type { Costs } from '../../actors/cluster.js';
import type { Settings } from '../../protocol/parameters.js';
import type { Streams } from './random.js';

export function createCosts(settings: Settings, streams: Streams): Costs {
  return {
    client: streams.cost(settings.cpu_client),
    statement: streams.cost(settings.cpu_statement),
    flush: streams.cost(settings.cpu_flush),
    commit: streams.cost(settings.cpu_commit),
    eventRead: streams.cost(settings.cpu_event_read),
    eventSend: streams.cost(settings.cpu_event_send),
    send: streams.cost(settings.cpu_send),
    eventReceive: streams.cost(settings.cpu_event_receive),
    ack: streams.cost(settings.cpu_ack),
    semisync: streams.cost(settings.cpu_semisync),
  };
}
