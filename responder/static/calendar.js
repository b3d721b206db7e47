// The calendar: keys move between days and pages, along the links that are there anyway.
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

  const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
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
      follow(link(event.key === "PageUp" ? "prev" : "next"), "#main");
    } else if (event.key === "Enter" && event.target === day) {
      day.querySelector("a")?.click();
    } else if (event.key.toLowerCase() === "t") {
      follow(calendar.querySelector("[data-now]"), `#d-${calendar.dataset.today}`);
    }
  });

  // Who came by a key goes on by key.
  const asked = window.location.hash.startsWith("#d-") && document.getElementById(window.location.hash.slice(1));
  if (asked) focusDay(asked);
  else if (window.location.hash === "#main") {
    const first = days.find((one) => one.hasAttribute("aria-current")) || days.find((one) => shown(one) && !one.matches(".day--outside"));
    if (first) focusDay(first);
  }
})();
