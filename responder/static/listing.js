// The bar below a list offers what may be done with all that is chosen, and chooses a whole page.
// Without this file its one button leads to a page that says the same.
(() => {
  'use strict';
  const bar = document.querySelector('[data-bulk]');
  if (!bar) return;

  const boxes = [...document.querySelectorAll('input[name=chosen][form=bulk]')];
  const all = bar.querySelector('[data-all]');
  const whole = all.querySelector('input');
  const said = bar.querySelector('[data-said]');
  const steps = [...bar.querySelectorAll('[data-step]')];

  const tell = () => {
    const chosen = boxes.filter((box) => box.checked);
    const open = chosen.map((box) => box.dataset.steps.split(' '));
    for (const step of steps) {
      step.hidden = !chosen.length || !open.every((some) => some.includes(step.value));
    }
    const count = chosen.length ? said.dataset.chosen.replace('#', chosen.length) : '';
    const none = chosen.length && steps.every((step) => step.hidden) ? ` · ${said.dataset.none}` : '';
    said.textContent = count + none;
    whole.checked = chosen.length === boxes.length;
    whole.indeterminate = chosen.length > 0 && !whole.checked;
    bar.classList.toggle('listing__bar--chosen', chosen.length > 0);
  };

  whole.addEventListener('change', () => {
    for (const box of boxes) box.checked = whole.checked;
    tell();
  });
  for (const box of boxes) box.addEventListener('change', tell);
  bar.querySelector('[data-any]').hidden = true;
  all.hidden = false;
  tell();
})();
