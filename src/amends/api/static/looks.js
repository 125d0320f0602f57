// How the screens look: theme, density and single-key shortcuts; each is kept in a cookie, so that the server draws it so next time.

import { $, $$, keep } from "./dom.js";
import { toast } from "./toasts.js";

const root = document.documentElement;

// Goes round: as the system has it, light, dark, high contrast in both.
export function switchTheme(button) {
  const themes = JSON.parse(button.dataset.themes), now = themes.findIndex(([name]) => name === (root.dataset.theme || ""));
  const [theme, says] = themes[(now + 1) % themes.length];
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  $("#contrast").media = !theme ? "(prefers-contrast: more)" : theme.startsWith("contrast-") ? "all" : "not all";
  keep("amends_theme", theme);
  button.title = says;
  button.setAttribute("aria-label", says);
  toast(says);
}

export function switchDensity() {
  const density = root.dataset.density === "dense" ? "comfortable" : "dense";
  root.dataset.density = density;
  keep("amends_density", density);
  showDensity();
}

export function showDensity() {
  for (const button of $$("[data-do=density]")) button.setAttribute("aria-pressed", String(root.dataset.density === "dense"));
}

export function switchKeys() {
  const on = document.body.dataset.plainKeys !== "off";
  document.body.dataset.plainKeys = on ? "off" : "on";
  keep("amends_keys", on ? "off" : "on");
}
