/** The semi-sync counters of a source, as `SHOW GLOBAL STATUS LIKE '%semi%'` names and orders them. Times are µs. */
import type { SemiSync } from './semi-sync.js';

export function statusCounters(semisync: SemiSync): Record<string, number | string> {
  const average = (total: number, count: number): number => (count === 0 ? 0 : Math.round(total / count));
  return {
    Rpl_semi_sync_master_clients: semisync.clients,
    Rpl_semi_sync_master_net_avg_wait_time: average(semisync.netWaitTime, semisync.netWaits),
    Rpl_semi_sync_master_net_wait_time: Math.round(semisync.netWaitTime),
    Rpl_semi_sync_master_net_waits: semisync.netWaits,
    Rpl_semi_sync_master_no_times: semisync.noTimes,
    Rpl_semi_sync_master_no_tx: semisync.noTx,
    Rpl_semi_sync_master_status: semisync.enabled && semisync.on ? 'ON' : 'OFF',
    Rpl_semi_sync_master_timefunc_failures: 0,
    Rpl_semi_sync_master_tx_avg_wait_time: average(semisync.txWaitTime, semisync.txWaits),
    Rpl_semi_sync_master_tx_wait_time: Math.round(semisync.txWaitTime),
    Rpl_semi_sync_master_tx_waits: semisync.txWaits,
    Rpl_semi_sync_master_wait_pos_backtraverse: semisync.waitPosBacktraverse,
    Rpl_semi_sync_master_wait_sessions: semisync.waitSessions,
    Rpl_semi_sync_master_yes_tx: semisync.yesTx,
  };
}
