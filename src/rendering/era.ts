const ERAS: readonly [from: string, name: string][] = [
  ['2019-05-01', '令和'],
  ['1989-01-08', '平成'],
  ['1926-12-25', '昭和'],
  ['1912-07-30', '大正'],
];

/** ISO day → 令和8年11月21日 (the first year is 元年); what is not an ISO day comes back as it is. */
export function eraDate(iso: string): string {
  const parts = /^(\d{4})-(\d{2})-(\d{2})/u.exec(iso);
  if (!parts) return iso;
  const day = iso.slice(0, 10);
  const [year, month, date] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const era = ERAS.find(([from]) => day >= from);
  if (!era) return `${year}年${month}月${date}日`;
  const count = year - Number(era[0].slice(0, 4)) + 1;
  return `${era[1]}${count === 1 ? '元' : count}年${month}月${date}日`;
}
