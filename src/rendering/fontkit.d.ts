declare module 'fontkit' {
  export interface Font {
    /** Every code point that the cmap maps. */
    readonly characterSet: number[];
    readonly familyName: string;
  }
  export function openSync(path: string): Font;
}
