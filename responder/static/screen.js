// The big screen fetches its part anew, and says when it could not.
"use strict";

(() => {
  const main = document.querySelector("main[data-part]");
  const stale = document.querySelector("[data-stale]");
  const every = Number(main.dataset.every) * 1000;
  const LONGEST = 5 * 60 * 1000;
  let wait = every;

  const shownAt = () => main.querySelector("[data-shown]").dataset.shown;

  const swap = async () => {
    const answer = await fetch(main.dataset.part, { redirect: "error", cache: "no-store" });
    if (!answer.ok) {
      throw new Error(String(answer.status));
    }
    main.innerHTML = await answer.text();
    stale.hidden = true;
    wait = every;
  };

  const failed = () => {
    stale.textContent = stale.dataset.stale.replace("#", shownAt());
    stale.hidden = false;
    wait = Math.min(wait * 2, LONGEST);
  };

  const look = async () => {
    if (!document.hidden) {
      await swap().catch(failed);
    }
    window.setTimeout(look, wait);
  };

  window.setTimeout(look, wait);
})();
