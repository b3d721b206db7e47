// Selecting words of the answer fills them into the comment's quote; without this file people
// copy them themselves.
(() => {
  'use strict';
  const quote = document.getElementById('quote');
  const answer = document.querySelector('[data-quotable]');
  if (!quote || !answer) return;
  document.addEventListener('selectionchange', () => {
    const selection = document.getSelection();
    const words = selection.toString().trim();
    if (!words || selection.rangeCount === 0) return;
    const range = selection.getRangeAt(0);
    if (answer.contains(range.startContainer) && answer.contains(range.endContainer)) {
      quote.value = words.slice(0, quote.maxLength);
    }
  });
})();
