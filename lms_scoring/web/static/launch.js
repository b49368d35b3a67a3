// For pages in a platform's frame: they open in windows of their own, and, where the browser keeps no cookie
// for the frame, the platform's storage proves who began the login (1EdTech: LTI Client Side OIDC, postMessage
// Storage) and the session travels in the header of every request instead.
"use strict";

const told = document.currentScript.dataset;
let bearer = "";
let token = told.token || "";
let language = "";
const PATIENCE = 5000;

function headers() {
  const own = { "X-Token": token };
  if (bearer) own.Authorization = "Bearer " + bearer;
  if (language) own["X-Language"] = language;
  return own;
}

// ---- moving about ----

async function codeFor() {
  const answer = await fetch(told.codes, { method: "POST", headers: headers() });
  if (!answer.ok) throw new Error("no code: " + answer.status);
  return (await answer.json()).code;
}

// Not “open”: at the top of a script that would stand in for the browser's own.
async function openWindow(link) {
  // A window must be opened while the click is under way; its address follows.
  const target = window.open("about:blank", "_blank");
  try {
    const parameters = new URLSearchParams({ to: link.pathname + link.search });
    if (bearer) parameters.set("by", "header");
    const address = told.open.replace("CODE", await codeFor()) + "?" + parameters;
    (target || window).location.assign(new URL(address, window.location.href));
  } catch (error) {
    if (target) target.close();
    throw error;
  }
}

// A file may take seconds, in which no browser shows that anything comes: until then a second click asks for nothing.
const coming = new Set();

async function save(address, options) {
  const what = address + "?" + (options.body || "");
  if (coming.has(what)) return;
  coming.add(what);
  document.body.classList.add("busy");
  try {
    await fetchFile(address, options);
  } finally {
    coming.delete(what);
    if (!coming.size) document.body.classList.remove("busy");
  }
}

async function fetchFile(address, options) {
  const answer = await fetch(address, { ...options, headers: headers() });
  if (!answer.ok) return put(answer, options); // the page that says why, and what to do
  const named = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition") || "");
  const file = document.createElement("a");
  file.href = URL.createObjectURL(await answer.blob());
  file.download = named ? named[1] : "";
  file.click();
  setTimeout(() => URL.revokeObjectURL(file.href), PATIENCE);
}

let shown = "";

function here() {
  return window.location.pathname + window.location.search;
}

async function show(address, options, change = "pushState") {
  const answer = await fetch(address, { ...options, headers: headers() });
  await put(answer, options, new URL(address, window.location.href).hash, change);
}

// The address follows the page, so that what is relative in it, and the way back, lead where they should. It stays
// where a form was refused: what only forms are sent to answers nobody who comes back there.
async function put(answer, options = {}, hash = "", change = "pushState") {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const refused = options.method === "POST" && !answer.ok && !answer.redirected;
  if (!refused && answer.url !== window.location.href) window.history[change](null, "", answer.url);
  shown = here();
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  document.body.replaceWith(document.importNode(page.body, true));
  const part = document.getElementById(hash.slice(1));
  if (part) part.scrollIntoView();
  else window.scrollTo(0, 0);
}

window.addEventListener("popstate", () => {
  if (bearer && here() !== shown) show(window.location.href, { method: "GET" });
});

window.ownHeaders = headers; // for scripts that ask in a page's name: the session may travel in a header

document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || link.origin !== window.location.origin || link.target) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  let way = null;
  if (link.hasAttribute("data-window")) way = openWindow;
  else if (!bearer) return;
  else if (link.hasAttribute("data-file")) way = (there) => save(there.href, { method: "GET" });
  else if (link.getAttribute("href").startsWith("#")) return;
  else way = (there) => show(there.href, { method: "GET" });
  event.preventDefault();
  language = new URLSearchParams(link.search).get("lang") || language;
  way(link).catch(() => link.append(" ⚠"));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!bearer || new URL(form.action).origin !== window.location.origin) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  const way = form.hasAttribute("data-file") ? save : show;
  const sent = form.method === "get" ? show(form.action + "?" + body) : way(form.action, { method: "POST", body });
  sent.catch(() => (event.submitter || form).append(" ⚠"));
});

// A browser that goes back may bring a page as it was left, to whoever sits there now: it stays out of sight, and is
// asked for anew.
if (told.codes) {
  window.addEventListener("pagehide", (event) => (document.documentElement.hidden = event.persisted));
  window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());
}

// ---- the platform's storage ----

function ask(message, subject) {
  // In a window of its own there is no platform around the page, and cookies are kept.
  if (window.parent === window) return Promise.reject(new Error("nobody to ask"));
  const named = () => (told.frame && told.frame !== "_parent" ? window.parent.frames[told.frame] : null);
  const id = crypto.randomUUID();
  return new Promise((answered, refused) => {
    // Asked again and again: the frame that answers may still be loading, and would never hear the first.
    const send = () => (named() || window.parent).postMessage({ ...message, message_id: id }, told.origin);
    const asking = setInterval(send, PATIENCE / 20);
    const patience = setTimeout(() => {
      clearInterval(asking);
      refused(new Error("no answer"));
    }, PATIENCE);
    window.addEventListener("message", (event) => {
      const said = event.data || {};
      if (event.origin !== told.origin || said.subject !== subject || said.message_id !== id) return;
      clearInterval(asking);
      clearTimeout(patience);
      answered(said.value);
    });
    send();
  });
}

async function keep() {
  const message = { subject: "lti.put_data", key: told.key, value: told.value };
  await ask(message, "lti.put_data.response").catch(() => null);
  window.location.replace(told.address);
}

async function prove() {
  try {
    const browser = await ask({ subject: "lti.get_data", key: told.key }, "lti.get_data.response");
    const body = new URLSearchParams({ code: told.code, browser: browser || "" });
    const answer = await fetch(told.confirm, { method: "POST", body });
    if (!answer.ok) throw new Error("refused: " + answer.status);
    const session = await answer.json();
    bearer = session.bearer;
    token = session.token;
    await show(session.address, { method: "GET" }, "replaceState");
  } catch {
    failed();
  }
}

function failed() {
  document.getElementById("waiting").hidden = true;
  document.getElementById("failed").hidden = false;
}

// In a window that a page without cookies opened: by the cookie where this window keeps one, which survives a
// reload, else by the header.
async function arrive() {
  try {
    const answer = await fetch(told.address, { method: "HEAD" });
    if (answer.ok) {
      window.location.replace(told.address);
      return;
    }
    bearer = told.bearer;
    await show(told.address, { method: "GET" }, "replaceState");
  } catch {
    failed();
  }
}

if (told.job === "keep") keep();
if (told.job === "prove") prove();
if (told.job === "arrive") arrive();
if (told.job === "send") document.forms[0].requestSubmit();
if (told.job === "close") {
  // Pressed, not at once: the platform takes the page away, and it says what is to be done next.
  const closing = document.getElementById("closing");
  closing.hidden = false;
  closing.querySelector("button").addEventListener("click", () => {
    for (const other of [window.opener, window.parent]) {
      if (other && other !== window) other.postMessage({ subject: "org.imsglobal.lti.close" }, "*");
    }
    window.close();
  });
}
