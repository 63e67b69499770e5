/** What the page of the statutory risks of an assessment shows: plain data. */
import type { ChallengedStatutoryRisk } from '../../checks/risk-challenges.service.js';
import type { ListedRisk } from '../../risks/risk-list.js';
import { shownRating } from './list-view.js';
import { challengeView } from './risk-view.js';

/** Id of an item in this page. */
export const anchorOf = (address: string): string => `risk-${address.replace('@', '--')}`;

interface Place {
  section: string;
  row: string;
  block: string;
  items: object[];
}

/**
 * @param choosable open risks that the person may see
 * @param readableSystems of the register
 */
export function statutoryView(id: string, { mayLink, risks }: { mayLink: boolean; risks: readonly ChallengedStatutoryRisk[] }, choosable: readonly ListedRisk[], readableSystems: ReadonlySet<string>): object {
  const places: Place[] = [];
  for (const one of risks) {
    const last = places.at(-1);
    const same = last !== undefined && last.section === one.sectionName && last.row === one.rowName && last.block === one.blockHeading;
    const place = same ? last : { section: one.sectionName, row: one.rowName, block: one.blockHeading, items: [] };
    if (!same) places.push(place);
    place.items.push(itemView(one, choosable, readableSystems));
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
