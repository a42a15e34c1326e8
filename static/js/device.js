// What a person lets this very device do: take push messages, and keep Today readable offline. Each begins with a press
// of a button of its own; until then nothing is registered and nothing kept.
(() => {
  "use strict";
  const html = document.documentElement;
  const place = document.getElementById("push-devices");
  const worker = navigator.serviceWorker;
  const token = () => JSON.parse(document.body.getAttribute("hx-headers:inherited") || "{}")["X-CSRFToken"] || "";
  const today = () => ("caches" in window ? caches.has("today") : Promise.resolve(false));

  // Shown from what was kept: the page says of when it is.
  const words = document.getElementById("toast")?.dataset.kept;
  if (html.dataset.kept && words) {
    const notice = document.createElement("p");
    const time = new Intl.DateTimeFormat(html.lang, { dateStyle: "medium", timeStyle: "short" });
    notice.id = "kept";
    notice.className = "notice warm";
    notice.setAttribute("role", "status");
    notice.textContent = words.replace("{time}", time.format(new Date(html.dataset.kept)));
    document.getElementById("main")?.prepend(notice);
  }

  const encoded = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const decoded = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  function tell(subscription, what = "") {
    const keys = { p256dh: encoded(subscription.getKey("p256dh")), auth: encoded(subscription.getKey("auth")) };
    const body = new URLSearchParams({ endpoint: subscription.endpoint, ...keys });
    return fetch(`/account/push${what}`, { method: "POST", body, headers: { "X-CSRFToken": token() } });
  }

  // Once a day the device says that it is still this person's; where the answer is no, it stops listening.
  async function renew(registration) {
    const subscription = await registration?.pushManager?.getSubscription();
    const day = new Date().toISOString().slice(0, 10);
    if (!subscription || (!place && localStorage.getItem("renewed") === day)) return;
    const answer = await tell(subscription, "/renew");
    if (answer.status === 205) await subscription.unsubscribe();
    if (answer.ok) localStorage.setItem("renewed", day);
  }
  const signedIn = token() && document.querySelector("nav.rail") && !html.dataset.kept;
  const renewed = worker && signedIn ? worker.getRegistration().then(renew).catch(() => {}) : null;

  // The buttons.
  if (!place || !worker) return;
  const button = (name) => place.querySelector(`[data-device="${name}"]`);
  const say = (text) => { place.querySelector("[data-said]").textContent = text || ""; };
  const show = (name, on) => { if (button(name)) button(name).hidden = !on; };
  const ready = async () => { await worker.register("/sw.js"); return worker.ready; };

  async function refresh() {
    const found = await worker.getRegistration();
    const pushes = "PushManager" in window && "Notification" in window && place.dataset.key;
    const mine = Boolean(await found?.pushManager?.getSubscription());
    const kept = await today();
    show("remind", pushes && !mine);
    show("unremind", pushes && mine);
    show("keep", !kept);
    show("unkeep", kept);
  }

  // The browser itself says no: because it may not, or because the service of its maker does not answer.
  function refusal(failure) {
    if (failure.name === "NotAllowedError") return place.dataset.refused;
    return navigator.onLine ? place.dataset.broken : place.dataset.failed;
  }

  const acts = {
    async remind() {
      if ((await Notification.requestPermission()) !== "granted") return place.dataset.refused;
      const registration = await ready();
      const options = { userVisibleOnly: true, applicationServerKey: decoded(place.dataset.key) };
      const subscription = await registration.pushManager.subscribe(options).catch((failure) => failure);
      if (subscription instanceof Error) return refusal(subscription);
      const answer = await tell(subscription);
      if (answer.ok) { location.reload(); return ""; }
      await subscription.unsubscribe();
      return answer.status === 422 ? answer.text() : place.dataset.failed;
    },
    async unremind() {
      const registration = await ready();
      const subscription = await registration.pushManager.getSubscription();
      if (!(await tell(subscription, "/stop")).ok) return place.dataset.failed;
      await subscription.unsubscribe();
      location.reload();
      return "";
    },
    async keep() {
      const registration = await ready();
      const kept = await new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = (event) => resolve(event.data);
        registration.active.postMessage("keep today", [port2]);
      });
      return kept ? place.dataset.keeps : place.dataset.failed;
    },
    async unkeep() {
      await caches.delete("today");
      return place.dataset.forgot;
    },
  };
  place.addEventListener("click", async (event) => {
    const pressed = event.target.closest("[data-device]");
    if (!pressed || pressed.hasAttribute("aria-busy")) return;
    pressed.setAttribute("aria-busy", "true");
    try { say(await acts[pressed.dataset.device]()); } catch { say(place.dataset.failed); }
    pressed.removeAttribute("aria-busy");
    await refresh();
  });
  place.querySelector("[data-scripted]").hidden = false;
  place.querySelector("[data-unscripted]").hidden = true;
  Promise.resolve(renewed).then(refresh);
})();
