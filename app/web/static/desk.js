// What a person types is theirs: it survives fields that are drawn anew, and leaving the page asks first.
(() => {
  "use strict";
  const typed = "textarea, input:not([type=hidden]):not([type=file]):not([type=checkbox]):not([type=radio])";

  // A field is drawn anew from what had been filled in when it was asked for; since then more may have been typed.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    for (const old of event.detail.target.querySelectorAll(typed)) {
      const fresh = [...event.detail.fragment.querySelectorAll(typed)].find((each) => each.name === old.name);
      if (fresh && !fresh.readOnly) fresh.value = old.value;
    }
  });

  let unsent = false;
  document.addEventListener("input", (event) => {
    if (event.target.closest("form[data-guard]")) unsent = true;
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-guard]")) unsent = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsent) event.preventDefault();
  });
})();
