import { readConfig } from './config.js';
import { Invalid } from './errors.js';

const problemsOf = (env: Record<string, string>): string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof Invalid) return error.problems.map((one) => `${one.code} ${one.path}`);
    throw error;
  }
};

describe('configuration', () => {
  it('without settings: the embedded database, the demo city, port 3000, this machine only', () => {
    expect(readConfig({})).toMatchObject({ databaseUrl: null, demo: true, port: 3000, host: '127.0.0.1', https: false, sessionIdleMinutes: 60, sessionHours: 12 });
  });

  it('with a database of the operator there is no demo, and asking for it is refused', () => {
    expect(readConfig({ DATABASE_URL: 'postgresql://tenken@db.example/tenken' }).demo).toBe(false);
    expect(problemsOf({ DATABASE_URL: 'postgresql://tenken@db.example/tenken', TENKEN_DEMO: 'yes' })).toEqual(['config-demo TENKEN_DEMO']);
  });

  it('names every setting that does not fit, at once', () => {
    expect(problemsOf({ DATABASE_URL: 'mysql://x', PORT: '99999', TENKEN_SESSION_IDLE_MINUTES: '4', TENKEN_HTTPS: 'maybe', TENKEN_COLOUR: 'blue' })).toEqual([
      'config-invalid DATABASE_URL', 'config-invalid PORT', 'config-invalid TENKEN_HTTPS', 'config-invalid TENKEN_SESSION_IDLE_MINUTES', 'config-unknown TENKEN_COLOUR',
    ]);
  });

  it.each([['5', 5], ['720', 720]])('takes the bounds of the idle time: %s', (text, minutes) => {
    expect(readConfig({ TENKEN_SESSION_IDLE_MINUTES: text }).sessionIdleMinutes).toBe(minutes);
  });
  it.each(['4', '721', '6.5', 'x'])('refuses %s idle minutes', (text) => {
    expect(problemsOf({ TENKEN_SESSION_IDLE_MINUTES: text })).toEqual(['config-invalid TENKEN_SESSION_IDLE_MINUTES']);
  });

  it('never shows the password of the database', () => {
    try {
      readConfig({ DATABASE_URL: 'postgres:secret@nowhere' });
      throw new Error('was taken');
    } catch (error) {
      expect(error).toBeInstanceOf(Invalid);
      expect(JSON.stringify((error as Invalid).problems)).not.toContain('secret');
    }
  });

  it('puts letters into a folder unless a server of mail is set, and never shows its password', () => {
    expect(readConfig({})).toMatchObject({ smtpUrl: null, mailFrom: 'tenken@localhost.localdomain' });
    expect(readConfig({ TENKEN_SMTP_URL: 'smtps://user:pa%3Ass@mail.example:465', TENKEN_MAIL_FROM: 'kansa@example.lg.jp' })).toMatchObject({ smtpUrl: 'smtps://user:pa%3Ass@mail.example:465', mailFrom: 'kansa@example.lg.jp' });
    expect(problemsOf({ TENKEN_SMTP_URL: 'http://mail.example', TENKEN_MAIL_FROM: '監査 <kansa@example.lg.jp>' })).toEqual(['config-invalid TENKEN_SMTP_URL', 'config-invalid TENKEN_MAIL_FROM']);
    expect(problemsOf({ TENKEN_SMTP_URL: 'smtp://user:%zz@mail.example' })).toEqual(['config-invalid TENKEN_SMTP_URL']);
    try {
      readConfig({ TENKEN_SMTP_URL: 'mail://user:secret@mail.example' });
      throw new Error('was taken');
    } catch (error) {
      expect(error).toBeInstanceOf(Invalid);
      expect(JSON.stringify((error as Invalid).problems)).not.toContain('secret');
    }
  });
});
