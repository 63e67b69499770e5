import { Refused } from '../kernel/errors.js';

/** There is no session, or it has ended. The page keeps what was typed until the person is back. */
export class SignInNeeded extends Refused {
  constructor() {
    super('sign-in-needed', 'サインインが必要です。時間がたって自動でサインアウトしたときは、もう一度サインインしてください。入力した文は失われません。');
  }
}
