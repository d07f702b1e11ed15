// Notes and try-ons typed without network stay in this browser, encrypted with a key of this tab's session, and are sent
// once, in order, with the keys they were given when they were typed. Everything else says that it needs the network.
(() => {
  "use strict";
  const { user, offlineHeld, offlineOne, offlineRefused, offlineBack, offlineProblem, offlineDiscard } = document.body.dataset;
  const LIST = "y-held";
  const KEY = "y-held-key";
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
  let isSending = false;

  const key = async () => {
    let kept = sessionStorage.getItem(KEY);
    if (!kept) {
      kept = text(crypto.getRandomValues(new Uint8Array(32)));
      sessionStorage.setItem(KEY, kept);
    }
    return crypto.subtle.importKey("raw", bytes(kept), "AES-GCM", false, ["encrypt", "decrypt"]);
  };
  const stored = () => JSON.parse(localStorage.getItem(LIST) ?? "[]");
  const store = (list) => (list.length ? localStorage.setItem(LIST, JSON.stringify(list)) : localStorage.removeItem(LIST));
  const seal = async (item) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), new TextEncoder().encode(JSON.stringify(item)));
    return { id: crypto.randomUUID(), iv: text(iv), sealed: text(sealed) };
  };
  const open = async (entry) => {
    try {
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(entry.iv) }, await key(), bytes(entry.sealed));
      return JSON.parse(new TextDecoder().decode(plain));
    } catch { return null; } // of another tab, or of one that is gone: nobody can read it any more
  };
  const mine = async () => {
    const found = [];
    for (const entry of stored()) {
      const item = await open(entry);
      if (item && (!user || item.user === user)) found.push({ entry, item });
    }
    return found;
  };
  const forget = (id) => store(stored().filter((entry) => entry.id !== id));

  const bar = () => {
    let shown = document.getElementById("held");
    if (!shown) {
      shown = document.createElement("div");
      shown.id = "held";
      shown.className = "y-held";
      shown.setAttribute("role", "status");
      (document.getElementById("content") ?? document.body).prepend(shown);
    }
    return shown;
  };
  const tell = async (problem) => {
    const held = await mine();
    const shown = bar();
    shown.hidden = !held.length && !problem && navigator.onLine;
    shown.replaceChildren();
    const say = (words, kind) => {
      const line = document.createElement("p");
      line.className = kind;
      line.textContent = words;
      shown.append(line);
      return line;
    };
    if (!navigator.onLine) say(offlineBack, "y-held__off");
    if (held.length) say(held.length === 1 ? offlineOne : offlineHeld.replace("{n}", held.length), "y-held__count");
    // A blank page shows that something waits, never what.
    const isBlank = document.querySelector(".y-locked") !== null;
    for (const { entry, item } of isBlank ? [] : held.filter((each) => each.entry.problem)) {
      const line = say(`${offlineProblem} ${item.said}: ${entry.problem}`, "y-held__problem");
      const button = document.createElement("button");
      button.className = "y-btn";
      button.textContent = offlineDiscard;
      button.addEventListener("click", () => { forget(entry.id); tell(); });
      line.append(button);
    }
    if (problem) say(problem, "y-held__problem");
  };

  const send = async () => {
    if (isSending || !user || !navigator.onLine) return;
    isSending = true;
    try {
      let sent = 0;
      for (const { entry, item } of await mine()) {
        if (entry.problem) continue;
        const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
        const body = new URLSearchParams([...item.fields.filter(([name]) => name !== "csrfmiddlewaretoken"), ["csrfmiddlewaretoken", token]]);
        const answer = await fetch(item.action, { method: "POST", body, redirect: "manual", headers: { "HX-Request": "true" } });
        // A redirect is the page after saving. 204 is the way to sign-in, 423 the lock: it waits. 5xx: later.
        if (answer.type === "opaqueredirect") { forget(entry.id); sent += 1; continue; }
        if (answer.status === 204 || answer.status === 423 || answer.status === 429 || answer.status >= 500) break;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const why = page.querySelector("[role=alert]")?.textContent.trim() || String(answer.status);
        store(stored().map((each) => (each.id === entry.id ? { ...each, problem: why } : each)));
      }
      if (sent && !document.querySelector("details[open] textarea:not(:placeholder-shown), .y-acts details[open]")) location.reload();
    } catch { /* the network went away again: what is left waits */ } finally {
      isSending = false;
      tell();
    }
  };

  const isReachable = async () => {
    if (!navigator.onLine) return false;
    try {
      await fetch("/livez", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(3000) });
      return true;
    } catch { return false; }
  };

  // In capture, before the button is switched off for good.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.dataset.sure || form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.leaves) {
      const held = stored().length;
      if (held && !confirm(form.dataset.leaves)) { event.preventDefault(); event.stopPropagation(); return; }
      if (held) { localStorage.removeItem(LIST); sessionStorage.removeItem(KEY); }
    }
    const holds = "offline" in form.dataset && window.isSecureContext;
    if (form.dataset.busy) { event.preventDefault(); event.stopPropagation(); return; }
    if (!holds && navigator.onLine) return;
    event.preventDefault();
    event.stopPropagation();
    const fields = [...new FormData(form, event.submitter)].filter(([, value]) => typeof value === "string");
    if (!holds) { tell(offlineRefused); return; }
    form.dataset.busy = "1";
    const canGo = await isReachable();
    delete form.dataset.busy;
    if (canGo) {
      form.dataset.sure = "1";
      form.requestSubmit(event.submitter ?? undefined);
      return;
    }
    const list = stored();
    const said = fields.find(([name]) => name === "text" || name === "code")?.[1] ?? form.dataset.offline;
    list.push(await seal({ user, action: form.action, fields, said }));
    store(list);
    form.reset();
    form.closest("details")?.removeAttribute("open");
    const used = form.querySelector("[name=key]");
    if (used) used.value = crypto.randomUUID();
    tell();
  }, true);

  // Half-typed words survive the lock: encrypted like the rest, for this page and this person only.
  const DRAFT = "y-draft";
  addEventListener("y-blank", async () => {
    const typed = [...document.querySelectorAll("form[data-offline] textarea, form[data-offline] input[name=code]")]
      .filter((field) => field.id && field.value).map((field) => [field.id, field.value]);
    if (typed.length && window.isSecureContext) {
      sessionStorage.setItem(DRAFT, JSON.stringify(await seal({ user, page: location.pathname, typed })));
    }
  });
  const putBack = async () => {
    const kept = sessionStorage.getItem(DRAFT);
    const item = kept && (await open(JSON.parse(kept)));
    if (!item || item.user !== user || item.page !== location.pathname) return;
    sessionStorage.removeItem(DRAFT);
    for (const [id, value] of item.typed) {
      const field = document.getElementById(id);
      if (!field) continue;
      field.value = value;
      field.closest("details")?.setAttribute("open", "");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  if (user) putBack();

  addEventListener("online", () => { tell(); send(); });
  addEventListener("offline", () => tell());
  addEventListener("focus", send);
  setInterval(send, 15000);
  if (stored().length) { tell(); send(); }
})();
