/**
 * Stands in for the compiled worker: what it returns depends on the settings alone, `think` is how long it computes
 * (in real µs), and 666 clients break it.
 */
export function runPoint({ settings, precision }) {
  const end = performance.now() + settings.think.mean / 1000;
  while (performance.now() < end);
  if (settings.clients === 666) throw new RangeError('the engine stumbled');
  return {
    runtime: 'virtual',
    profile: settings.profile,
    wait_point: settings.wait_point,
    replicas: settings.replicas,
    rtt_us: '1000',
    relay_fsync_us: '100',
    clients: settings.clients,
    tps: settings.clients / 3,
    tps_ci95_low: precision,
    tps_ci95_high: settings.group_commit_count,
    seed: settings.seed,
    group_commit_count: settings.group_commit_count,
    warnings: settings.clients % 10 === 7 ? 'seven, "as asked"' : null,
  };
}
