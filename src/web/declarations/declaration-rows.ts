/** The declarations of a system as a list to take away. Pure. */
import type { ControlOnSheet, DeclarationSheet } from '../../systems/declaration-sheet.js';
import { chipOf } from './control-view.js';

export const DECLARATION_COLUMNS = [
  { label: '章', width: 22 }, { label: '統制', width: 36 }, { label: '状態', width: 14 }, { label: '申告', width: 30 }, { label: '説明', width: 40 }, { label: '申告の日', width: 12 }, { label: '申告した人', width: 20 },
  { label: '承認した人', width: 20 }, { label: '引継ぎの元', width: 24 }, { label: '証拠', width: 30 },
];

/** In the order of the catalogue, also what nothing is declared of. */
export function declarationRows({ groups }: DeclarationSheet): string[][] {
  return groups.flatMap(({ number, title, controls }) => controls.map((one) => [`${number} ${title}`, one.label, chipOf(one).label, ...saidOf(one)]));
}

function saidOf({ own, inherited }: ControlOnSheet): string[] {
  if (own !== null) return [own.words, own.note, own.declaredOn, own.by, own.approved?.by ?? '', '', own.evidence.map((one) => one.fileName).join('\n')];
  return inherited === null ? ['', '', '', '', '', '', ''] : [inherited.words, '', inherited.declaredOn, '', '', inherited.platform.name, ''];
}
