// Pages work without this file. With it: fields save themselves, what is asked next appears, and nothing typed is lost.
const root = document.documentElement;
root.classList.add('js');
const csrfMeta = () => document.querySelector('meta[name="csrf-token"]');

document.addEventListener('htmx:configRequest', (event) => {
  event.detail.headers['X-CSRF-Token'] = csrfMeta()?.content ?? '';
  if (event.detail.elt.matches('form[data-item]')) event.detail.headers.Accept = 'application/json';
});

document.addEventListener('submit', (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset?.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// ---------------------------------------------------------------- one field

const editor = document.querySelector('.editor');
const assessment = editor?.dataset.assessment;
/** Per person: on a shared machine nobody gets what another person typed. */
const draftKey = (form) => `tenken-draft:${editor.dataset.person}:${assessment}:${form.dataset.item}`;
const waiting = new Map();

function state(form, text, tone = '') {
  const line = form.querySelector('.state');
  line.textContent = text;
  line.dataset.tone = tone;
}

function problem(form, text) {
  const line = form.querySelector('.error-text');
  line.textContent = text;
  line.hidden = text === '';
  form.classList.toggle('bad', text !== '');
}

const typed = (form) => [...new FormData(form).entries()].filter(([name, value]) => typeof value === 'string' && !['_csrf', 'address', 'version'].includes(name));

function keepDraft(form) {
  try {
    localStorage.setItem(draftKey(form), JSON.stringify({ version: form.elements.version.value, entries: typed(form) }));
  } catch { /* no room: the page itself still holds the text */ }
}

function dropDraft(form) {
  localStorage.removeItem(draftKey(form));
}

function fill(form, entries) {
  for (const control of form.querySelectorAll('input[type=radio],input[type=checkbox]')) control.checked = entries.some(([name, value]) => name === control.name && value === control.value);
  const plain = entries.filter(([name]) => !form.querySelector(`[name="${CSS.escape(name)}"][type=radio],[name="${CSS.escape(name)}"][type=checkbox]`));
  const byName = Map.groupBy(plain, ([name]) => name);
  for (const [name, list] of byName) [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)].forEach((control, index) => { if (list[index]) control.value = list[index][1]; });
}

function saveSoon(form, delay) {
  clearTimeout(waiting.get(form));
  state(form, '入力中…');
  keepDraft(form);
  waiting.set(form, setTimeout(() => saveNow(form), delay));
}

function saveNow(form) {
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  state(form, '保存中…');
  window.htmx.trigger(form, 'save');
}

editor?.addEventListener('input', (event) => {
  const form = event.target.closest('form[data-item]');
  if (!form || event.isComposing) return;
  const length = form.querySelector('[data-length]');
  if (length) length.textContent = String([...event.target.value].length);
  saveSoon(form, event.target.matches('[type=radio],[type=checkbox]') ? 0 : 900);
});
editor?.addEventListener('change', (event) => {
  const form = event.target.closest('form[data-item]');
  if (form && waiting.has(form)) saveNow(form);
});
editor?.addEventListener('compositionend', (event) => {
  const form = event.target.closest('form[data-item]');
  if (form) saveSoon(form, 900);
});

document.addEventListener('htmx:afterRequest', (event) => {
  const form = event.detail.elt;
  if (!(form instanceof HTMLFormElement) || !form.matches('form[data-item]')) return;
  const { xhr } = event.detail;
  if (xhr.status === 200) return saved(form, JSON.parse(xhr.responseText));
  keepDraft(form);
  if (xhr.status === 409) return conflict(form, xhr.responseText);
  if (xhr.status === 401) return signedOut(form);
  if (xhr.status === 0) return retryLater(form, '通信できません。つながりしだい、もう一度保存します。');
  const error = parse(xhr.responseText)?.error;
  state(form, '保存していません', 'bad');
  problem(form, error ? [error.message, ...error.problems.map((one) => one.message)].filter((text, index, all) => text && all.indexOf(text) === index).join(' ') : '保存できませんでした。少し待って、もう一度保存してください。');
});

function parse(text) {
  try { return JSON.parse(text); } catch { return null; }
}

function saved(form, { version, savedAt, cleared, text }) {
  seenVersion(form, version);
  form.querySelector('.conflict-place').replaceChildren();
  problem(form, '');
  if (!waiting.has(form)) {
    state(form, `保存しました ${savedAt}`, 'ok');
    dropDraft(form);
  }
  const records = form.querySelector('[data-records]');
  if (records && text) records.textContent = text;
  for (const one of cleared) {
    const other = document.querySelector(`form[data-item="${CSS.escape(one.address)}"]`);
    if (!other) continue;
    seenVersion(other, one.version);
    for (const control of other.querySelectorAll('input,textarea')) {
      if (control.type === 'radio' || control.type === 'checkbox') control.checked = control.type === 'radio' && control.value === '';
      else if (control.type !== 'hidden') control.value = '';
    }
    state(other, '聞かれなくなったので消しました（履歴に残っています）');
  }
  refreshSoon('steers' in form.dataset ? 50 : 1500);
  if (panelShows === form.dataset.item) void showPanel();
}

/** The version that the next save of this item has seen; the form that adds a figure to it goes by the same. */
function seenVersion(form, version) {
  form.elements.version.value = String(version);
  const beside = document.querySelector(`[data-beside="${CSS.escape(form.dataset.item)}"]`);
  if (beside) beside.elements.version.value = String(version);
}

function conflict(form, html) {
  state(form, '競合：ほかの人が先に保存しました', 'bad');
  const place = form.querySelector('.conflict-place');
  place.innerHTML = html;
  place.querySelector('[data-keep-mine]')?.addEventListener('click', (event) => {
    seenVersion(form, event.currentTarget.dataset.keepMine);
    place.replaceChildren();
    saveNow(form);
  });
  place.querySelector('[data-take-theirs]')?.addEventListener('click', () => {
    dropDraft(form);
    window.location.hash = form.id;
    window.location.reload();
  });
  // The focus stays in the text: whoever is typing must not press a button by it.
  place.scrollIntoView({ block: 'nearest' });
}

// ---------------------------------------------------------------- a session that ended, a connection that broke

const pending = new Set();

function signedOut(form) {
  pending.add(form);
  state(form, 'サインインが切れました。書いた文はこの画面に残っています。', 'bad');
  problem(form, '別の画面でサインインし直してから、この画面に戻ってください。続きから保存します。');
  const line = form.querySelector('.error-text');
  const link = document.createElement('a');
  Object.assign(link, { href: '/sign-in', target: '_blank', rel: 'opener', textContent: 'サインインの画面を開く' });
  line.append(' ', link);
}

function retryLater(form, text) {
  pending.add(form);
  state(form, text, 'bad');
  setTimeout(resume, 5000);
}

async function resume() {
  if (pending.size === 0) return;
  const answer = await fetch('/session', { headers: { accept: 'application/json' } }).then((one) => one.json(), () => null);
  if (!answer?.signedIn) return;
  csrfMeta().content = answer.csrf;
  for (const input of document.querySelectorAll('input[name="_csrf"]')) input.value = answer.csrf;
  const forms = [...pending];
  pending.clear();
  for (const form of forms) {
    problem(form, '');
    saveNow(form);
  }
}
window.addEventListener('focus', () => void resume());
window.addEventListener('online', () => void resume());
document.addEventListener('visibilitychange', () => { if (!document.hidden) void resume(); });
window.addEventListener('beforeunload', (event) => {
  if (pending.size > 0) event.preventDefault();
});
// Whoever leaves in the middle of a word has it saved behind them; a beacon outlives the page.
window.addEventListener('pagehide', () => {
  for (const form of waiting.keys()) {
    clearTimeout(waiting.get(form));
    if (!navigator.sendBeacon(form.action, new URLSearchParams(new FormData(form)))) saveNow(form);
  }
  waiting.clear();
});

// What was typed and never reached the server comes back with the page.
for (const form of document.querySelectorAll('form[data-item]')) {
  const kept = parse(localStorage.getItem(draftKey(form)) ?? 'null');
  if (!kept?.entries) continue;
  if (JSON.stringify(kept.entries) === JSON.stringify(typed(form))) {
    dropDraft(form);
    continue;
  }
  fill(form, kept.entries);
  // What somebody else has saved since is not written over: the older version leads to the conflict.
  form.elements.version.value = kept.version;
  state(form, '前に保存できなかった入力を戻しました。', 'bad');
  saveSoon(form, 1500);
}

// ---------------------------------------------------------------- the page around the field

let refreshing;
function refreshSoon(delay) {
  clearTimeout(refreshing);
  refreshing = setTimeout(() => window.htmx.ajax('GET', editor.dataset.live, { swap: 'none' }), delay);
}

function applyVisibility() {
  const hidden = new Set((document.getElementById('visibility')?.dataset.hidden ?? '').split(' '));
  for (const item of document.querySelectorAll('[data-item]')) item.hidden = hidden.has(item.dataset.item);
  for (const item of document.querySelectorAll('[data-beside]')) item.hidden = hidden.has(item.dataset.beside);
}

function applyComputed() {
  for (const { address, text } of parse(document.getElementById('visibility')?.dataset.computed ?? '') ?? []) {
    const place = document.querySelector(`[data-item="${CSS.escape(address)}"] .computed`);
    if (place && text !== '') place.textContent = text;
  }
}
document.addEventListener('htmx:oobAfterSwap', (event) => {
  if (event.detail.target.id !== 'remaining') return;
  applyVisibility();
  applyComputed();
});

function openTarget() {
  const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
  if (!target) return;
  for (let row = target.closest('details'); row; row = row.parentElement.closest('details')) row.open = true;
  target.scrollIntoView({ block: 'start' });
  target.querySelector('textarea,input:not([type=hidden]),select')?.focus({ preventScroll: true });
}
if (editor) {
  window.addEventListener('hashchange', openTarget);
  // Going to the fragment itself takes the focus away, at the latest when the page is loaded.
  if (window.location.hash) window.addEventListener('load', () => setTimeout(openTarget));
  // The same link once more changes no hash, and leads to its field all the same.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href*="#"]');
    if (!link || link.pathname !== window.location.pathname || link.hash !== window.location.hash) return;
    event.preventDefault();
    openTarget();
  });
  if (window.matchMedia('(max-width:780px)').matches) document.querySelector('.tree details')?.removeAttribute('open');
}

let panelShows = '';
let panelLink = '';
const showPanel = () => window.htmx.ajax('GET', panelLink, { target: '#item-panel', swap: 'innerHTML' });

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-panel]');
  const panel = document.getElementById('item-panel');
  if (!link || !panel || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  panelShows = link.closest('[data-item]').dataset.item;
  panelLink = link.href;
  void showPanel().then(() => panel.scrollIntoView({ block: 'nearest' }));
});
