/* The keys of the page, as the dialog of `?` lists them: its lines say which keys there are and
   what each does. A page's own script comes first; what it has dealt with is left alone. */

(() => {
  "use strict";

  const SEQUENCE_MS = 1500;
  const ROWS = "main .rows > li, main tbody > tr, main [data-board] li";
  const TYPING = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";
  const dialog = document.getElementById("keys-dialog");
  if (!dialog) return;

  const lines = new Map();
  for (const line of dialog.querySelectorAll("[data-act]")) {
    for (const keys of line.dataset.keys.split("|")) lines.set(keys, line);
  }
  const switchedOn = dialog.dataset.switched === "on";

  // ---- rows of lists ----

  const linkOf = (row) => row.querySelector("[data-card], a[href]");
  const shown = (row) => row.offsetParent !== null && !row.closest("details:not([open])");
  const rows = () =>
    [...document.querySelectorAll(ROWS)].filter((row) => shown(row) && linkOf(row));
  const rowOf = (element) => element.closest?.(ROWS);

  function stepTo(by) {
    const all = rows();
    if (!all.length) return false;
    const at = all.indexOf(rowOf(document.activeElement));
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by;
    const row = all[Math.min(Math.max(next, 0), all.length - 1)];
    linkOf(row).focus();
    row.scrollIntoView({ block: "nearest" });
    return true;
  }

  function selectRow() {
    const box = rowOf(document.activeElement)?.querySelector("input[type=checkbox]");
    box?.click();
    return Boolean(box);
  }

  // ---- the next item of the list that one came from ----

  const LIST = "responder-list";
  const here = window.location.pathname;

  function keepList(link) {
    const row = rowOf(link);
    if (!row || linkOf(row) !== link) return;
    const items = rows().map((one) => new URL(linkOf(one).href).pathname);
    const list = { at: here + window.location.search, items: [...new Set(items)] };
    sessionStorage.setItem(LIST, JSON.stringify(list));
  }

  function listOfThis() {
    const list = JSON.parse(sessionStorage.getItem(LIST) ?? "null");
    return list?.items.includes(here) ? list : null;
  }

  function neighbour(by) {
    const list = listOfThis();
    return go(list?.items[list.items.indexOf(here) + by]);
  }

  // ---- what the keys do ----

  function go(address) {
    if (address) window.location.assign(address);
    return Boolean(address);
  }

  function search() {
    const field = document.querySelector("main [type=search], main [name=q]") ??
      document.querySelector("[type=search]");
    field?.focus();
    field?.select?.();
    return Boolean(field);
  }

  // The form in which somebody stands, or the only one to fill in here.
  function save() {
    const isWork = (form) => form?.method === "post" && form.closest("main, dialog[open]");
    const own = document.activeElement?.form ?? document.activeElement?.closest("form");
    const all = [...document.querySelectorAll("main form[method=post]")].filter((form) =>
      [...form.elements].some((one) => one.matches(TYPING) && one.type !== "hidden"),
    );
    const form = isWork(own) ? own : all.length === 1 ? all[0] : null;
    form?.requestSubmit();
    return true; // the browser's own "save the page" is never what is meant
  }

  function toSteps() {
    const panel = document.getElementById("steps")?.parentElement;
    const parts = panel?.querySelectorAll("textarea, select, input:not([type=hidden]), button, a[href]");
    const first = [...(parts ?? [])].find((one) => one.offsetParent !== null && !one.disabled);
    first?.focus();
    return Boolean(first);
  }

  function show() {
    if (!dialog.open) dialog.showModal();
    return true;
  }

  function leave(event) {
    if (!event.target.matches(TYPING) || event.target.list) return false;
    event.target.blur();
    return true;
  }

  const ACTS = {
    keys: show,
    search,
    save,
    leave,
    "next-row": () => stepTo(1),
    "previous-row": () => stepTo(-1),
    "select-row": selectRow,
    "next-item": () => neighbour(1),
    "previous-item": () => neighbour(-1),
    list: () => go(listOfThis()?.at),
    steps: toSteps,
    go: (_event, line) => go(line.querySelector("a").href),
  };

  // ---- together ----

  const FULL_WIDTH = { "？": "?", "／": "/", "【": "[", "】": "]" };
  let begun = ""; // the first key of two
  let forgetting = 0;

  function begin(key) {
    begun = key;
    clearTimeout(forgetting);
    forgetting = setTimeout(() => (begun = ""), SEQUENCE_MS);
  }

  const composing = (event) => event.isComposing || event.keyCode === 229;
  const startsTwo = (key) => [...lines.keys()].some((keys) => keys.startsWith(`${key} `));

  function pressed(event) {
    const name = event.key === "Escape" ? "Esc" : (FULL_WIDTH[event.key] ?? event.key);
    if (event.ctrlKey || event.metaKey) return event.altKey ? "" : `Ctrl+${name.toUpperCase()}`;
    return event.altKey ? "" : name;
  }

  function act(keys, event) {
    const line = lines.get(keys);
    if (line && ACTS[line.dataset.act](event, line)) event.preventDefault();
  }

  function onKey(event) {
    const keys = pressed(event);
    if (event.defaultPrevented || composing(event) || !keys) return;
    if (keys.length > 1 && !keys.startsWith("Arrow")) {
      if (!document.querySelector("dialog[open]") || keys !== "Esc") act(keys, event);
      return;
    }
    if (!switchedOn || event.repeat && keys.length === 1 && !"jk".includes(keys)) return;
    if (event.target.closest(TYPING) || document.querySelector("dialog[open]")) return;
    if (keys === "ArrowDown" || keys === "ArrowUp") return stepFromRow(keys, event);
    if (startsTwo(keys)) begin(keys);
    else act(keys, event);
  }

  // The arrows scroll the page, until somebody stands in a row.
  function stepFromRow(keys, event) {
    const row = rowOf(event.target);
    if (row && event.target === linkOf(row)) act(keys === "ArrowDown" ? "j" : "k", event);
  }

  // The second key of two is taken before a page's own script can read it as a key alone.
  function onSecondKey(event) {
    if (!begun || composing(event) || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    const keys = `${begun} ${pressed(event)}`;
    begun = "";
    if (!lines.has(keys) || event.target.closest(TYPING)) return;
    event.stopPropagation();
    act(keys, event);
  }

  document.addEventListener("keydown", onSecondKey, { capture: true });
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (link) keepList(link);
    if (event.target.closest("[data-show-keys]")) {
      event.preventDefault();
      show();
    }
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
})();
