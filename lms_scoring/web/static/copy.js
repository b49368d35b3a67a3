// Buttons that copy a text: without this script the text is there to be marked and copied by hand. Pages
// without cookies change their body and keep their scripts, so everything hangs on the document.
"use strict";

function offerCopying() {
  for (const button of document.querySelectorAll("button[data-copy][hidden]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy);
  text.focus();
  text.select();
  // Not by navigator.clipboard: a platform's frame does not let us.
  if (document.execCommand("copy")) button.textContent = button.dataset.done;
});

new MutationObserver(offerCopying).observe(document.documentElement, { childList: true });
offerCopying();
