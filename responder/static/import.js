// The import page: a file dropped is a file chosen, and progress shows itself.
"use strict";

(() => {
  const LOOKS_EVERY = 1000;

  const drop = document.querySelector(".import-drop");
  if (drop) {
    const input = drop.querySelector("input[type=file]");
    const error = drop.querySelector("#file-error");
    const button = drop.querySelector("button");

    const check = () => {
      const file = input.files[0];
      const tooLarge = Boolean(file) && file.size > Number(drop.dataset.maxBytes);
      error.textContent = tooLarge ? drop.dataset.tooLarge : "";
      button.disabled = tooLarge;
    };
    const over = (event) => {
      event.preventDefault();
      drop.classList.toggle("import-drop--over", event.type === "dragover");
    };
    input.addEventListener("change", check);
    drop.addEventListener("dragover", over);
    drop.addEventListener("dragleave", over);
    drop.addEventListener("drop", (event) => {
      over(event);
      if (event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        check();
        button.focus();
      }
    });
  }

  const progress = document.getElementById("progress");
  if (progress && progress.dataset.poll) {
    const state = () => progress.querySelector("[data-state]").dataset.state;
    const look = async () => {
      const before = state();
      try {
        const answer = await fetch(progress.dataset.poll, { redirect: "error" });
        if (!answer.ok) throw new Error(String(answer.status));
        progress.innerHTML = await answer.text();
      } catch {
        window.setTimeout(look, LOOKS_EVERY * 5);
        return;
      }
      if (state() === before) window.setTimeout(look, LOOKS_EVERY);
      else window.location.reload();
    };
    window.setTimeout(look, LOOKS_EVERY);
  } else if (progress && progress.dataset.reload) {
    window.setTimeout(() => window.location.reload(), LOOKS_EVERY * 2);
  }
})();
