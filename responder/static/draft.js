/* Writing an answer: what is typed is put by after each pause, the check beside it follows, a
   template goes in where the writer stands. Without this file the form works by its buttons. */

(() => {
  "use strict";

  const CHECK_MS = 800;
  const KEEP_MS = 2500;
  const WAIT_MS = 3000;
  const form = document.querySelector("[data-editor]");
  if (!form) return;

  const part = (id) => document.getElementById(id);
  const text = form.elements.namedItem("text");
  const slip = form.elements.namedItem("slip");
  const format = form.elements.namedItem("format");
  const typed = () => `${format.value}\n${text.value}`;

  // ---- put by ----

  let kept = typed();
  let keepWaiting = 0;
  let keeping = null; // what is on its way
  let leaving = false;

  function keepSoon() {
    clearTimeout(keepWaiting);
    keepWaiting = setTimeout(keep, KEEP_MS);
  }

  function keep() {
    clearTimeout(keepWaiting);
    if (leaving || typed() === kept) return;
    if (keeping) return keepSoon();
    keeping = putBy().finally(() => (keeping = null));
  }

  async function putBy() {
    const now = typed();
    try {
      const answer = await fetch(form.dataset.slip, { method: "POST", body: new FormData(form) });
      const told = answer.redirected ? {} : await answer.json();
      if (!answer.ok || answer.redirected) throw new Error(told.told);
      slip.value = told.slip;
      kept = now;
      delete form.dataset.unkept;
      part("slip-status").textContent = told.kept ? `${form.dataset.keptWord} ${told.at}` : "";
    } catch (error) {
      form.dataset.unkept = "";
      const said = error instanceof SyntaxError || error instanceof TypeError ? "" : error.message;
      part("slip-status").textContent =
        said && said !== "undefined" ? said : form.dataset.unkeptWord;
    }
  }

  // What is on its way arrives before the save: after it, it would come back as unsaved text, and
  // the save would not know the slip that it made. A network that hangs holds up no save.
  async function saveInOrder(event) {
    clearTimeout(keepWaiting);
    const again = leaving;
    leaving = true;
    if (!keeping) return;
    event.preventDefault();
    if (again) return;
    await Promise.race([keeping, new Promise((done) => setTimeout(done, WAIT_MS))]);
    keeping = null;
    form.requestSubmit(event.submitter);
  }

  function keepOnLeaving() {
    if (leaving || typed() === kept) return;
    navigator.sendBeacon(form.dataset.slip, new FormData(form));
  }

  // ---- the check ----

  let checkWaiting = 0;
  let asked = null;
  let checked = typed();

  function checkSoon() {
    clearTimeout(checkWaiting);
    checkWaiting = setTimeout(() => typed() !== checked && check(), CHECK_MS);
  }

  async function check() {
    clearTimeout(checkWaiting);
    asked?.abort();
    asked = new AbortController();
    checked = typed();
    try {
      const answer = await fetch(form.dataset.check, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Part": "1" },
        signal: asked.signal,
      });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const open = part("check-remarks").querySelector("details")?.open;
      part("check-remarks").innerHTML = await answer.text();
      const preview = part("check-remarks").querySelector("details");
      if (preview && open) preview.open = true;
      part("check-status").textContent = form.dataset.checkedWord;
    } catch (error) {
      if (error.name !== "AbortError") checked = null;
    }
  }

  // ---- templates ----

  const templates = document.querySelector("[data-templates]");

  async function insert() {
    const query = new URLSearchParams({ template: templates.elements.namedItem("template").value });
    const answer = await fetch(`${templates.dataset.templates}?${query}`);
    if (!answer.ok || answer.redirected) return templates.submit();
    const told = await answer.json();
    if (!text.value.trim()) format.value = told.format;
    text.focus();
    text.setRangeText(told.text, text.selectionStart, text.selectionEnd, "end");
    changed();
  }

  // ---- together ----

  function changed() {
    keepSoon();
    checkSoon();
  }

  form.addEventListener("input", (event) => event.isComposing || changed());
  form.addEventListener("compositionend", changed);
  form.addEventListener("change", changed);
  form.addEventListener("click", (event) => {
    if (!event.target.closest("[data-check-now]")) return;
    event.preventDefault();
    check().then(() => part("check").scrollIntoView({ block: "nearest" }));
  });
  templates?.addEventListener("submit", (event) => {
    event.preventDefault();
    insert();
  });
  form.addEventListener("submit", saveInOrder);
  addEventListener("pagehide", keepOnLeaving);
  document.addEventListener("visibilitychange", () => document.hidden && keep());
  addEventListener("pageshow", (event) => {
    if (event.persisted) leaving = false;
  });
  if (text.value !== text.defaultValue) changed(); // typed before this file was there
})();
