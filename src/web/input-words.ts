/** What input classes say and check everywhere: the words of a refusal, and the shapes of ids, versions and codes. */
import type { TransformFnParams } from 'class-transformer';

/** A field is missing or is no text: the page is broken. */
export const TEXT = { message: '画面が壊れています。画面を読み込み直してください。' };
export const LONG = { message: '入力が長すぎます。短くしてください。' };
export const STALE = { message: '画面が古いか壊れています。画面を読み込み直してください。' };
export const CHOOSE = { message: '選択肢から選んでください。' };

/** A version that the page showed. */
export const WHOLE = /^\d{1,9}$/;
export const ID = /^[0-9a-f-]{36}$/;
export const ID_OR_NONE = /^([0-9a-f-]{36})?$/;
export const CODE_OR_NONE = /^[a-z0-9-]{0,80}$/;

/** A field that is sent once comes as a text, one that is sent more often as a list. */
export const asList = ({ value }: TransformFnParams): unknown => (typeof value === 'string' ? [value] : value);
