// The one field as a scanner's field. A keyboard-wedge scanner types fast and ends with Enter; under an input method
// its letters arrive as a composition, and its Enter only confirms them: then the field is sent from here.
(() => {
  "use strict";
  const FAST = 60; // milliseconds a letter: nobody types a card number like that
  const WHOLE = /^[\w.:@+-]{8,200}$/;
  document.querySelectorAll("[data-find]").forEach((field) => {
    let started = 0;
    const begin = () => { if (!field.value) started = performance.now(); };
    field.addEventListener("keydown", begin);
    field.addEventListener("compositionstart", begin);
    field.addEventListener("compositionend", () => {
      const text = field.value.normalize("NFKC").replace(/[ー−‐]/g, "-").replace(/。/g, ".").trim();
      if (!WHOLE.test(text) || (performance.now() - started) / text.length > FAST) return;
      field.value = text;
      field.form.requestSubmit();
    });
  });
})();
