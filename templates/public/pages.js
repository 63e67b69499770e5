// Pages beside the editor. Uses `fill` of app.js, which is loaded before.

// ---------------------------------------------------------------- a new assessment

// The proposed name follows the chosen form until somebody types a name.
const title = document.querySelector('form input[name="title"]');
for (const choice of document.querySelectorAll('input[name="form"][data-title]')) {
  choice.addEventListener('change', () => {
    const proposals = [...document.querySelectorAll('input[name="form"][data-title]')].map((one) => one.dataset.title);
    if (title && (title.value === '' || proposals.includes(title.value))) title.value = choice.dataset.title;
  });
}

// ---------------------------------------------------------------- the questions of the threshold

// An answer may bring other questions; what was typed while they were on their way stays.
const questionsIn = (element) => [...element.querySelectorAll('[data-question]')].map((one) => one.dataset.question).join(' ');
let typedMeanwhile = null;
document.addEventListener('htmx:oobBeforeSwap', (event) => {
  const { target, fragment } = event.detail;
  if (target.id !== 'threshold-questions') return;
  if (questionsIn(fragment) === questionsIn(target)) event.detail.shouldSwap = false;
  else typedMeanwhile = [...new FormData(target.closest('form'))];
});
document.addEventListener('htmx:oobAfterSwap', () => {
  const form = document.getElementById('threshold-questions')?.closest('form');
  if (form && typedMeanwhile) fill(form, typedMeanwhile);
  typedMeanwhile = null;
});

// ---------------------------------------------------------------- declarations of controls

// Each control is saved when it is changed; the answer brings the parts of the page that changed. Uses `state`, `problem`,
// `signedOut`, `retryLater` of app.js.
const unsaved = new Set();
const declaringOf = (element) => element.closest?.('.declaring') ?? null;

document.addEventListener('input', (event) => {
  const part = declaringOf(event.target);
  if (part) unsaved.add(part);
});
// A part that was just put on the page can be filled in a moment before it listens; then it is sent as soon as it does.
document.addEventListener('htmx:load', (event) => {
  for (const part of unsaved) if (event.target.contains(part)) window.htmx.trigger(part, 'save');
});
document.addEventListener('htmx:beforeRequest', (event) => {
  const part = declaringOf(event.detail.elt);
  if (part) state(part, '保存中…');
});
document.addEventListener('htmx:beforeSwap', (event) => {
  const { elt, xhr } = event.detail;
  // What was refused says why, and both texts where another was faster.
  if (declaringOf(elt) && [409, 422].includes(xhr.status)) event.detail.shouldSwap = true;
});
document.addEventListener('htmx:afterRequest', (event) => {
  const { elt, xhr } = event.detail;
  const part = declaringOf(elt);
  if (!part || [409, 422].includes(xhr.status)) return;
  if (xhr.status === 200) unsaved.delete(part);
  else if (xhr.status === 401) signedOut(part);
  else if (xhr.status === 0) retryLater(part, '通信できません。つながりしだい、もう一度保存します。');
  else {
    state(part, '保存していません', 'bad');
    problem(part, '画面を読み込み直してから、もう一度入れてください。続くときは、画面の上にある所管と状態を確かめてください。');
  }
});
// With script the form of the group is not sent as a whole: Enter in a field saves that field.
document.getElementById('declare')?.addEventListener('submit', (event) => {
  // Rows are added and taken out with a new page: the form goes with everything that is typed in it.
  if (event.submitter?.hasAttribute('formaction')) unsaved.clear();
  else if (window.htmx) event.preventDefault();
});
window.addEventListener('pagehide', () => {
  for (const part of unsaved) {
    const names = new Set([...part.getAttribute('hx-params').split(','), '_csrf']);
    const entries = [...new FormData(part.closest('form'))].filter(([name]) => names.has(name));
    navigator.sendBeacon(part.getAttribute('hx-post'), new URLSearchParams(entries));
  }
  unsaved.clear();
});

// ---------------------------------------------------------------- one tick for a whole table

document.addEventListener('change', (event) => {
  if (!event.target.matches('input[data-all]')) return;
  for (const one of event.target.closest('table').querySelectorAll('tbody input[type=checkbox]')) one.checked = event.target.checked;
});

// ---------------------------------------------------------------- forms of the register

// How much is written, in a form that saves nothing by itself.
document.addEventListener('input', (event) => {
  if (!event.target.matches?.('textarea[data-count]') || event.target.closest('.editor')) return;
  const length = event.target.parentElement.querySelector('[data-length]');
  if (length) length.textContent = String([...event.target.value].length);
});

// One box ticks all of a list, and is ticked while all are.
for (const all of document.querySelectorAll('[data-check-all]')) {
  const boxes = [...all.form.querySelectorAll(`input[type=checkbox][name="${CSS.escape(all.dataset.checkAll)}"]`)];
  const follow = () => { all.checked = boxes.every((one) => one.checked); };
  all.addEventListener('change', () => { for (const one of boxes) one.checked = all.checked; });
  for (const one of boxes) one.addEventListener('change', follow);
  follow();
}

// An address says only what was filled in.
document.addEventListener('formdata', (event) => {
  if (!event.target.matches('form[data-sparse]')) return;
  for (const [name, value] of [...event.formData]) if (value === '') event.formData.delete(name);
});
