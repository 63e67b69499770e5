import { randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { Problem } from '../kernel/errors.js';

/** argon2id; the least that OWASP recommends (19 MiB, 2 passes, 1 lane), about 30 ms. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const SHORTEST = 12;
const LONGEST = 200;

/** Without what people repeat in every list of leaked passwords; the rest of such a list is shorter than 12 characters. */
const COMMON = [
  'password', 'passw0rd', 'qwerty', 'asdfgh', 'zxcvbn', 'letmein', 'welcome', 'iloveyou', 'administrator', 'admin', 'tenken', 'mynumber',
  'changeme', 'sunshine', 'princess', 'football', 'baseball', 'dragon', 'monkey', 'master', 'sakura', 'doraemon', 'nippon', 'japan', 'shiyakusho', 'shichoson',
];
const RUNS = ['0123456789012345678901234567890', '9876543210987654321098765432109', 'abcdefghijklmnopqrstuvwxyzabcdef', 'qwertyuiopasdfghjklzxcvbnm', '1qaz2wsx3edc4rfv5tgb6yhn7ujm', '1q2w3e4r5t6y7u8i9o0p'];

/** The same password typed with another keyboard is the same password. */
const folded = (password: string): string => password.normalize('NFKC');

export const hashPassword = (password: string): Promise<string> => hash(folded(password), COST);

let dummy: Promise<string> | undefined;

/** Checks a password. Without a stored hash the same work is done, so that the time tells nothing. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  dummy ??= hash('no account has this password', COST);
  const right = await verify(stored ?? (await dummy), folded(password.slice(0, LONGEST)));
  return right && stored !== null;
}

/** What is wrong with a new password; `path` names the field. */
export function passwordProblems(password: string, signInName: string, path = 'password'): Problem[] {
  const problem = (code: string, message: string): Problem[] => [{ code, path, message }];
  const plain = folded(password);
  const lower = plain.toLowerCase();
  if ([...plain].length < SHORTEST) return problem('password-short', `パスワードは${SHORTEST}文字以上にしてください。覚えやすい言葉をいくつかつなげると長くできます。`);
  if (plain.length > LONGEST) return problem('password-long', `パスワードは${LONGEST}文字までにしてください。`);
  if (signInName !== '' && lower.includes(signInName.toLowerCase())) return problem('password-name', 'パスワードに利用者IDを含めないでください。');
  if (isGuessed(lower)) return problem('password-common', 'よく使われるパスワードなので、推測されやすくなっています。別のものにしてください。');
  return [];
}

/** Few different characters, a row of keys, or a common word with little else. */
function isGuessed(lower: string): boolean {
  if (new Set(lower).size < 5 || RUNS.some((run) => run.includes(lower) || lower.includes(run))) return true;
  const rest = COMMON.reduce((left, word) => left.replaceAll(word, ''), lower).replace(/[\d!-/:-@[-`{-~]/gu, '');
  return rest.length < 3;
}

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A password for the first sign-in: four groups of four, without letters that look alike (79 bits). */
export function oneTimePassword(): string {
  return Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]!).join('')).join('-');
}
