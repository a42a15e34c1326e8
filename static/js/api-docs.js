// The description of each contract in a viewer, in place of the list that stands there without scripts and on phones.
(() => {
  "use strict";
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function follow() {
    const { theme } = root.dataset;
    root.classList.toggle("dark-mode", theme === "dark" || (theme !== "light" && dark.matches));
  }

  function show(place) {
    const list = place.parentElement.querySelector(".operations");
    window.SwaggerUIBundle({
      domNode: place,
      url: place.dataset.document,
      docExpansion: "list",
      defaultModelsExpandDepth: 0,
      persistAuthorization: false, // a token is kept nowhere
      validatorUrl: null, // nobody else is asked
      onComplete: () => {
        place.hidden = false;
        list.hidden = true;
        // The page has one main part, and it is not the viewer's.
        place.querySelectorAll("main").forEach((part) => part.setAttribute("role", "presentation"));
      },
    });
  }

  follow();
  dark.addEventListener("change", follow);
  if (matchMedia("(min-width: 48rem)").matches) document.querySelectorAll("[data-document]").forEach(show);
})();
