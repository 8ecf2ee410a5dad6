// The lecturer's live pictures on a viewer's screen, read-only (see ui/room_route.py for the socket they come through).
//
// The socket sends one message for each time it is asked, the newest; so a slow browser gets fewer pictures, not older
// ones. A message is a uint32, as many bytes of JSON, and the scenes one after the other, as ui/room_message.py packs them.

import { show as draw } from "./mount.js";

const ASK = "next";
const QUIET = 6000; // ms without a picture of a run that plays
const PAUSES = [0.5, 1, 2, 4, 8, 15]; // seconds before each new try
const FINAL = [4404, 4410]; // the room is not there, or no longer
const STILL = "No new picture for a while: the lecturer's page may be in the background.";
const LOST = "The connection is lost. Trying again.";
const JOINING = "Joining the room.";
const followers = new WeakMap();

export function show({ data, parentElement }) {
  let follower = followers.get(parentElement);
  if (follower?.code !== data.code) {
    follower?.close();
    followers.set(parentElement, (follower = new Follower(data, parentElement)));
  } else follower.redraw();
  return () => parentElement.isConnected || follower.close();
}

class Follower {
  constructor({ code, words }, root) {
    Object.assign(this, { code, tries: 0, hosts: [], pictures: [] });
    root.adoptedStyleSheets = [styles];
    root.replaceChildren();
    this.line = root.appendChild(element("p", "line"));
    this.notice = root.appendChild(element("p", "notice"));
    this.notice.role = "status";
    this.stage = root.appendChild(element("div", "pictures"));
    this.say(words || JOINING);
    this.connect();
  }

  connect() {
    const address = new URL(`_live/room/${encodeURIComponent(this.code)}`, document.baseURI);
    address.protocol = address.protocol.replace("http", "ws");
    address.search = "";
    this.socket = new WebSocket(address);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => this.socket.send(ASK);
    this.socket.onmessage = ({ data }) => this.take(new Uint8Array(data));
    this.socket.onclose = ({ code, reason }) => this.end(code, reason);
  }

  async take(message) {
    const length = new DataView(message.buffer).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(message.subarray(4, 4 + length)));
    let start = 4 + length;
    this.tries = 0;
    this.pictures = header.pictures.map(([height, size]) => prefixed(height, message.subarray(start, (start += size))));
    this.line.textContent = header.words;
    this.say("");
    clearTimeout(this.quiet);
    if (header.is_playing) this.quiet = setTimeout(() => this.say(STILL), QUIET);
    try {
      await this.redraw();
    } finally {
      if (this.socket.readyState === WebSocket.OPEN) this.socket.send(ASK);
    }
  }

  /** Draw the newest pictures, in as many places as there are. */
  async redraw() {
    while (this.hosts.length > this.pictures.length) this.hosts.pop().remove();
    while (this.hosts.length < this.pictures.length) {
      const host = this.stage.appendChild(element("div", "picture"));
      host.attachShadow({ mode: "open" });
      this.hosts.push(host);
    }
    const places = this.hosts.map((host) => host.shadowRoot);
    const drawn = places.map((parentElement, index) => draw(still(this.pictures[index], parentElement)));
    this.tidies = await Promise.all(drawn);
  }

  /** The socket has closed: for good, with a sentence, or to be tried again. */
  end(code, reason) {
    clearTimeout(this.quiet);
    if (this.isClosed) return;
    this.say(reason || LOST);
    if (FINAL.includes(code)) {
      this.line.textContent = "";
      return;
    }
    const pause = PAUSES[Math.min(this.tries++, PAUSES.length - 1)];
    // not all at the same moment, when a server comes back
    this.retry = setTimeout(() => this.connect(), 1000 * pause * (0.5 + Math.random()));
  }

  say(words) {
    if (this.notice.textContent !== words) this.notice.textContent = words;
    this.notice.hidden = !words;
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.quiet);
    clearTimeout(this.retry);
    this.socket.close();
    this.stage.remove();
    for (const tidy of this.tidies ?? []) tidy();
  }
}

const still = (data, parentElement) => ({ data, parentElement, setTriggerValue: () => {}, isReadOnly: true });

/** A scene behind the height it may take, and not in lecture mode, as `ui.live.live_canvas` sends it. */
function prefixed(height, scene) {
  const packet = new Uint8Array(8 + scene.length);
  new DataView(packet.buffer).setFloat32(0, height, true);
  packet.set(scene, 8);
  return packet;
}

const element = (tag, name) => Object.assign(document.createElement(tag), { className: name });

const styles = new CSSStyleSheet();
styles.replaceSync(`
  :host { display: block; width: 100%; }
  p { margin: 0 0 0.5rem; font-family: var(--st-font, sans-serif); font-size: 1rem; line-height: 1.5; }
  .line { min-height: 1.5em; color: var(--st-text-color); font-variant-numeric: tabular-nums; }
  .notice {
    padding: 0.5rem 0.75rem; border-radius: 0.5rem; color: var(--st-text-color);
    background: var(--st-secondary-background-color);
  }
  .pictures { display: grid; gap: 0.5rem; }
  [hidden] { display: none; }
`);
