// Thước's own script. Every page works without it; it keeps the reader's switches, applies a choice without the button,
// and says in the line under a drawing what is under the pointer.
(() => {
  "use strict";
  const root = document.documentElement;
  const store = {
    get(k) { try { return localStorage.getItem("thuoc." + k); } catch { return null; } },
    set(k, v) { try { v ? localStorage.setItem("thuoc." + k, v) : localStorage.removeItem("thuoc." + k); } catch { /* private window */ } },
  };
  const show = (k) => { const v = store.get(k); v ? (root.dataset[k] = v) : delete root.dataset[k]; };
  root.classList.add("js");
  ["theme", "size", "contrast"].forEach(show);

  const keep = (k, v) => { store.set(k, v); show(k); mark(); };
  const act = {
    smaller: () => keep("size", String(Math.max(-1, (+store.get("size") || 0) - 1)).replace(/^0$/, "")),
    larger: () => keep("size", String(Math.min(2, (+store.get("size") || 0) + 1)).replace(/^0$/, "")),
    contrast: () => keep("contrast", store.get("contrast") ? "" : "more"),
    theme: () => {
      const dark = store.get("theme") ? store.get("theme") === "dark" : matchMedia("(prefers-color-scheme:dark)").matches;
      keep("theme", dark ? "light" : "dark");
    },
    print: () => print(),
  };
  const mark = () => {
    const on = { contrast: !!store.get("contrast"), theme: store.get("theme") === "dark" };
    for (const b of document.querySelectorAll("button[data-act]"))
      if (b.dataset.act in on) b.setAttribute("aria-pressed", on[b.dataset.act]);
  };

  document.addEventListener("click", (e) => {
    const b = e.target.closest("[data-act]");
    if (b) act[b.dataset.act]?.();
    for (const m of document.querySelectorAll("details.menu[open]")) if (!m.contains(e.target)) m.open = false;
  });
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    for (const m of document.querySelectorAll("details.menu[open]")) { m.open = false; m.querySelector("summary").focus(); }
  });
  document.addEventListener("change", (e) => {
    const f = e.target.form;
    if (f?.matches("[data-auto]")) f.requestSubmit();
  });

  const say = (e) => {
    const at = e.target.closest?.("svg [aria-label]");
    const line = at?.closest("figure")?.querySelector(".say");
    if (line) line.textContent = at.getAttribute("aria-label");
  };
  document.addEventListener("pointerover", say);
  document.addEventListener("focusin", say);
  document.addEventListener("DOMContentLoaded", mark);
  document.addEventListener("htmx:after:swap", mark);
})();
