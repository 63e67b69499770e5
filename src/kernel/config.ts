import { inProject } from './root.js';
import type { Problem } from './errors.js';
import { Invalid } from './errors.js';

/** Everything that can be set from outside, read once at start. */
export interface Config {
  /** PostgreSQL of the operator; null: the embedded one. */
  databaseUrl: string | null;
  port: number;
  /** Address to listen on. */
  host: string;
  /** Folder of the embedded database, the unpacked browser and its fonts. */
  dataFolder: string;
  /** Program of a browser to print with; null: the shipped one. */
  browser: string | null;
  /** Demo city with one-click entry. Never with a database of the operator. */
  demo: boolean;
  /** The site is reached by https (cookies marked Secure, HSTS). */
  https: boolean;
  /** A proxy in front sets X-Forwarded-For. */
  trustProxy: boolean;
  /** Idle minutes and absolute hours after which a session ends. */
  sessionIdleMinutes: number;
  sessionHours: number;
  /** Documents rendered at once by this process; 0: none (other workers do it). */
  renderers: number;
  /** Server of mail, `smtp://user:password@host:587` or `smtps://…`; null: letters are put into a folder. */
  smtpUrl: string | null;
  /** Sender of letters, a plain address. */
  mailFrom: string;
  development: boolean;
}

interface Setting<K extends keyof Config> {
  name: string;
  key: K;
  fallback: Config[K];
  read(text: string): Config[K] | undefined;
  expects: string;
}

const whole = (least: number, most: number) => (text: string): number | undefined => {
  const value = Number(text);
  return Number.isInteger(value) && value >= least && value <= most ? value : undefined;
};
const yesNo = (text: string): boolean | undefined => (text === 'yes' || text === 'true' || text === '1' ? true : text === 'no' || text === 'false' || text === '0' ? false : undefined);
const postgresUrl = (text: string): string | undefined => (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text.replace('@/', '@localhost/')) ? text : undefined);
const smtpUrl = (text: string): string | undefined => (/^smtps?:\/\//u.test(text) && !/%(?![0-9A-Fa-f]{2})/u.test(text) && URL.canParse(text) && new URL(text).hostname !== '' ? text : undefined);
const address = (text: string): string | undefined => (/^[^\s@<>,;"]{1,64}@[A-Za-z0-9.-]{1,253}$/u.test(text) ? text : undefined);
const anyText = (text: string): string | undefined => (text.trim() === '' ? undefined : text);

function setting<K extends keyof Config>(name: string, key: K, fallback: Config[K], read: (text: string) => Config[K] | undefined, expects: string): Setting<K> {
  return { name, key, fallback, read, expects };
}

/** Their values hold passwords and are never shown. */
const SECRET = new Set(['DATABASE_URL', 'TENKEN_SMTP_URL']);

const SETTINGS = [
  setting('DATABASE_URL', 'databaseUrl', null, postgresUrl, 'postgresql:// で始まる接続先'),
  setting('PORT', 'port', 3000, whole(1, 65535), '1～65535 の整数'),
  setting('HOST', 'host', '127.0.0.1', anyText, '待ち受けるアドレス'),
  setting('TENKEN_DATA', 'dataFolder', inProject('.tenken'), anyText, 'フォルダーの場所'),
  setting('TENKEN_BROWSER', 'browser', null, anyText, 'ブラウザーのプログラムの場所'),
  setting('TENKEN_HTTPS', 'https', false, yesNo, 'yes か no'),
  setting('TENKEN_TRUST_PROXY', 'trustProxy', false, yesNo, 'yes か no'),
  setting('TENKEN_SESSION_IDLE_MINUTES', 'sessionIdleMinutes', 60, whole(5, 720), '5～720 の整数（分）'),
  setting('TENKEN_SESSION_HOURS', 'sessionHours', 12, whole(1, 72), '1～72 の整数（時間）'),
  setting('TENKEN_RENDERERS', 'renderers', 2, whole(0, 16), '0～16 の整数'),
  setting('TENKEN_SMTP_URL', 'smtpUrl', null, smtpUrl, 'smtp:// か smtps:// で始まるメールサーバーの接続先'),
  setting('TENKEN_MAIL_FROM', 'mailFrom', 'tenken@localhost.localdomain', address, '差出人のメールアドレス'),
] as const;

/** Reads the settings; throws `Invalid` that names every setting that does not fit. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const problems: Problem[] = [];
  const config: Partial<Record<keyof Config, unknown>> = {};
  for (const { name, key, fallback, read, expects } of SETTINGS) {
    const text = env[name];
    if (text === undefined || text === '') {
      config[key] = fallback;
      continue;
    }
    const value = read(text);
    if (value === undefined) {
      const shown = SECRET.has(name) ? '' : `（いまの値: ${text.slice(0, 60)}）`;
      problems.push({ code: 'config-invalid', path: name, message: `環境変数 ${name} は ${expects} にしてください${shown}。` });
    } else config[key] = value;
  }
  const known = new Set<string>([...SETTINGS.map((one) => one.name), 'TENKEN_DEMO', 'TENKEN_DEVELOPMENT']);
  for (const name of Object.keys(env)) {
    if (name.startsWith('TENKEN_') && !known.has(name)) problems.push({ code: 'config-unknown', path: name, message: `環境変数 ${name} という設定はありません。名前を確かめてください。` });
  }
  const demo = env.TENKEN_DEMO === undefined ? config.databaseUrl === null : yesNo(env.TENKEN_DEMO);
  if (demo === undefined) problems.push({ code: 'config-invalid', path: 'TENKEN_DEMO', message: '環境変数 TENKEN_DEMO は yes か no にしてください。' });
  if (demo === true && config.databaseUrl !== null && !problems.some((one) => one.path === 'DATABASE_URL')) {
    problems.push({ code: 'config-demo', path: 'TENKEN_DEMO', message: 'デモは組み込みデータベースでだけ使えます。DATABASE_URL か TENKEN_DEMO のどちらかを外してください。' });
  }
  if (problems.length > 0) throw new Invalid('config-invalid', '設定に誤りがあるため起動できません。', problems);
  return { ...config, demo, development: env.TENKEN_DEVELOPMENT === 'yes' } as Config;
}
