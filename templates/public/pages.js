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
