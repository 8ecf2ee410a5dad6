// The keys of lecture mode: listened for on the whole window, from the first moment, and carried out by pressing the
// page's own buttons, so that a key and a button never do different things. What only the browser does is done here:
// freezing the picture and the list of keys.
//
// Streamlit calls this with `data` = { slug, keys: [[sign, what], …], lessons: [title, …] } whenever the page is drawn.

const TYPING = "input, textarea, select, [contenteditable], [role=slider], [role=combobox], [role=listbox], .plane:focus-visible";
const BUTTONS = { " ": "go", ArrowRight: "step_1", r: "reset", q: "lecture_qr", l: "lecture_leave" };
const views = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  if (!views.has(parentElement)) views.set(parentElement, open(parentElement));
  const view = views.get(parentElement);
  Object.assign(view, { data, start: (lesson) => setTriggerValue("lesson", lesson) });
  fill(view);
  return () => parentElement.isConnected || close(view, parentElement);
}

function open(root) {
  const view = { ending: new AbortController(), help: document.createElement("div") };
  root.adoptedStyleSheets = [styles];
  Object.assign(view.help, { className: "help", hidden: true, role: "dialog", ariaLabel: "Keys of lecture mode" });
  root.append(view.help);
  view.help.addEventListener("click", () => (view.help.hidden = true));
  // before Streamlit's own shortcuts, which would do some of it a second time, and before its R, which reruns the page
  window.addEventListener("keydown", (event) => pressed(view, event), { capture: true, signal: view.ending.signal });
  return view;
}

function close(view, root) {
  view.ending.abort();
  views.delete(root);
}

function pressed(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isBusy(event)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const act = actionOf(view, key);
  if (!act) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!event.repeat || key === "ArrowRight") act();
}

/** Whether somebody is typing, or has gone to a button by keyboard and presses that. */
function isBusy(event) {
  return event.composedPath().some((node) => {
    if (!(node instanceof Element)) return false;
    const isChosen = (event.key === " " || event.key === "Enter") && node.matches("button:focus-visible");
    return isChosen || node.matches(TYPING) || (node.role === "dialog" && node.getAttribute("aria-modal") === "true");
  });
}

function actionOf(view, key) {
  const { help, data } = view;
  if (BUTTONS[key]) return () => press(view, BUTTONS[key]);
  if (key === "Escape") return () => (help.hidden ? press(view, BUTTONS.l) : (help.hidden = true));
  if (key === "?" || key === "h") return () => (help.hidden = !help.hidden);
  if (key === "f") return () => document.dispatchEvent(new CustomEvent("freeze"));
  if (/^[1-9]$/.test(key) && Number(key) <= data.lessons.length) return () => view.start(Number(key));
}

function press(view, name) {
  document.querySelector(`.st-key-${view.data.slug}_${name} button`)?.click();
}

/** The list of keys, as text: nothing in it can become markup. */
function fill({ help, data }) {
  const make = (tag, words) => Object.assign(document.createElement(tag), { textContent: words });
  const list = document.createElement("dl");
  for (const [sign, what] of data.keys) list.append(make("dt", sign), make("dd", what));
  const lessons = document.createElement("dl");
  data.lessons.forEach((title, at) => lessons.append(make("dt", at + 1), make("dd", title)));
  help.replaceChildren(list, ...(data.lessons.length ? [lessons] : []));
}

const styles = new CSSStyleSheet();
styles.replaceSync(`
  .help {
    position: fixed; left: 50%; top: 50%; translate: -50% -50%; z-index: 1000; display: flex; gap: 5vh;
    max-width: 94vw; max-height: 92vh; overflow: auto; box-sizing: border-box; padding: 3.5vh 4.5vh; border-radius: 1vh;
    border: 1px solid var(--st-border-color); background: var(--st-background-color); color: var(--st-text-color);
    box-shadow: 0 0.6vh 4vh color-mix(in srgb, var(--st-text-color) 25%, transparent);
    font: 2.6vh/1.35 var(--st-font);
  }
  dl { display: grid; grid-template-columns: auto 1fr; gap: 0.8vh 2.4vh; margin: 0; align-content: start; }
  dt { font-weight: 600; white-space: nowrap; text-align: right; }
  dd { margin: 0; }
  [hidden] { display: none; }
`);
