// The little that the server cannot do: keys, drafts, ticking times, and the stream of news. Everything else is HTML and htmx.

import { openCase, tell, when } from "./dom.js";
import "./alarms.js";
import "./asking.js";
import "./bulk.js";
import "./board.js";
import "./clusters.js";
import "./dials.js";
import { toUnread } from "./jumps.js";
import "./keys.js";
import { showDensity } from "./looks.js";
import "./mentions.js";
import "./merging.js";
import { listen } from "./news.js";
import "./notices.js";
import "./ordering.js";
import "./outgoing.js";
import "./panes.js";
import "./picker.js";
import "./pictures.js";
import "./signing_in.js";
import { markOpen } from "./places.js";
import "./promises.js";
import "./querying.js";
import "./rail.js";
import "./record.js";
import "./searching.js";
import "./seen.js";
import { tick } from "./times.js";
import "./toasts.js";
import "./waiting.js";
import "./writing.js";

when("page-changed", tick);
when("list-shown", tick);
when("list-shown", showDensity);
when("case-shown", toUnread);

tick();
markOpen(openCase(), "center");
if (openCase()) tell("case-shown");
if ("news" in document.body.dataset) listen();
when("signed-in", () => "news" in document.body.dataset && listen());
