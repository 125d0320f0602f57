// The way around: where one is stays in view, however many views and screens there are.

import { $, when } from "./dom.js";

function showWhere() {
  const link = $("#rail [aria-current=page]");
  link?.closest("details")?.setAttribute("open", "");
  link?.scrollIntoView({ block: "nearest" });
}

when("list-shown", showWhere);
$("#rail")?.addEventListener("toggle", showWhere);
showWhere();
