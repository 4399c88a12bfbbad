/** What a server says its threads are doing, in MySQL's words. */
import { PHASES } from '../../measure/phases.js';
import type { ReplicaView } from './replication.js';
import type { LiveServer } from './server.js';

/** In a phase of its commit. */
export function commitState(phase: number): string {
  const name = PHASES[phase] as string;
  if (name.startsWith('ACK')) return 'Waiting for semi-sync ACK from slave';
  return name === 'execution' ? 'update' : 'query end';
}

export const ioThreadState = (io: ReplicaView['io']): string =>
  ({ stopped: '', connecting: 'Connecting to master', running: 'Waiting for master to send event' })[io];

export function sqlThreadState({ profile }: LiveServer, { isBehind }: ReplicaView): string {
  if (isBehind) return 'Reading event from the relay log';
  return profile === 'mysql-5.6'
    ? 'Slave has read all relay log; waiting for the slave I/O thread to update it'
    : 'Slave has read all relay log; waiting for more updates';
}
