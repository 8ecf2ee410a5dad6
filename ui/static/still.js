// Saves a Plotly picture by its own camera button, whose format is told first: the figure cannot have two of them.

const KINDS = { SVG: { format: "svg", scale: 1 }, PNG: { format: "png", scale: 2 } };

export default ({ data, parentElement }) => {
  const buttons = Object.entries(KINDS).map(([name, kind]) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
    button.ariaLabel = `Save this picture as ${name}`;
    button.onclick = () => save(data, kind, getComputedStyle(button).getPropertyValue("--st-background-color"));
    return button;
  });
  const row = Object.assign(document.createElement("div"), { className: "kinds" });
  row.append(...buttons);
  parentElement.querySelector(".kinds")?.remove(); // not all: the style is in there too
  parentElement.append(row);
};

function save(key, kind, paper) {
  const plot = document.querySelector(`.st-key-${key} .js-plotly-plot`);
  Object.assign(plot._context.toImageButtonOptions, kind, { filename: key.replace(/_/g, "-") });
  // On the page the paper is transparent, but light words need their dark one; and a file cannot bring a web font along.
  const before = { paper_bgcolor: plot.layout.paper_bgcolor, font: plot.layout.font };
  Object.assign(plot.layout, { paper_bgcolor: paper.trim(), font: { ...before.font, family: "sans-serif" } });
  plot.querySelector('.modebar-btn[data-title^="Download"]').click();
  Object.assign(plot.layout, before);
}
