/** The embedded PostgreSQL cannot be used here. The message is for the operator: Japanese first, English below. */
export class PostgresUnavailable extends Error {
  constructor(japanese: string, english: string, cause?: unknown) {
    super(`${japanese}\n${english}`, { cause });
    this.name = 'PostgresUnavailable';
  }
}
