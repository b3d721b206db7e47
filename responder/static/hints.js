/* The meaning of a word opens under it. Without this file the word leads to the glossary. */

(() => {
  "use strict";

  let opened = null; // the word whose meaning is shown

  function close() {
    if (!opened) return;
    opened.setAttribute("aria-expanded", "false");
    opened.parentElement.querySelector(".term__meaning")?.remove();
    opened = null;
  }

  function open(word) {
    const meaning = document.createElement("span");
    meaning.className = "term__meaning";
    meaning.setAttribute("role", "note");
    meaning.textContent = word.dataset.meaning;
    word.after(meaning);
    word.setAttribute("aria-expanded", "true");
    opened = word;
    document.dispatchEvent(new CustomEvent("say", { detail: word.dataset.meaning }));
  }

  for (const word of document.querySelectorAll(".term")) word.setAttribute("aria-expanded", "false");
  document.addEventListener("click", (event) => {
    const word = event.target.closest(".term");
    if (!word || event.ctrlKey || event.metaKey || event.shiftKey) {
      if (!event.target.closest(".term__meaning")) close();
      return;
    }
    event.preventDefault();
    const again = word === opened;
    close();
    if (!again) open(word);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && opened && !event.defaultPrevented) {
      event.preventDefault();
      close();
    }
  });
})();
