// What every other file here needs: finding things on the page, and knowing which case is open.

export const htmx = window.htmx;
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
export const openCase = () => $("#case")?.dataset.case || "";
export const me = () => document.body.dataset.me;

// Tells the other files what happened: "list-shown", "case-shown", "case-stale".
export const tell = (what) => document.dispatchEvent(new CustomEvent(what));
export const when = (what, act) => document.addEventListener(what, act);

const YEAR = 31536000;
// Keeps a choice of this person for the next page.
export function keep(name, value) {
  document.cookie = `${name}=${value};path=/;max-age=${YEAR};samesite=lax`;
}
