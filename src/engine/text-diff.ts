/** The difference between two Japanese texts, by character (Myers), joined to readable segments. */

export interface DiffSegment { kind: 'same' | 'removed' | 'added'; text: string }

/** Most edits that are traced within one part; beyond it the part is shown as replaced. */
const MOST_EDITS = 1_000;

/** Segments whose `same` and `removed` make `a`, and `same` and `added` make `b`. */
export function textDiff(a: string, b: string): DiffSegment[] {
  const [x, y] = [Array.from(a), Array.from(b)];
  let head = 0;
  while (head < x.length && head < y.length && x[head] === y[head]) head += 1;
  let tail = 0;
  while (tail < x.length - head && tail < y.length - head && x[x.length - 1 - tail] === y[y.length - 1 - tail]) tail += 1;
  const middle = editScript(x.slice(head, x.length - tail), y.slice(head, y.length - tail));
  return joined([
    { kind: 'same', text: x.slice(0, head).join('') },
    ...readable(joined(middle)),
    { kind: 'same', text: x.slice(x.length - tail).join('') },
  ]);
}

function editScript(x: readonly string[], y: readonly string[]): DiffSegment[] {
  const replaced: DiffSegment[] = [{ kind: 'removed', text: x.join('') }, { kind: 'added', text: y.join('') }];
  if (x.length === 0 || y.length === 0) return replaced;
  const most = Math.min(x.length + y.length, MOST_EDITS);
  // furthest[k + most]: how far in x the best path on diagonal k reaches
  const furthest = new Int32Array(2 * most + 2);
  const trace: Int32Array[] = [];
  for (let d = 0; d <= most; d += 1) {
    trace.push(furthest.slice(most - d, most + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && furthest[most + k - 1]! < furthest[most + k + 1]!);
      let i = down ? furthest[most + k + 1]! : furthest[most + k - 1]! + 1;
      while (i < x.length && i - k < y.length && x[i] === y[i - k]) i += 1;
      furthest[most + k] = i;
      if (i >= x.length && i - k >= y.length) return backtrack(x, y, trace, d);
    }
  }
  return replaced;
}

function backtrack(x: readonly string[], y: readonly string[], trace: readonly Int32Array[], edits: number): DiffSegment[] {
  const segments: DiffSegment[] = [];
  let [i, j] = [x.length, y.length];
  for (let d = edits; d >= 0 && (i > 0 || j > 0); d -= 1) {
    const reach = trace[d]!;
    const at = (k: number): number => reach[k + d]!;
    const k = i - j;
    const down = d > 0 && (k === -d || (k !== d && at(k - 1) < at(k + 1)));
    const before = d === 0 ? 0 : down ? at(k + 1) : at(k - 1);
    const beforeJ = d === 0 ? 0 : before - (down ? k + 1 : k - 1);
    while (i > before && j > beforeJ && i > 0 && j > 0 && x[i - 1] === y[j - 1]) {
      segments.push({ kind: 'same', text: x[i - 1]! });
      i -= 1;
      j -= 1;
    }
    if (d === 0) break;
    if (down) segments.push({ kind: 'added', text: y[(j -= 1)]! });
    else segments.push({ kind: 'removed', text: x[(i -= 1)]! });
  }
  return segments.reverse();
}

/** Neighbours of a kind joined; between two equal stretches the removed text stands before the added. */
function joined(segments: readonly DiffSegment[]): DiffSegment[] {
  const result: DiffSegment[] = [];
  let removed = '';
  let added = '';
  const flush = (): void => {
    if (removed !== '') result.push({ kind: 'removed', text: removed });
    if (added !== '') result.push({ kind: 'added', text: added });
    removed = added = '';
  };
  for (const { kind, text } of segments) {
    if (text === '') continue;
    if (kind === 'removed') removed += text;
    else if (kind === 'added') added += text;
    else {
      const last = result.at(-1);
      if (removed === '' && added === '' && last?.kind === 'same') last.text += text;
      else {
        flush();
        result.push({ kind: 'same', text });
      }
    }
  }
  flush();
  return result;
}

/** A single equal character between two changes on both sides reads as noise: it joins them. */
function readable(segments: readonly DiffSegment[]): DiffSegment[] {
  return joined(segments.flatMap((segment, n): DiffSegment[] => {
    const inner = n > 0 && n < segments.length - 1;
    if (segment.kind !== 'same' || !inner || Array.from(segment.text).length > 1) return [segment];
    return [{ kind: 'removed', text: segment.text }, { kind: 'added', text: segment.text }];
  }));
}
