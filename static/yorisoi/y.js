// Bare pages work without this file. It adds the theme, keeps one submit per form, and focuses what matters.
(() => {
  "use strict";
  const chosen = localStorage.getItem("adminTheme");
  const dark = chosen ? chosen.includes("dark") : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.classList.toggle("dark", dark);

  document.addEventListener("keydown", (event) => {
    // Enter that ends an IME composition must not send the form (Safari fires keydown after compositionend).
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing) {
      const field = document.querySelector("[data-find]");
      if (field) { event.preventDefault(); field.focus(); field.select(); }
    }
  });

  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("[data-once]");
    if (!button) return;
    if (button.disabled) { event.preventDefault(); return; }
    button.disabled = true;
    button.textContent = button.dataset.once;
  });

  // The page comes back from the browser's cache with its buttons still off.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("[data-once]").forEach((b) => { b.disabled = false; });
    if (event.persisted) document.querySelectorAll("form[data-sure]").forEach((f) => { delete f.dataset.sure; });
  });

  document.querySelectorAll("[data-count]").forEach((area) => {
    const show = document.getElementById(area.dataset.count);
    const update = () => { show.textContent = `${[...area.value].length} / ${area.maxLength}`; };
    area.addEventListener("input", update);
    update();
  });

  document.querySelectorAll("details[data-open-focus]").forEach((part) => {
    part.addEventListener("toggle", () => { if (part.open) part.querySelector("textarea, input:not([type=hidden])")?.focus(); });
  });

  document.querySelectorAll("select[data-submit]").forEach((select) => {
    select.addEventListener("change", () => select.form.requestSubmit());
  });
})();
