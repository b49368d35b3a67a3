// Follows what is on its way until it is over, then renews what the page says of it; without this script a link
// does the same. Pages without cookies change their body and keep their scripts, so every part is found anew.
"use strict";

{
  const EVERY = 2500;
  const MOST = 240; // ten minutes: a page that was left open keeps no session alive for ever
  let looked = 0;

  const fetched = async (address) => {
    const answer = await fetch(address, { headers: window.ownHeaders ? window.ownHeaders() : {} });
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  };

  const renew = (part, now) => part.replaceChildren(...document.importNode(now, true).childNodes);

  // Said once: words that are there already are not read out again.
  const say = (page, id) => {
    const said = document.getElementById(id);
    const now = page.getElementById(id);
    if (said && now && said.textContent !== now.textContent) said.textContent = now.textContent;
  };

  const look = async () => {
    const part = document.querySelector("[data-again]");
    if (!part || document.hidden || looked >= MOST) return;
    looked += 1;
    const page = await fetched(part.dataset.again);
    const now = page && page.getElementById(part.id);
    if (!now) return;
    if (!("again" in now.dataset)) {
      const whole = await fetched(part.dataset.whole);
      if (!whole) return;
      const stale = [...document.querySelectorAll("[data-renewed]")];
      const free = stale.filter((old) => !old.contains(document.activeElement)); // the others at a later look
      for (const old of free) renew(old, whole.getElementById(old.id));
      if (free.length === stale.length) delete part.dataset.again;
    }
    renew(part, now);
    say(page, `${part.id}-said`);
  };

  setInterval(() => look().catch(() => {}), EVERY); // where nobody answers, the next look may be answered
}
