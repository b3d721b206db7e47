// Arrow keys move between the cards, Space selects one, Enter opens it. Without this file the
// board is a list of links and check boxes.
(() => {
  'use strict';
  const form = document.querySelector('[data-board]');
  if (!form) return;

  const columns = [...form.querySelectorAll('[data-column]')]
    .map((column) => [...column.querySelectorAll('[data-card]')])
    .filter((cards) => cards.length);
  const said = form.querySelector('[data-chosen]');
  const boxOf = (card) => card.closest('li').querySelector('input');

  const tell = () => {
    const count = form.querySelectorAll('input[name=chosen]:checked').length;
    said.textContent = count ? said.dataset.chosen.replace('#', count) : '';
  };

  const place = (element) => {
    const card = element.closest('li');
    for (const [x, cards] of columns.entries()) {
      const y = cards.findIndex((one) => one.closest('li') === card);
      if (card && y >= 0) return { x, y };
    }
    return null;
  };

  const steps = {
    ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
  };

  form.addEventListener('change', tell);
  form.addEventListener('keydown', (event) => {
    const at = place(event.target);
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === ' ' && at && event.target.matches('[data-card]')) {
      const box = boxOf(event.target);
      box.checked = !box.checked;
      tell();
      event.preventDefault();
      return;
    }
    const step = steps[event.key];
    if (!step || !columns.length) return;
    event.preventDefault();
    if (!at) {
      columns[0][0].focus();
      return;
    }
    const x = Math.min(Math.max(at.x + step[0], 0), columns.length - 1);
    const y = Math.min(Math.max(at.y + step[1], 0), columns[x].length - 1);
    columns[x][y].focus();
  });
  tell(); // the browser may have kept a choice
})();
