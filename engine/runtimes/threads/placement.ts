/** Which worker hosts which fiber. */
import type { Settings } from '../../protocol/parameters.js';

/**
 * `clients`: sessions with the committer; `readers`: dump readers; `acks`: the ACK receiver; `replicas`: I/O threads. The
 * clients are one worker's: the stages of the group commit are theirs.
 */
export const ROLES = ['clients', 'readers', 'acks', 'replicas'] as const;
export type Role = (typeof ROLES)[number];

/** One entry a worker, naming what it hosts; where several name a role, its fibers are dealt out among them. */
export type Placement = readonly (readonly Role[])[];

/** As many workers as there are cores, up to one for every fiber but the clients. */
export function defaultPlacement(cores: number, replicas: number): Placement {
  if (cores <= 1) return [['clients', 'readers', 'acks', 'replicas']];
  if (cores === 2) return [['clients'], ['readers', 'acks', 'replicas']];
  if (cores === 3) return [['clients'], ['readers', 'acks'], ['replicas']];
  const workers: Role[][] = [['clients'], ['readers'], ['acks'], ['replicas']];
  for (let more = 1; more < replicas && workers.length + 2 <= cores; more++) workers.push(['readers'], ['replicas']);
  return workers;
}

/** `clients/readers+acks/replicas`: workers divided by `/`, what each hosts by `+`. Throws `PlacementError`. */
export function parsePlacement(text: string): Placement {
  const placement = text.split('/').map((worker) => worker.split('+').map((role) => parseRole(role.trim(), text)));
  for (const role of ROLES) {
    const hosts = placement.filter((roles) => roles.includes(role)).length;
    if (hosts === 0)
      throw new PlacementError(`placement ${text}: nobody hosts the ${role}; name every one of ${ROLES.join(', ')}`);
    if (hosts > 1 && (role === 'clients' || role === 'acks')) {
      throw new PlacementError(
        `placement ${text}: the ${role} are one worker's; only readers and replicas can be divided`,
      );
    }
  }
  return placement;
}

export class PlacementError extends Error {
  override readonly name = 'PlacementError';
}

function parseRole(name: string, text: string): Role {
  const role = ROLES.find((each) => each === name);
  if (role) return role;
  throw new PlacementError(
    `placement ${text}: "${name}" is none of ${ROLES.join(', ')}; write clients/readers+acks/replicas, say`,
  );
}

export const placementText = (placement: Placement): string => placement.map((roles) => roles.join('+')).join('/');

/** Every fiber of a cluster, with its number and its worker: the same in every thread. */
export interface FiberPlan {
  readonly names: readonly string[];
  /** Index: fiber. */
  readonly owners: Uint8Array;
  readonly client: (session: number) => number;
  readonly arrivals: number;
  /** Sets variables of the source, where a cluster lives. */
  readonly administrator: number;
  /** Where replicas connect again, the reader of the last connection may not have ended: they take turns. */
  readonly reader: (replica: number, connection?: number) => number;
  readonly ackReceiver: number;
  readonly replica: (replica: number) => number;
}

export function planFibers({ clients, replicas }: Settings, placement: Placement): FiberPlan {
  const names: string[] = [];
  const owners: number[] = [];
  const place = (role: Role, count: number, name: (index: number) => string): number => {
    const first = names.length;
    const hosts = placement.flatMap((roles, worker) => (roles.includes(role) ? [worker] : []));
    for (let index = 0; index < count; index++) {
      names.push(name(index));
      owners.push(hosts[index % hosts.length] as number);
    }
    return first;
  };
  const client = place('clients', clients, (session) => `client ${session}`);
  const arrivals = place('clients', 1, () => 'arrivals');
  const administrator = place('clients', 1, () => 'administrator');
  const reader = place('readers', replicas, (replica) => `dump reader ${replica}`);
  const nextReader = place('readers', replicas, (replica) => `dump reader ${replica}, second`);
  const ackReceiver = place('acks', 1, () => 'ACK receiver');
  const replica = place('replicas', replicas, (index) => `replica ${index} I/O thread`);
  return {
    names,
    owners: Uint8Array.from(owners),
    client: (session) => client + session,
    arrivals,
    administrator,
    reader: (index, connection = 0) => (connection % 2 === 0 ? reader : nextReader) + index,
    ackReceiver,
    replica: (index) => replica + index,
  };
}
