// The calendar: keys move between days and pages, along the links that are there anyway, and
// events are dragged to another day.
"use strict";

(() => {
  const calendar = document.querySelector("[data-calendar]");
  if (!calendar) return;

  const days = [...calendar.querySelectorAll("[data-day]")];
  const keys = calendar.querySelector(".calendar__keys");
  if (keys) keys.hidden = false;

  const follow = (link, anchor = "") => {
    if (link) window.location.assign(link.href.split("#")[0] + anchor);
  };
  const link = (name) => calendar.querySelector(`a[rel=${name}]`);
  const focusDay = (day) => {
    day.tabIndex = -1;
    day.focus();
    day.scrollIntoView({ block: "nearest" });
  };
  // Days are told apart by their dates, counted in UTC so that no summer time skips one.
  const shifted = (iso, by) => {
    const day = new Date(`${iso}T00:00:00Z`);
    day.setUTCDate(day.getUTCDate() + by);
    return day.toISOString().slice(0, 10);
  };
  // The page before or after, at the same day of its month; the 29th and later may be none.
  const turn = (page, from) => {
    if (!page) return;
    const asked = new URL(page.href).searchParams;
    const day = Math.min(from ? Number(from.dataset.day.slice(8)) : 1, 28);
    const parts = [asked.get("month"), String(day)].map((part) => part.padStart(2, "0"));
    follow(page, `#d-${asked.get("year")}-${parts.join("-")}`);
  };
  const shown = (day) => day.offsetParent !== null;

  // A narrow screen and the agenda leave days out: then the next one that is shown.
  const step = (from, by) => {
    const wanted = shifted(from.dataset.day, by);
    const exact = days.find((day) => day.dataset.day === wanted);
    if (exact && shown(exact)) return focusDay(exact);
    const ahead = days.filter((day) => shown(day) && (by > 0 ? day.dataset.day >= wanted : day.dataset.day <= wanted));
    if (ahead.length) return focusDay(by > 0 ? ahead[0] : ahead[ahead.length - 1]);
    return follow(link(by > 0 ? "next" : "prev"), `#d-${wanted}`);
  };

  // An event goes to another day by dragging or by M: both open the page that tells what
  // this brings about, here in a dialog.
  const dialog = document.querySelector("[data-move-dialog]");
  const openMove = async (address, focused = "[name=reason]") => {
    try {
      const answer = await fetch(address, { redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      dialog.replaceChildren(page.getElementById("move"));
      if (!dialog.open) dialog.showModal();
      (dialog.querySelector(focused) || dialog.querySelector("[type=date]"))?.focus();
    } catch {
      window.location.assign(address);
    }
  };
  const moveTo = (slot, day) => openMove(`${slot.dataset.move}&to=${day}`);

  if (dialog) {
    let dragged = null;
    const over = (day) => {
      for (const one of days) one.classList.toggle("day--over", one === day);
    };
    for (const slot of calendar.querySelectorAll("[data-move]")) {
      slot.draggable = true;
      for (const inner of slot.querySelectorAll("a")) inner.draggable = false;
      slot.addEventListener("dragstart", (event) => {
        dragged = slot;
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", slot.innerText);
      });
      slot.addEventListener("dragend", () => {
        dragged = null;
        over(null);
      });
      slot.querySelector(".slot__move").addEventListener("click", (event) => {
        event.preventDefault();
        moveTo(slot, slot.closest("[data-day]").dataset.day);
      });
    }
    for (const day of days) {
      day.addEventListener("dragover", (event) => {
        if (!dragged) return;
        event.preventDefault();
        over(day);
      });
      day.addEventListener("drop", (event) => {
        if (!dragged) return;
        event.preventDefault();
        const slot = dragged;
        if (slot.closest("[data-day]") !== day) moveTo(slot, day.dataset.day);
      });
    }
    dialog.addEventListener("click", (event) => {
      if (event.target !== dialog && !event.target.closest("[data-close]")) return;
      event.preventDefault();
      dialog.close();
    });
    const lookAgain = (form, focused) => {
      const address = new URL(form.dataset.address, window.location.href);
      address.search = new URLSearchParams(new FormData(form)).toString();
      openMove(address.href, focused);
    };
    dialog.addEventListener("submit", (event) => {
      if (!event.target.matches("[data-move-day]")) return;
      event.preventDefault();
      lookAgain(event.target);
    });
    // Another reach in the series has other consequences: what is confirmed is what is shown.
    dialog.addEventListener("change", (event) => {
      if (event.target.matches("[name=scope]")) lookAgain(event.target.form, "[name=scope]:checked");
    });
  }

  const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  const letters = document.getElementById("keys-dialog")?.dataset.switched === "on";
  const TYPING = "input, select, textarea, summary, [contenteditable]";

  calendar.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest(TYPING)) return;
    const day = event.target.closest("[data-day]");
    const from = day || days.find((one) => one.hasAttribute("aria-current")) || days.find(shown);
    if (event.key in STEPS && from) {
      event.preventDefault();
      if (day) step(day, STEPS[event.key]);
      else focusDay(from);
    } else if (event.key === "PageUp" || event.key === "PageDown") {
      event.preventDefault();
      turn(link(event.key === "PageUp" ? "prev" : "next"), from);
    } else if (event.key === "Enter" && event.target === day) {
      day.querySelector("a")?.click();
    } else if (letters && event.key.toLowerCase() === "m" && dialog) {
      const slot = event.target.closest("[data-move]") || day?.querySelector("[data-move]");
      if (!slot) return;
      event.preventDefault();
      moveTo(slot, slot.closest("[data-day]").dataset.day);
    } else if (letters && event.key.toLowerCase() === "t") {
      follow(calendar.querySelector("[data-now]"), `#d-${calendar.dataset.today}`);
    }
  });

  // Who came by a key goes on by key; where the day itself is left out, from the next one.
  if (window.location.hash.startsWith("#d-")) {
    const wanted = window.location.hash.slice(3);
    const there = days.filter(shown);
    const next = there.find((day) => day.dataset.day >= wanted) || there[there.length - 1];
    if (next) focusDay(next);
  }
})();
