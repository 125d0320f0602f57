// The words of the scripts in the language of the page, which carries them as data (script_words.py): say("as_posts", { n: 3 }).

const told = JSON.parse(document.getElementById("texts").textContent);
const plural = new Intl.PluralRules(told.locale), number = new Intl.NumberFormat(told.locale);

export const { locale, months } = told;

export function say(key, values = {}) {
  const text = told.texts[key], form = typeof text === "string" ? text : text[plural.select(values.n)] ?? text.other;
  return form.replace(/%\((\w+)\)s/g, (_whole, name) => (typeof values[name] === "number" ? number.format(values[name]) : values[name]));
}
