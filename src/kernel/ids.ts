import { randomBytes, randomUUID } from 'node:crypto';

/** Id of a new object. */
export const newId = (): string => randomUUID();

/** Unguessable token, 256 bits, URL-safe. */
export const newToken = (): string => randomBytes(32).toString('base64url');

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const isId = (text: unknown): text is string => typeof text === 'string' && UUID.test(text);
