/** What the page of the statutory risks of an assessment shows: plain data. */
import type { ChallengedStatutoryRisk } from '../../checks/risk-challenges.service.js';
import { workbook } from '../../rendering/workbook.js';
import type { ListedRisk } from '../../risks/risk-list.js';
import { shownRating } from './list-view.js';
import { challengeView } from './risk-view.js';

/** Id of an item in this page. */
export const anchorOf = (address: string): string => `risk-${address.replace('@', '--')}`;

interface Place {
  section: string;
  row: string;
  blocks: { heading: string; items: object[] }[];
}

/**
 * @param choosable open risks that the person may see
 * @param readableSystems of the register
 */
export function statutoryView(id: string, { mayLink, risks }: { mayLink: boolean; risks: readonly ChallengedStatutoryRisk[] }, choosable: readonly ListedRisk[], readableSystems: ReadonlySet<string>): object {
  const places: Place[] = [];
  for (const one of risks) {
    const last = places.at(-1);
    const place = last !== undefined && last.section === one.sectionName && last.row === one.rowName ? last : { section: one.sectionName, row: one.rowName, blocks: [] };
    if (place !== last) places.push(place);
    const at = place.blocks.at(-1);
    const block = at !== undefined && at.heading === one.blockHeading ? at : { heading: one.blockHeading, items: [] };
    if (block !== at) place.blocks.push(block);
    block.items.push(itemView(one, choosable, readableSystems));
  }
  return {
    id, mayLink, places, total: risks.length, linked: risks.filter((one) => one.risks.length > 0).length, challenged: risks.filter((one) => one.challenged).length,
    challengedItems: risks.filter((one) => one.challenged).map((one) => ({ name: one.name, href: `#${anchorOf(one.address)}` })), noRisks: choosable.length === 0,
  };
}

function itemView(one: ChallengedStatutoryRisk, choosable: readonly ListedRisk[], readableSystems: ReadonlySet<string>): object {
  const linked = new Set(one.risks.map((risk) => risk.id));
  const others = choosable.filter((risk) => !linked.has(risk.id));
  return {
    anchor: anchorOf(one.address), address: one.address, heading: one.heading, href: one.href, adequacy: one.adequacy?.label ?? '', enough: one.adequacy?.enough ?? false, challenged: one.challenged,
    risks: one.risks.map((risk) => ({ id: risk.id, title: risk.title, href: risk.readable ? `/risks/${risk.id}` : '', rating: shownRating(risk.residual), closed: risk.closed })),
    reasons: one.reasons.map(({ risk, challenge }) => ({ ...challengeView(challenge, readableSystems), risk: risk.name })),
    choices: others.map((risk) => ({ id: risk.id, label: risk.system === null ? risk.title : `${risk.title}（${risk.system.name}）` })),
  };
}

const SHEET = [['章', 36], ['ファイル', 32], ['見出し', 40], ['項目', 48], ['対策は十分か', 18], ['疑義', 12], ['結び付けたリスク', 40], ['疑義の内容', 64]] as const;

/** The same as a workbook. */
export function statutoryWorkbook(risks: readonly ChallengedStatutoryRisk[]): Promise<Buffer> {
  return workbook('リスク対策の十分性', SHEET.map(([label, width]) => ({ label, width })), risks.map((one) => [
    one.sectionName, one.rowName, one.blockHeading, one.heading, one.adequacy?.label ?? '', one.challenged ? '合わない' : '',
    one.risks.map((risk) => `${risk.title}（${risk.residual.label}）`).join('\n'), one.reasons.map(({ challenge }) => challenge.text).join('\n'),
  ]));
}
