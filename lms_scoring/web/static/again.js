// Follows what is on its way until it is over, then renews what the page says of it, or goes on to the page that
// comes next; without this script a link does the same. Pages without cookies change their body and keep their
// scripts, so every part is found anew.
"use strict";

{
  const EVERY = 2500;
  const MOST = 240; // ten minutes: a page that was left open keeps no session alive for ever
  let looked = 0;
  let held = null; // the part that is over, while somebody is in what is to be renewed

  const fetched = async (address) => {
    const answer = await fetch(address, { headers: window.ownHeaders ? window.ownHeaders() : {} });
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  };

  const stale = () => [...document.querySelectorAll("[data-renewed]")];

  // Nothing is taken away from whoever is in it: all of it waits for a later look.
  const isBusy = () => stale().some((old) => old.contains(document.activeElement));

  const controls = (part) => [...part.querySelectorAll("a, button, summary")];

  // Whoever is in the part stays there: on what stands where the same control stood.
  const renew = (part, now) => {
    const at = controls(part).indexOf(document.activeElement);
    part.replaceChildren(...document.importNode(now, true).childNodes);
    if (at >= 0) (controls(part)[at] || part).focus({ preventScroll: true });
  };

  // Said once: words that are there already are not read out again.
  const say = (id, words) => {
    const said = document.getElementById(id);
    if (said.textContent !== words) said.textContent = words;
  };

  const look = async () => {
    const part = document.querySelector("[data-again]");
    if (!part || document.hidden || looked >= MOST || (part === held && isBusy())) return;
    looked += 1;
    const page = await fetched(part.dataset.again);
    if (!page || !part.isConnected) return; // of a page that is left nothing is shown in the next
    const now = page.getElementById(part.id);
    if (!now) {
      const onward = part.querySelector("[data-onward]");
      if (onward) onward.click();
      return;
    }
    const over = !("again" in now.dataset);
    if (over && !isBusy()) {
      const whole = await fetched(part.dataset.whole);
      if (!whole || !part.isConnected) return;
      if (!isBusy()) {
        for (const old of stale()) renew(old, whole.getElementById(old.id));
        delete part.dataset.again;
      }
    }
    held = over && "again" in part.dataset ? part : null;
    renew(part, now);
    const said = page.getElementById(`${part.id}-said`);
    if (said) say(said.id, held ? said.dataset.held : said.textContent);
  };

  // One look at a time: an answer that comes late would say what is over. Where nobody answers, somebody may later.
  const follow = () => setTimeout(() => look().catch(() => {}).finally(follow), EVERY);
  follow();
}
