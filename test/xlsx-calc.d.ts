/** xlsx-calc: evaluates the formulas of a workbook in place. */
declare module 'xlsx-calc' {
  interface Cell { v?: unknown; f?: string; t?: string }
  interface XlsxCalc {
    (workbook: { Sheets: Record<string, Record<string, Cell | string>> }): void;
    import_functions(functions: Record<string, (...values: never[]) => unknown>, options: { override: boolean }): void;
  }
  const calculate: XlsxCalc;
  export default calculate;
}
