// The scoreboard for hands on a keyboard: "/" finds, arrows move, Enter opens a row in a drawer beside the board.
// Everything works without this: a row is a link to the person's page. Pages without cookies change their body
// and keep their scripts, so whatever is done here is done when it is asked for.
"use strict";

{
  const words = document.currentScript.dataset;
  const rows = () => [...document.querySelectorAll("[data-board] [data-person]")];
  let shown = null;

  const drawer = () => {
    const there = document.querySelector("dialog.drawer");
    if (there) return there;
    const made = document.createElement("dialog");
    made.className = "drawer";
    made.innerHTML = '<div class="drawer-bar"></div><div class="drawer-body" aria-live="polite"></div>';
    for (const [act, sign, label] of [[-1, "↑", words.previous], [1, "↓", words.next], [0, "✕", words.close]]) {
      const button = document.createElement("button");
      button.className = "plain";
      button.textContent = sign;
      button.setAttribute("aria-label", label);
      button.addEventListener("click", () => (act ? step(act) : made.close()));
      made.firstChild.append(button);
    }
    made.addEventListener("click", (event) => event.target === made && made.close());
    made.addEventListener("close", () => shown && shown.isConnected && shown.focus());
    document.body.append(made);
    return made;
  };

  const open = async (link) => {
    shown = link;
    const asked = new URL(link.href);
    asked.searchParams.set("glance", "1");
    const answer = await fetch(asked, { headers: window.ownHeaders ? window.ownHeaders() : {} });
    if (!answer.ok) throw new Error("no glance: " + answer.status);
    const glance = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".glance");
    if (!glance) throw new Error("no glance");
    if (shown !== link) return;
    const dialog = drawer();
    const body = dialog.querySelector(".drawer-body");
    body.replaceChildren(document.importNode(glance, true));
    const title = body.querySelector("h2");
    dialog.setAttribute("aria-labelledby", title.id);
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    title.focus();
  };

  const look = (link) => open(link).catch(() => window.location.assign(link.href));

  const step = (by) => {
    const all = rows();
    const next = all[all.indexOf(shown) + by];
    if (next) look(next);
  };

  // A browser that goes back may bring the board as it was left, to whoever sits there now: it stays out of sight,
  // and is asked for anew.
  window.addEventListener("pagehide", (event) => (document.documentElement.hidden = event.persisted));
  window.addEventListener("pageshow", (event) => event.persisted && window.location.reload());

  const typing = (element) => element.closest("input, select, textarea, [contenteditable]");

  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest("[data-board] [data-person]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      look(link);
    },
    true,
  );

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !document.querySelector("[data-search]")) return;
    const dialog = document.querySelector("dialog.drawer[open]");
    if (event.key === "/" && !typing(event.target) && !dialog) {
      event.preventDefault();
      document.querySelector("[data-search]").focus();
      return;
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || dialog || (typing(event.target) && !event.target.matches("[data-search]"))) return;
    const all = rows();
    const at = all.indexOf(document.activeElement);
    const onBoard = at >= 0 || event.target.matches("[data-search]") || event.target === document.body;
    if (!onBoard) return;
    const next = at < 0 ? all[0] : all[at + by];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.closest("tr").scrollIntoView({ block: "nearest" });
  });
}
