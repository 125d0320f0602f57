// What a screen reader is told while somebody works: politely, and each sentence once, however often it is the same.

import { $ } from "./dom.js";

const STAYS = 8000, GATHER = 1000, PAUSE = 20000;
const spoke = new Map(), waiting = new Set();

export function announce(text) {
  const line = Object.assign(document.createElement("p"), { textContent: text });
  $("#said").append(line);
  setTimeout(() => line.remove(), STAYS);
}

// Of what comes in a stream only the newest, now and then. `words` is asked when its turn comes, and may have nothing to say by then.
export function announceAtTimes(kind, words) {
  if (waiting.has(kind)) return;
  waiting.add(kind);
  setTimeout(() => {
    waiting.delete(kind);
    const text = words();
    if (!text) return;
    spoke.set(kind, Date.now());
    announce(text);
  }, Math.max(GATHER, (spoke.get(kind) || 0) + PAUSE - Date.now()));
}
