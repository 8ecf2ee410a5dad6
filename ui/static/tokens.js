// A text and the list of its tokens; what is pointed at, focused or tapped in one lights up in the other.
// Every word is put in as text, never as HTML.

export default ({ data, parentElement }) => {
  parentElement.querySelector(".tokens")?.remove(); // not all: the style is in there too
  const view = Object.assign(document.createElement("div"), { className: "tokens" });
  view.style.setProperty("--on-token", data.ink);
  const partners = data.pieces.map(() => []);
  const text = part("p", "text");
  text.dir = "auto"; // right to left where the text is
  text.setAttribute("aria-label", "The text");
  for (const span of data.spans) text.append(spanOf(span, data, partners));
  const list = part("ol", "list");
  list.setAttribute("aria-label", "Its tokens");
  data.pieces.forEach((piece, i) => list.append(pieceOf(piece, i, data, partners)));
  view.append(text, list);
  parentElement.append(view);
  listen(view, partners);
};

function part(kind, className, textContent = "") {
  return Object.assign(document.createElement(kind), { className, textContent });
}

function spanOf(span, data, partners) {
  const several = span.tokens.length > 1;
  const special = data.pieces[span.tokens[0]].special;
  const node = part("span", `span${several ? " several" : ""}${special ? " special" : ""}`, span.text);
  node.style.setProperty("--colour", data.colours[span.tokens[0] % data.colours.length]);
  if (several) node.title = `${span.tokens.length} tokens make this stretch together: a character is divided among them`;
  register(node, span.tokens, partners);
  return node;
}

function pieceOf(piece, i, data, partners) {
  const node = part("li", `piece${piece.special ? " special" : ""}`);
  node.tabIndex = 0;
  node.style.setProperty("--colour", data.colours[i % data.colours.length]);
  node.append(part("span", "shown", piece.shown), part("span", "id", piece.id));
  if (data.bytes) node.append(part("span", "hex", piece.hex));
  node.ariaLabel = `Token ${i + 1}: ${piece.shown}, number ${piece.id}, bytes ${piece.hex}`;
  register(node, [i], partners);
  return node;
}

function register(node, places, partners) {
  node.dataset.places = places.join(" ");
  for (const place of places) partners[place].push(node);
}

function listen(view, partners) {
  const light = (event) => {
    const node = event.target.closest?.("[data-places]");
    view.classList.toggle("lit", Boolean(node));
    for (const old of view.querySelectorAll(".on")) old.classList.remove("on");
    for (const place of node?.dataset.places.split(" ") ?? []) {
      for (const partner of partners[place]) partner.classList.add("on");
    }
  };
  for (const kind of ["pointerover", "focusin", "click"]) view.addEventListener(kind, light);
  for (const kind of ["pointerleave", "focusout"]) view.addEventListener(kind, () => light({ target: {} }));
}
