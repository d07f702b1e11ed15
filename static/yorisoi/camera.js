// Reads a card with the camera: by the browser's own detector where it has one, else by the vendored decoder, which is
// loaded only now. Esc and the button close it; nothing is kept of what the camera saw.
(() => {
  "use strict";
  const view = document.querySelector("[data-camera-view]");
  const button = document.querySelector("[data-camera]");
  if (!view || !button) return;
  const video = view.querySelector("video");
  const form = button.closest("form");
  const FORMATS = ["qr_code", "code_128", "code_39", "ean_13", "codabar"];
  let stream = null;
  button.hidden = false;

  const say = (name) => {
    for (const part of ["none", "denied", "broken"]) view.querySelector(`[data-camera-${part}]`).hidden = part !== name;
    video.hidden = Boolean(name);
  };

  const load = () => new Promise((done, failed) => {
    if (window.jsQR) { done(); return; }
    const script = document.createElement("script");
    script.src = view.dataset.decoder;
    script.addEventListener("load", done);
    script.addEventListener("error", failed);
    document.head.append(script);
  });

  const reader = async () => {
    if ("BarcodeDetector" in window) {
      const known = await BarcodeDetector.getSupportedFormats();
      const formats = FORMATS.filter((format) => known.includes(format));
      if (formats.includes("qr_code")) {
        const detector = new BarcodeDetector({ formats });
        return async () => (await detector.detect(video))[0]?.rawValue;
      }
    }
    await load();
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    return async () => {
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      if (!canvas.width) return undefined;
      pen.drawImage(video, 0, 0);
      const { data, width, height } = pen.getImageData(0, 0, canvas.width, canvas.height);
      return window.jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data;
    };
  };

  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.srcObject = null;
  };

  const watch = async () => {
    const read = await reader();
    const look = async () => {
      if (!stream) return;
      const text = await read().catch(() => undefined);
      if (!stream) return;
      if (!text) { setTimeout(look, 150); return; }
      view.close();
      form.querySelector("[data-find]").value = text;
      form.requestSubmit();
    };
    look();
  };

  button.addEventListener("click", async () => {
    say("");
    view.showModal();
    if (!navigator.mediaDevices?.getUserMedia) { say("none"); return; }
    try {
      const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
      if (!view.open) { opened.getTracks().forEach((track) => track.stop()); return; }
      stream = opened;
      video.srcObject = opened;
      await video.play();
      await watch();
    } catch (error) {
      stop();
      say({ NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", OverconstrainedError: "none" }[error.name] ?? "broken");
    }
  });
  view.addEventListener("close", () => { stop(); form.querySelector("[data-find]").focus(); });
})();
