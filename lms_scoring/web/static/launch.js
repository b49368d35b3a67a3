// For pages in a platform's frame: they open in windows of their own, and, where the browser keeps no cookie
// for the frame, the platform's storage proves who began the login (1EdTech: LTI Client Side OIDC, postMessage
// Storage) and the session travels in the header of every request instead.
"use strict";

const told = document.currentScript.dataset;
let bearer = "";
let token = told.token || "";

function headers() {
  const own = { "X-Token": token };
  if (bearer) own.Authorization = "Bearer " + bearer;
  return own;
}

// ---- moving about ----

async function codeFor() {
  const answer = await fetch(told.codes, { method: "POST", headers: headers() });
  if (!answer.ok) throw new Error("no code: " + answer.status);
  return (await answer.json()).code;
}

async function open(link) {
  // A window must be opened while the click is under way; its address follows.
  const target = link.hasAttribute("download") ? null : window.open("about:blank", "_blank");
  const to = encodeURIComponent(link.pathname + link.search);
  const address = told.open.replace("CODE", await codeFor()) + "?to=" + to;
  (target || window).location.assign(address);
}

async function show(address, options) {
  const answer = await fetch(address, { ...options, headers: headers() });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  document.body.replaceWith(document.importNode(page.body, true));
  window.scrollTo(0, 0);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || link.origin !== window.location.origin) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (link.hasAttribute("data-window") || (bearer && link.hasAttribute("download"))) {
    event.preventDefault();
    open(link).catch(() => link.append(" ⚠"));
  } else if (bearer && !link.getAttribute("href").startsWith("#")) {
    event.preventDefault();
    show(link.href, { method: "GET" });
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!bearer || new URL(form.action).origin !== window.location.origin) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  if (form.method === "get") show(form.action + "?" + body, { method: "GET" });
  else show(form.action, { method: "POST", body });
});

// ---- the platform's storage ----

const PATIENCE = 5000;

function ask(message, subject) {
  const named = told.frame && told.frame !== "_parent" ? window.parent.frames[told.frame] : null;
  const id = crypto.randomUUID();
  return new Promise((answered, refused) => {
    const patience = setTimeout(() => refused(new Error("no answer")), PATIENCE);
    window.addEventListener("message", (event) => {
      const said = event.data || {};
      if (event.origin !== told.origin || said.subject !== subject || said.message_id !== id) return;
      clearTimeout(patience);
      answered(said.value);
    });
    (named || window.parent).postMessage({ ...message, message_id: id }, told.origin);
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
    await show(session.address, { method: "GET" });
  } catch {
    document.getElementById("waiting").hidden = true;
    document.getElementById("failed").hidden = false;
  }
}

if (told.job === "keep") keep();
if (told.job === "prove") prove();
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
