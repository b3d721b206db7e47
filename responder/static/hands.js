/* What the hands can rely on: what was typed is not left behind unnoticed, the focus is not lost
   when a part of the page is replaced, and what changed is read aloud once, politely. */

(() => {
  "use strict";

  // ---- unsaved changes ----

  // A form that keeps drafts says itself, in data-unkept, when it could not.
  const keepsDrafts = (form) => form.matches("[data-desk], [data-editor]");
  let submitted = null;

  function differs(field) {
    if (field.disabled || field.type === "hidden" || choosesRow(field)) return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.type === "file") return field.files.length > 0;
    if (field.tagName === "SELECT") return changedMenu(field);
    return "defaultValue" in field && field.value !== field.defaultValue;
  }

  // A box that picks a row of a list changes nothing by itself.
  function choosesRow(field) {
    const row = field.type === "checkbox" && field.closest(".rows > li, tbody > tr");
    return Boolean(row) && field.form.contains(row);
  }

  // A menu with nothing marked shows its first option.
  function changedMenu(menu) {
    const options = [...menu.options];
    const marked = options.filter((one) => one.defaultSelected);
    const first = menu.multiple || marked.length ? marked : options.slice(0, 1);
    return options.some((one) => one.selected !== first.includes(one));
  }

  // A page that answers a refused form holds what was typed, and nothing of it is stored.
  function refused(form) {
    return "refused" in document.querySelector("main").dataset && form.action === window.location.href.split("#")[0];
  }

  function unsaved(form) {
    if (form === submitted || form.method !== "post" || "unguarded" in form.dataset) return false;
    if (keepsDrafts(form)) return "unkept" in form.dataset;
    return refused(form) || [...form.elements].some(differs);
  }

  addEventListener("beforeunload", (event) => {
    if (![...document.querySelectorAll("main form")].some(unsaved)) return;
    event.preventDefault();
    event.returnValue = true; // what browsers of 2023 and before look at
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) submitted = event.target;
  });
  document.addEventListener("input", (event) => {
    if (event.target.form === submitted) submitted = null;
  });
  addEventListener("pageshow", () => (submitted = null));

  // ---- the focus ----

  let held = null; // where the focus was: the element, and what it stood in

  function around(element) {
    const parents = [];
    for (let one = element.parentElement; one && one !== document.body; one = one.parentElement) parents.push(one);
    return parents;
  }

  // The same control in the part that replaced its own, or the nearest that is still there.
  function sameAgain() {
    if (held.element.id) {
      const twin = document.getElementById(held.element.id);
      if (twin) return twin;
    }
    const near = held.parents.find((one) => one.isConnected);
    const twins = held.name ? near?.querySelectorAll(`[name="${CSS.escape(held.name)}"]`) : [];
    return [...(twins ?? [])].find((one) => one.value === held.element.value) ?? near;
  }

  function giveBack() {
    if (!held || held.element.isConnected || document.activeElement !== document.body) return;
    const place = sameAgain();
    if (!place) return;
    place.focus({ preventScroll: true });
    if (document.activeElement === place) return;
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
  }

  document.addEventListener("focusin", ({ target }) => {
    held = { element: target, name: target.getAttribute("name"), parents: around(target) };
  });
  new MutationObserver(giveBack).observe(document.body, { childList: true, subtree: true });

  // ---- read aloud ----

  // Any script says: document.dispatchEvent(new CustomEvent("say", { detail: words })).
  const said = document.getElementById("said");
  let saying = 0;
  document.addEventListener("say", (event) => {
    clearTimeout(saying);
    said.textContent = "";
    saying = setTimeout(() => (said.textContent = event.detail), 100);
  });
})();
