// Before anything is drawn: the panes get the widths that this person gave them, so that nothing jumps afterwards. Through the CSSOM,
// since our content policy allows no style in the page.
(() => {
  const kept = /(?:^|; )amends_panes=([^;]*)/.exec(document.cookie)?.[1] ?? "";
  for (const [, name, width] of kept.matchAll(/(rail|list|side)-(\d{2,4})/g)) document.documentElement.style.setProperty(`--${name}`, `${width}px`);
})();
