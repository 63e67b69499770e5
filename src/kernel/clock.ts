/** The one source of "now" and "today". Everything that depends on the day takes it from `ctx.clock`. */
export interface Clock {
  now(): Date;
  /** Today in Japan, ISO date. */
  today(): string;
}

const japan = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo', year: 'numeric', month: '2-digit', day: '2-digit' });

export const systemClock: Clock = {
  now: () => new Date(),
  today: () => japan.format(new Date()),
};

/** A clock that stands still, for tests and simulations. */
export function clockAt(instant: string): Clock {
  const at = new Date(instant);
  return { now: () => new Date(at), today: () => japan.format(at) };
}

/** The day of an instant in Japan, ISO. */
export const dayInJapan = (at: Date): string => japan.format(at);
