// One stream of events for the page while somebody is in a class, and what the browser does with
// each: it moves the map by itself, and asks for the page only where it cannot.

const LOOK_MS = 100;
const HIDDEN_MS = 30_000;
const LOST_MS = 2500;
const GONE_MS = 1500;

const base = () => window.__streamlit?.BACKEND_BASE_URL ?? new URL(".", location.href).href;

/** What the map is told is its own affair: it calls the event off where it can show that. */
function shownByMap(look) {
  const event = new CustomEvent("class-look", { detail: look, cancelable: true });
  return !!look && !window.dispatchEvent(event);
}

function isConnected() {
  const state = document.querySelector("[data-testid=stApp]")?.dataset.testConnectionState;
  return state === undefined || state === "CONNECTED";
}

class Room {
  source = null;
  host = null;
  data = {};
  turn = 0;
  tell = () => {};
  waiting = null;
  sending = false;
  timers = {};

  constructor() {
    document.addEventListener("visibilitychange", () => {
      clearTimeout(this.timers.hidden);
      // A page that nobody sees holds one of the few connections that a browser has.
      if (document.hidden) this.timers.hidden = setTimeout(() => this.close(), HIDDEN_MS);
      else if (this.data.code && !this.source) this.open();
    });
    window.addEventListener("map-moved", (event) => this.moved(event.detail.look));
  }

  update(data, tell, host) {
    clearTimeout(this.timers.gone);
    this.host = host;
    this.tell = tell;
    if (data.turn > this.turn || data.code !== this.data.code) this.turn = data.turn;
    this.data = data;
    if (!this.source && !document.hidden) this.open();
  }

  open() {
    const source = new EventSource(new URL("class/events", base()));
    this.source = source;
    const on = (kind, hear) =>
      source.addEventListener(kind, (event) => hear(JSON.parse(event.data)));
    on("stage", (stage) => this.staged(stage));
    on("look", (look) => { if (!this.data.teaches) shownByMap(look); });
    on("asks", () => this.ask());
    on("out", () => this.ask());
    on("closed", () => { this.close(); this.ask(); });
    for (const kind of ["wall", "people"])
      on(kind, () => window.dispatchEvent(new CustomEvent(`class-${kind}`)));
    source.onopen = () => {
      // After a restart Streamlit may wait long before it tries again: a new page is there at once.
      clearTimeout(this.timers.lost);
      this.timers.lost = setTimeout(() => { if (!isConnected()) location.reload(); }, LOST_MS);
      window.dispatchEvent(new CustomEvent("class-wall"));
    };
    source.onerror = () => { if (source.readyState === EventSource.CLOSED) this.again(source); };
  }

  /** The server refused just now, and the browser would not ask again by itself. */
  again(source) {
    if (this.source !== source) return;
    this.source = null;
    clearTimeout(this.timers.again);
    this.timers.again = setTimeout(() => {
      if (this.data.code && !this.source && !document.hidden) this.open();
    }, 2000);
  }

  close() {
    this.source?.close();
    this.source = null;
  }

  leave() {
    this.timers.gone = setTimeout(() => {
      this.close();
      this.data = {};
    }, GONE_MS);
  }

  staged(stage) {
    if (this.data.teaches || stage.turn <= this.turn) return;
    const next = stage.turn === this.turn + 1;
    if (next && stage.of_map && shownByMap(stage.look)) this.turn = stage.turn;
    else this.ask();
  }

  ask() {
    this.tell(`${Date.now()}-${Math.random()}`);
  }

  /** The teacher's map has moved: every screen that follows is told, some times a second. */
  moved(look) {
    if (!this.data.teaches || !this.data.follows) return;
    this.waiting = look;
    if (!this.sending) this.send();
  }

  async send() {
    this.sending = true;
    while (this.waiting) {
      const look = this.waiting();
      this.waiting = null;
      const rest = new Promise((done) => setTimeout(done, LOOK_MS));
      try {
        await fetch(new URL("class/look", base()), {
          method: "POST", body: JSON.stringify(look),
          headers: { "Content-Type": "application/json" },
        });
      } catch { /* the next one goes */ }
      await rest;
    }
    this.sending = false;
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const host = parentElement.host ?? parentElement;
  window.classRoom ??= new Room();
  window.classRoom.update(data, (news) => setTriggerValue("news", news), host);
  return () => {
    // The next page's may be there before the last one's goes.
    if (!host.isConnected && window.classRoom.host === host) window.classRoom.leave();
  };
}
