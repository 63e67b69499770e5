import { hashPassword, oneTimePassword, passwordProblems, verifyPassword } from './passwords.js';

const codes = (password: string, name = 'tanto'): string[] => passwordProblems(password, name).map((one) => one.code);

describe('a new password', () => {
  it.each([
    ['short', 'kono-11-moj', 'password-short'],
    ['a character short when each counts once', '𠮷野家の並盛り牛丼です', 'password-short'],
    ['with the 利用者ID in it', 'watashi-no-Tanto-2026', 'password-name'],
    ['one character repeated', 'aaaaaaaaaaaaaa', 'password-common'],
    ['a row of digits', '123456789012', 'password-common'],
    ['a row of keys', 'qwertyuiopas', 'password-common'],
    ['a common word with digits', 'Password2026!', 'password-common'],
    ['two common words', 'adminpassword', 'password-common'],
    ['full-width, which is the same as half-width', 'ｐａｓｓｗｏｒｄ１２３４', 'password-common'],
    ['longer than can be stored', 'ながい言葉'.repeat(41), 'password-long'],
  ])('%s is refused', (_, password, code) => {
    expect(codes(password)).toEqual([code]);
  });

  it.each(['midori no yama 7 kudari', 'ちいさな森の朝の散歩道ゆっくり', 'k9#Vt2!pLwQ8'])('%s is taken', (password) => {
    expect(codes(password)).toEqual([]);
  });

  it('is kept as argon2id with the cost that OWASP names, and recognised', async () => {
    const stored = await hashPassword('midori no yama 7 kudari');
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verifyPassword(stored, 'midori no yama 7 kudari')).toBe(true);
    expect(await verifyPassword(stored, 'midori no yama 7 kudarI')).toBe(false);
    expect(await verifyPassword(null, 'midori no yama 7 kudari')).toBe(false);
    expect(await verifyPassword(null, 'no account has this password')).toBe(false);
  });

  it('takes about the same time for a name that does not exist', async () => {
    const stored = await hashPassword('midori no yama 7 kudari');
    // The fastest of interleaved rounds: what else the machine does makes some of them slower, never faster.
    const fastest = { known: Infinity, unknown: Infinity };
    for (let round = 0; round < 12; round += 1) {
      for (const [name, hash] of [['known', stored], ['unknown', null]] as const) {
        const start = process.hrtime.bigint();
        await verifyPassword(hash, 'something else entirely');
        if (round > 0) fastest[name] = Math.min(fastest[name], Number(process.hrtime.bigint() - start));
      }
    }
    const { known, unknown } = fastest;
    expect(Math.max(known, unknown) / Math.min(known, unknown)).toBeLessThan(2);
  });

  it('for the first sign-in is long, different each time and fits the rules', () => {
    const made = new Set(Array.from({ length: 50 }, oneTimePassword));
    expect(made.size).toBe(50);
    for (const one of made) {
      expect(one).toMatch(/^([a-hj-km-np-z2-9]{4}-){3}[a-hj-km-np-z2-9]{4}$/);
      expect(codes(one)).toEqual([]);
    }
  });
});
