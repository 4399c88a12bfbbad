/** Two threads want the same role, again and again. */
import type { Stage, Tally } from './stage.js';

/** Allowed: of two that take a role at the same time, one gets it and the other throws. */
export function taker(stage: Stage): Tally {
  const { takeRole } = stage.engine.role;
  const roles = stage.arena.int32(stage.rounds);
  const arrived = stage.arena.int32(1);
  stage.begin();
  let taken = 0;
  for (let round = 0; round < stage.rounds; round++) {
    stage.meet(arrived, round);
    try {
      takeRole(roles, round, 'it');
      taken++;
    } catch {
      // The other one has it.
    }
    stage.round(round);
  }
  return { taken };
}
