export const ROOT: string;
export const LINE: readonly string[];
export function floorOf(file: string): string | null;
export function offence(file: string, specifier: string): string | null;
