// Blanks the page after 90 seconds without a touch, then locks the session. The page is blank first: what happens to
// the request afterwards, nothing personal is left in it.
(() => {
  "use strict";
  const { lockSeconds, lockUrl, lockedUrl, lockAgain, lockLogo } = document.body.dataset;
  if (!lockSeconds) return;
  const shown = document.querySelector("[data-lock-left]");
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  let isBlank = false;
  let told = 0;

  const touch = () => {
    const now = Date.now();
    if (!isBlank && now - told > 1000) { told = now; localStorage.setItem("y-touched", String(now)); }
  };
  const left = () => Math.ceil(Number(lockSeconds) - (Date.now() - Number(localStorage.getItem("y-touched") ?? 0)) / 1000);

  const lock = async () => {
    const body = new URLSearchParams({ csrfmiddlewaretoken: token, back: location.pathname + location.search });
    try {
      await fetch(lockUrl, { method: "POST", body, redirect: "manual", keepalive: true });
      location.replace(lockedUrl);
    } catch { /* offline: the page stays blank, and the button tries again */ }
  };

  const blank = () => {
    isBlank = true;
    dispatchEvent(new Event("y-blank")); // what is half typed is put away first, encrypted
    document.title = lockLogo;
    const main = document.createElement("main");
    main.className = "y-locked";
    const logo = document.createElement("p");
    logo.className = "y-locked__logo";
    logo.textContent = lockLogo;
    const button = document.createElement("button");
    button.className = "y-btn y-btn--go";
    button.textContent = lockAgain;
    button.addEventListener("click", lock);
    main.append(logo, button);
    document.body.replaceChildren(main);
    lock();
  };

  const tick = () => {
    if (isBlank) return;
    const seconds = left();
    if (seconds <= 0) { blank(); return; }
    if (shown) shown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };

  localStorage.setItem("y-touched", String(Date.now()));
  ["pointerdown", "keydown", "wheel", "touchmove"].forEach((name) => addEventListener(name, touch, { passive: true, capture: true }));
  addEventListener("visibilitychange", tick);
  // The browser would show the page as it was left; the session may be locked since.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  setInterval(tick, 1000);
  tick();
})();
