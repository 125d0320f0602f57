// Searches: the address follows what is sought, so that a reload and a link show the same.
import { when } from "./dom.js";

when("htmx:afterSettle", ({ target }) => {
  if (target.dataset.address) history.replaceState(history.state, "", target.dataset.address);
});
