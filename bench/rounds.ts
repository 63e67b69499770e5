/** Milliseconds of one piece of work. */
export async function timed(work: () => unknown): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

/**
 * Does the works in turn, round after round, so that other work on the machine counts for all of them. Each says its milliseconds;
 * those of the first rounds, which warm up, are left out.
 */
export async function inTurn<Name extends string>({ warmUp = 0, rounds }: { warmUp?: number; rounds: number }, works: Readonly<Record<Name, (round: number) => Promise<number>>>): Promise<Record<Name, number[]>> {
  const names = Object.keys(works) as Name[];
  const times = Object.fromEntries(names.map((name): [Name, number[]] => [name, []])) as Record<Name, number[]>;
  for (let round = 0; round < warmUp + rounds; round += 1) {
    for (const name of names) {
      const ms = await works[name](round);
      if (round >= warmUp) times[name].push(ms);
    }
  }
  return times;
}

/** The number below which this share of all lies; 0.5 is the median. */
export const quantile = (numbers: readonly number[], share: number): number => [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))]!;
export const rounded = (value: number): number => Number(value.toFixed(2));

export interface Beside { p50: number; p95: number; floor: number; ratio: number }
/** The times of the product beside those of its floor, in milliseconds with two digits. */
export function beside(ours: readonly number[], floor: readonly number[]): Beside {
  const [middle, least] = [quantile(ours, 0.5), quantile(floor, 0.5)];
  return { p50: rounded(middle), p95: rounded(quantile(ours, 0.95)), floor: rounded(least), ratio: rounded(middle / least) };
}
