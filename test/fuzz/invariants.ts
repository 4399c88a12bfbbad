/** What must hold after every event of a run, whatever is done to the cluster: each with a name and one sentence. */
export const INVARIANTS = {
  'binlog grows': 'The binlog’s end and its safe end never go back, and what dump readers may send has been written.',
  'published is durable':
    'With sync_binlog=1 dump readers may send, and clients are told of, only what an fsync of the binlog has covered.',
  'flushed is flushed': 'No log is taken to be flushed farther than an fsync that has ended covers.',
  'relay log is a prefix':
    'A relay log ends at the end of an event that the source has published, and grows event by event.',
  'relay log loses its tail':
    'A relay log goes back only when its machine crashes, and then to what had been flushed of it, no less.',
  'stream is whole': 'A connection brings each event once, in the binlog’s order, from where the replica asked for it.',
  'ACK tells the truth':
    'What a replica is taken to have acknowledged is in its relay log, flushed as sync_relay_log says.',
  quorum: 'The acknowledged position is in the relay logs of wait_for_slave_count semi-sync replicas.',
  'OK is covered':
    'A client told OK while semi-sync has been ON all along has its transaction in the relay logs of a quorum.',
  lossless: 'Under AFTER_SYNC, ON all along, nobody sees a transaction before a quorum has it in its relay log.',
  'one answer': 'A session is answered once for each transaction, and the transaction is in the binlog.',
  'nothing is lost on the way': 'The binlog’s transactions are those answered and those under way.',
  'commit order is binlog order': 'With order_commits the engine commits in the order of the binlog, leaving none out.',
  'wait ends in time': 'Nobody sleeps for an ACK longer than the timeout that held when the sleep began.',
  'covered waiters are woken':
    'When an ACK has reached the earliest waited-for position, nobody whose ACK it is sleeps on; while OFF nobody sleeps.',
  'wait position is open': 'The earliest waited-for position, while set, lies beyond the acknowledged one.',
  'OFF for a reason': 'Semi-sync switches OFF when a wait timed out, replicas are too few, or somebody sets it so.',
  'OFF with too few':
    'With wait_no_slave=OFF semi-sync is OFF as soon as the source notices that a replica has left too few.',
  'ON when caught up': 'Semi-sync switches ON when a quorum has all that was flushed, or somebody sets it so.',
  'clients add up': 'Rpl_semi_sync_master_clients counts each connected semi-sync replica once.',
  'counters add up':
    'yes_tx, no_tx, no_times, net_waits, tx_waits, tx_wait_time and wait_sessions agree with what happened.',
  'mutual exclusion': 'A mutex has one holder at most, and only the holder lets go of it.',
  'time goes on': 'Time never goes back, and no machine does more work than its cores can.',
  'no deadlock': 'With no new statements, every transaction under way is answered.',
  'replicas catch up': 'A replica with a sound connection ends up with the whole binlog.',
} as const satisfies Readonly<Record<string, string>>;

export type InvariantName = keyof typeof INVARIANTS;
