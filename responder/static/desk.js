/* The desk: what is similar follows the typing, keys stand in for the mouse, drafts survive.
   Without this file the form works by its buttons alone. */

(() => {
  "use strict";

  const PAUSE_MS = 250;
  const DRAFT_MS = 1500;
  const form = document.querySelector("[data-desk]");
  if (!form) return;
  document.documentElement.classList.add("js");

  const part = (id) => document.getElementById(id);
  const text = form.elements.namedItem("body");
  const radios = () => [...form.querySelectorAll("input[name=same_as]")];
  // While an input method composes, each key is the input method's own.
  const composing = (event) => event.isComposing || event.keyCode === 229;

  // ---- what is similar ----

  const COMPARED = ["body", "district", "street", "place", "title"];
  let waiting = 0;
  let asked = null;
  let lastSaid = said("defaultValue");

  function said(of = "value") {
    return COMPARED.map((name) => form.elements.namedItem(name)[of]).join("\n");
  }

  function lookSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(() => said() !== lastSaid && look(), PAUSE_MS);
  }

  async function look() {
    clearTimeout(waiting);
    asked?.abort();
    asked = new AbortController();
    lastSaid = said();
    try {
      const answer = await send(form.dataset.similar, { signal: asked.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.text());
    } catch (error) {
      if (error.name === "AbortError") return;
      lastSaid = null;
      part("desk-status").textContent = "";
    }
  }

  function send(address, options = {}) {
    const headers = { "X-Part": "1" };
    return fetch(address, { method: "POST", body: new FormData(form), headers, ...options });
  }

  function show(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const chosen = choice();
    const focused = document.activeElement?.name === "same_as";
    for (const name of ["hints", "similar"]) {
      const source = fresh.content.querySelector(`[data-part=${name}]`);
      if (source) part(`desk-${name}`).replaceChildren(...source.childNodes);
    }
    const again = radios().find((one) => one.value === chosen);
    const parted = Boolean(again && "other" in again.dataset) && insisted !== chosen;
    choose(parted ? part("same-none") : again, focused);
    if (parted) takeBack();
    if (!chosen) markChosen();
    const count = part("desk-similar").querySelector("[data-count]")?.dataset.count ?? "0";
    const found = count === "0" ? "" : `${count} ${form.dataset.foundWord}`;
    part("desk-status").textContent = parted ? form.dataset.partedWord : found;
    part("desk-parted").hidden = !parted;
  }

  // ---- the same as this ----

  // A text that was rewritten takes its choice back; who chooses again is believed.
  let insisted = "";
  const lent = new Map(); // what the form has from the choice alone

  function takeBack() {
    for (const [name, value] of lent) {
      const input = form.elements.namedItem(name);
      if (input.value === value) input.value = "";
    }
    lent.clear();
    lookSoon();
  }

  function choice() {
    return radios().find((one) => one.checked)?.value ?? "";
  }

  function choose(radio, focus = false) {
    if (!radio) return;
    radio.checked = true;
    if (focus) radio.focus();
    markChosen();
  }

  function markChosen() {
    for (const one of radios()) {
      one.closest("li").classList.toggle("alike--chosen", one.checked && one.value !== "");
    }
    const save = form.querySelector("[data-save]");
    save.textContent = choice() ? save.dataset.joinWord.replace("{}", choice()) : save.dataset.word;
  }

  function decide(radio) {
    insisted = "other" in radio.dataset ? radio.value : "";
    part("desk-parted").hidden = true;
    choose(radio);
  }

  function attach(number) {
    const radio = radios().filter((one) => one.value)[number - 1];
    if (!radio) return false;
    decide(radio);
    for (const name of ["district", "place"]) {
      if (fill(name, radio.dataset[name])) lent.set(name, radio.dataset[name]);
    }
    saveDraftSoon();
    return true;
  }

  function fill(name, value) {
    const input = form.elements.namedItem(name);
    if (input.value || !value) return false;
    input.value = value;
    return true;
  }

  // ---- keys ----

  function take(kind) {
    const hint = form.querySelector(`[data-take=${kind}]`);
    if (!hint) return false;
    const input = form.elements.namedItem(kind);
    if (input.type === "checkbox") input.checked = true;
    else input.value = hint.dataset.value;
    saveDraftSoon();
    return true;
  }

  const HINT_KEYS = { KeyU: "urgent", KeyN: "nature", KeyC: "category" };

  function onKey(event) {
    if (composing(event)) return;
    let done = false;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      form.requestSubmit(form.querySelector("[data-save]"));
      done = true;
    } else if (event.altKey && /^(Digit|Numpad)[1-5]$/.test(event.code)) {
      done = attach(Number(event.code.slice(-1)));
    } else if (event.altKey && HINT_KEYS[event.code]) {
      done = take(HINT_KEYS[event.code]);
    } else if (event.key === "Escape" && !event.target.list) {
      part("desk-parted").hidden = true;
      choose(part("same-none"));
      text.focus();
      done = true;
    } else if (event.key === "Enter" && event.target.matches("input:not([type=checkbox])")) {
      done = true; // the key of a hurried hand; Ctrl+Enter saves
    }
    if (done) event.preventDefault();
  }

  // ---- places ----

  const PLACES = ["district", "street", "place"];
  let placesAsked = null;

  async function places(level, wanted) {
    placesAsked?.abort();
    placesAsked = new AbortController();
    const query = new URLSearchParams({ level, q: wanted });
    const answer = await fetch(`${form.dataset.places}?${query}`, { signal: placesAsked.signal });
    return answer.ok ? answer.json() : [];
  }

  async function offer(input) {
    const level = input.name;
    const found = await places(level, input.value).catch(() => null);
    if (!found) return [];
    part(`known-${level}`).replaceChildren(
      ...found.map((one) => {
        const option = document.createElement("option");
        option.value = one.name;
        option.textContent = one.label;
        return option;
      }),
    );
    return found;
  }

  // blwxq and the Tab key: initials become the name that they begin.
  async function spellOut(input) {
    const typed = input.value.trim();
    if (!/^[a-z]{2,}$/i.test(typed)) return adopt(input);
    const [best] = await offer(input);
    if (input.value.trim() !== typed) return;
    const hint = part(`${input.id}-hint`);
    if (hint) hint.textContent = best ? hint.dataset.word : form.dataset.noPlaceWord;
    if (!best) return;
    input.value = best.name;
    fill("district", best.district);
    lookSoon();
  }

  function adopt(input) {
    const option = [...part(`known-${input.name}`).options].find((one) => one.value === input.value);
    const district = option?.textContent.split(" · ")[0];
    if (input.name !== "district" && option?.textContent.includes(" · ")) fill("district", district);
  }

  // ---- drafts ----

  let draftWaiting = 0;
  let lastKept = snapshot();
  let leaving = false;

  function snapshot() {
    const fields = new FormData(form);
    for (const name of ["csrf_token", "token", "occurred_at"]) fields.delete(name);
    return JSON.stringify([...fields]);
  }

  function saveDraftSoon() {
    clearTimeout(draftWaiting);
    draftWaiting = setTimeout(saveDraft, DRAFT_MS);
  }

  async function saveDraft() {
    clearTimeout(draftWaiting);
    const now = snapshot();
    if (leaving || now === lastKept) return;
    lastKept = now;
    try {
      const answer = await send(form.dataset.draft, { keepalive: true });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const kept = await answer.json();
      delete form.dataset.unkept;
      part("desk-kept").textContent = kept.kept ? `${form.dataset.keptWord} ${kept.at}` : "";
    } catch {
      lastKept = null;
      form.dataset.unkept = "";
      part("desk-kept").textContent = form.dataset.unkeptWord;
    }
  }

  // ---- when the call came ----

  // The form may have waited for the call; its clock starts at the first key.
  const openedAt = performance.now();
  let begun = Boolean(text.defaultValue);

  function callBegins() {
    if (begun) return;
    begun = true;
    // What became of the call before stays in sight, but no longer as news of this one.
    for (const one of document.querySelectorAll(".alert-success")) {
      one.classList.replace("alert-success", "flash--past");
      one.prepend(form.dataset.pastWord);
    }
    const input = form.elements.namedItem("occurred_at");
    if (input.value !== input.defaultValue || !input.value) return;
    const waited = Math.floor((performance.now() - openedAt) / 60000) * 60000;
    const moment = new Date(Date.parse(`${input.value}Z`) + waited);
    input.value = moment.toISOString().slice(0, 16);
  }

  // ---- together ----

  form.addEventListener("keydown", onKey);
  form.addEventListener("input", (event) => {
    if (COMPARED.includes(event.target.name) && !event.isComposing) lookSoon();
    if (PLACES.includes(event.target.name) && !event.isComposing) offer(event.target);
    callBegins();
    saveDraftSoon();
  });
  form.addEventListener("compositionend", (event) => {
    if (COMPARED.includes(event.target.name)) lookSoon();
    if (PLACES.includes(event.target.name)) offer(event.target);
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "same_as") decide(event.target);
    if (PLACES.includes(event.target.name)) spellOut(event.target);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.take) take(button.dataset.take);
    if (button.matches("[data-look]")) {
      event.preventDefault();
      look();
    }
    if (button.matches("[data-look-earlier]")) {
      event.preventDefault();
      send(form.dataset.earlier)
        .then((answer) => answer.text())
        .then((html) => (part("desk-earlier").innerHTML = html));
    }
  });
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(draftWaiting);
  });
  addEventListener("pagehide", saveDraft);
  addEventListener("pageshow", (event) => {
    if (event.persisted) leaving = false;
  });
  markChosen();
  if (text.value !== text.defaultValue) {
    callBegins(); // typed before this file was there
    lookSoon();
    saveDraftSoon();
  }
  if (text.value) text.setSelectionRange(text.value.length, text.value.length);
})();
