/* The bar of an errand follows the work. Without this file the page looks again by itself. */

(() => {
  "use strict";

  const LOOKS_EVERY = 1000;
  const AFTER_TROUBLE = 5000;
  const errand = document.getElementById("errand");
  if (!errand?.dataset.poll) return;

  const underWay = () => ["waiting", "running"].includes(errand.querySelector("[data-state]").dataset.state);

  async function look() {
    try {
      const answer = await fetch(errand.dataset.poll, { redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      errand.innerHTML = await answer.text();
    } catch {
      setTimeout(look, AFTER_TROUBLE);
      return;
    }
    if (underWay()) {
      setTimeout(look, LOOKS_EVERY);
      return;
    }
    const told = errand.querySelector("[data-told]")?.textContent ?? errand.dataset.ended;
    document.dispatchEvent(new CustomEvent("say", { detail: told }));
    setTimeout(() => window.location.reload(), LOOKS_EVERY); // the buttons of what it has become
  }

  setTimeout(look, LOOKS_EVERY);
})();
