/**
 * Layout of the network between the source and one replica.
 *
 *     events: a ring of packets, of which the bytes lie in a byte ring beside it
 *     packet (Float64)  │ END │ ASKS │ SENT_AT │ DUE_AT │ BYTES │
 *     freed  (Int32)    │ bytes that the replica has taken, modulo 2³² │
 *
 *     ACKs: a ring of messages
 *     ACK (Float64)     │ POSITION │ SENT_AT │ ARRIVED_AT │ RELAYED_AT │ DUE_AT │
 *
 * The word of a sleeper: 1 while the fiber of that side sleeps; so has a dump reader that collects its own ACKs.
 *
 *     closed (Int32)    │ 1 once one side has gone │
 */
import { NET_BUFFER_BYTES } from '../../actors/primitives.js';
import type { Arena } from '../../sync/arena.js';
import { type SpscMemory, takeSpscMemory } from '../../sync/spsc-ring.js';

export const END = 0;
export const ASKS = 1;
export const SENT_AT = 2;
export const DUE_AT = 3;
export const BYTES = 4;
const PACKET_WORDS = 5;

export const ACK_POSITION = 0;
export const ACK_SENT_AT = 1;
export const ACK_ARRIVED_AT = 2;
export const ACK_RELAYED_AT = 3;
export const ACK_DUE_AT = 4;
const ACK_WORDS = 5;

/** Packets in flight or unread before the sender must wait. */
const WINDOW_PACKETS = 256;
/** ACKs in flight or unread before the replica takes no more packets. */
const ACKS = 2 * WINDOW_PACKETS;

export interface LinkMemory {
  readonly packets: SpscMemory;
  readonly bytes: Uint8Array;
  readonly freed: Int32Array;
  readonly receiverSleeps: Int32Array;
  readonly senderSleeps: Int32Array;
  readonly acks: SpscMemory;
  readonly collectorSleeps: Int32Array;
  readonly closed: Int32Array;
}

/** `largestEvent`: bytes, its semi-sync header included. */
export function takeLinkMemory(arena: Arena, largestEvent: number): LinkMemory {
  const largestPacket = NET_BUFFER_BYTES + largestEvent;
  return {
    packets: takeSpscMemory(arena, WINDOW_PACKETS, PACKET_WORDS),
    bytes: arena.uint8(2 ** Math.ceil(Math.log2(Math.max(2 ** 20, 4 * largestPacket)))),
    freed: arena.int32(1),
    receiverSleeps: arena.int32(1),
    senderSleeps: arena.int32(1),
    acks: takeSpscMemory(arena, ACKS, ACK_WORDS),
    collectorSleeps: arena.int32(1),
    closed: arena.int32(1),
  };
}

/** Whoever may be asleep on the connection is to be woken after this. */
export function closeLink({ closed }: LinkMemory): void {
  Atomics.store(closed, 0, 1);
}
export const isClosed = ({ closed }: LinkMemory): boolean => Atomics.load(closed, 0) === 1;
