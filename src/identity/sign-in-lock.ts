/** So many failures within the window lock a name for as long. */
export const FAILURES = 5;
export const LOCK_MINUTES = 15;
/** So many failures from one address within these minutes stop it. */
export const ADDRESS_FAILURES = 20;
export const ADDRESS_MINUTES = 10;
/** Failures older than this can no longer matter. */
export const HORIZON_MINUTES = 4 * LOCK_MINUTES;

const LOCK = LOCK_MINUTES * 60_000;

/**
 * Until when a name is locked after these failures (oldest first), or null. It is the same for names that exist
 * and names that do not, so the lock tells nothing about who is registered.
 */
export function lockedUntil(failures: readonly Date[], now: Date): Date | null {
  let until = 0;
  let streak: number[] = [];
  for (const failure of failures) {
    const at = failure.getTime();
    if (at < until) continue;
    streak = [...streak.filter((one) => at - one < LOCK), at];
    if (streak.length < FAILURES) continue;
    until = at + LOCK;
    streak = [];
  }
  return until > now.getTime() ? new Date(until) : null;
}
