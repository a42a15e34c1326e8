// Stands between the pages and the network on devices whose person wanted that: it shows push messages, and keeps Today
// readable offline while a cache of that name is there. ICON is written above this line.
"use strict";
const SHELL = "shell";
const FILES = "files";
const TODAY = "today";
const AWAY = "/offline";
const MOST_FILES = 80;
const any = { ignoreVary: true };

self.addEventListener("install", (event) => event.waitUntil(prepare()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  const answer = (done) => event.ports[0]?.postMessage(done);
  if (event.data === "keep today") event.waitUntil(keepNow().then(answer, () => answer(false)));
});
self.addEventListener("push", (event) => event.waitUntil(show(event.data)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.path));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(visit(event, pathname, search));
  else if (pathname.startsWith("/static/")) event.respondWith(file(request));
});

async function prepare() {
  const page = await fetch(AWAY, { credentials: "omit", cache: "no-store" });
  if (page.ok) {
    const words = await page.clone().text();
    await (await caches.open(SHELL)).put(AWAY, page);
    await keepFiles(words);
  }
  await self.skipWaiting();
}

// The network first. Who is asked to sign in has gone, or lets somebody else use this device: nothing stays then.
async function visit(event, pathname, search) {
  try {
    const answer = await fetch(event.request);
    if (pathname === "/login") event.waitUntil(caches.delete(TODAY));
    if (pathname === "/" && !search && answer.ok && !answer.redirected) event.waitUntil(keep(answer.clone()));
    return answer;
  } catch (failure) {
    const kept = pathname === "/" && !search && (await caches.has(TODAY)) && (await (await caches.open(TODAY)).match("/", any));
    if (kept) return kept;
    const away = await (await caches.open(SHELL)).match(AWAY, any);
    if (away) return away;
    throw failure;
  }
}

async function keepNow() {
  const answer = await fetch("/", { headers: { Accept: "text/html" }, cache: "no-store" });
  if (!answer.ok || answer.redirected) return false;
  await caches.open(TODAY);
  await keep(answer);
  return true;
}

// Today as it was answered, with the time: the page says it when it is shown from here.
async function keep(answer) {
  if (!(await caches.has(TODAY))) return;
  const words = await answer.text();
  const marked = words.replace("<html ", `<html data-kept="${new Date().toISOString()}" `);
  const headers = { "Content-Type": "text/html; charset=utf-8" };
  for (const name of ["Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"]) {
    if (answer.headers.has(name)) headers[name] = answer.headers.get(name);
  }
  await (await caches.open(TODAY)).put("/", new Response(marked, { headers }));
  await keepFiles(words);
}

async function keepFiles(words) {
  const addresses = new Set(words.match(/\/static\/[^"'#?\s]+/g));
  await Promise.allSettled([...addresses].map((address) => file(new Request(address))));
}

// A static file never changes under its address.
async function file(request) {
  const files = await caches.open(FILES);
  const known = await files.match(request, any);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) {
    await files.put(request, answer.clone());
    const kept = await files.keys();
    await Promise.all(kept.slice(0, Math.max(0, kept.length - MOST_FILES)).map((old) => files.delete(old)));
  }
  return answer;
}

async function show(data) {
  let said = {};
  try { said = data?.json() || {}; } catch { said = {}; }
  const { title = "Aimline", body = "", tag = "", path = "/" } = said;
  await self.registration.showNotification(title, { body, tag, icon: ICON, data: { path } });
}

async function open(path) {
  const here = new URL(path || "/", location.origin);
  const address = here.origin === location.origin ? here.href : "/";
  const [page] = await self.clients.matchAll({ type: "window" });
  if (!page) { await self.clients.openWindow(address); return; }
  await page.focus();
  if (page.url !== address) await page.navigate(address).catch(() => self.clients.openWindow(address));
}
