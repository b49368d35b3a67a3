// Looks again at what is on its way, until it is over; without this script a link does the same. Pages without
// cookies change their body and keep their scripts, so the part that is looked at is found anew each time.
"use strict";

{
  const EVERY = 5000;
  const MOST = 120; // ten minutes: a page that was left open keeps no session alive for ever
  let looked = 0;

  const look = async () => {
    const part = document.querySelector("[data-again]");
    if (!part || document.hidden || looked >= MOST) return;
    looked += 1;
    const answer = await fetch(part.dataset.again, { headers: window.ownHeaders ? window.ownHeaders() : {} });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-again]");
    if (now) {
      part.replaceChildren(...document.importNode(now, true).childNodes);
      return;
    }
    const link = document.querySelector("[data-over]");
    part.remove();
    link.textContent = link.dataset.over;
  };

  setInterval(() => look().catch(() => {}), EVERY); // where nobody answers, the next look may be answered
}
