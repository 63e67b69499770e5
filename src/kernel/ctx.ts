import type { EntityManager } from 'typeorm';
import type { Clock } from './clock.js';

/** A role that somebody holds; in one department, or everywhere in the organisation when null. */
export interface Grant {
  readonly role: string;
  readonly department: string | null;
}

export interface Actor {
  /** Null for the product itself (jobs, set-up). */
  readonly id: string | null;
  readonly name: string;
  readonly department: string | null;
  readonly grants: readonly Grant[];
}

/**
 * First argument of every service method: who acts, for which organisation, in which transaction, when.
 * The roof opens one transaction per request, the worker one per step of a job.
 */
export interface Ctx {
  readonly actor: Actor;
  readonly organisation: string;
  readonly tx: EntityManager;
  readonly clock: Clock;
}

export const PRODUCT: Actor = { id: null, name: 'システム', department: null, grants: [] };
