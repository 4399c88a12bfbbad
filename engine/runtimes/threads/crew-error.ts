/** What ends a run on threads before its time. */

/** Nothing advanced, or a worker broke. The crew is of no use afterwards. */
export class CrewError extends Error {
  override readonly name = 'CrewError';
}

/** The disk that was named does not take what is written to it. `message` names the file. */
export class RealDiskError extends CrewError {}
