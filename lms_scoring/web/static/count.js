// Counts along what somebody writes, as the server counts it: characters, without the space around them.
// Pages without cookies change their body and keep their scripts, so everything hangs on the document.
"use strict";

function count(field) {
  const beside = document.querySelector(`[data-counts="${field.id}"]`);
  if (!beside) return;
  const length = [...field.value.trim()].length;
  beside.textContent = `${length} / ${beside.dataset.most}`;
  beside.classList.toggle("over", length > Number(beside.dataset.most));
}

function countAll() {
  for (const beside of document.querySelectorAll("[data-counts]:empty")) {
    const field = document.getElementById(beside.dataset.counts);
    if (field) count(field);
  }
}

document.addEventListener("input", (event) => {
  if (event.target.matches("textarea[id]")) count(event.target);
});
new MutationObserver(countAll).observe(document.documentElement, { childList: true });
countAll();
