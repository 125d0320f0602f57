// A press becomes a click only while what lies under it stays: whatever would draw that anew waits until the pointer is let go.

let pressed = null, letGo = () => {};

// Does it now, or as soon as the click that is under way has been heard.
export const afterPress = (act) => (pressed ? pressed.then(act) : act());

addEventListener("pointerdown", ({ button }) => {
  if (!button && !pressed) pressed = new Promise((over) => (letGo = over));
}, true);

const release = () => setTimeout(() => { // the click comes behind the release
  letGo();
  pressed = null;
});
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, release, true);
addEventListener("blur", release);
