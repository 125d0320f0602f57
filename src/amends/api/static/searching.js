// Searches: the address follows what is sought, so that a reload and a link show the same; what was sought is gone on with at its end.
import { $, when } from "./dom.js";

when("htmx:afterSettle", ({ target }) => {
  if (target.dataset.address) history.replaceState(history.state, "", target.dataset.address);
});
const begun = $("input[type=search][autofocus]");
begun?.setSelectionRange(begun.value.length, begun.value.length);
