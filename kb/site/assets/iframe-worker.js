/* A stand-in for `Worker` on pages opened from a folder, where browsers refuse real ones: the script runs in a hidden
 * frame. Material's search needs it.
 *
 * After iframe-worker 1.0.4 by Martin Donath (MIT, see iframe-worker.LICENSE.txt). What that writes into the frame as an
 * inline script stands in iframe-worker-frame.js here, because the pages' Content-Security-Policy allows no other.
 */
(() => {
  "use strict";
  if (location.protocol !== "file:") return;

  const FRAME = new URL("iframe-worker-frame.js", document.currentScript.src).href;

  class FrameWorker extends EventTarget {
    constructor(url) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      const inner = this.frame.contentWindow;
      addEventListener("message", (event) => event.source === inner && this.tell(new MessageEvent("message", { data: event.data })));
      const script = (address) => `<script src="${encodeURI(decodeURI(new URL(address, location.href).href))}"></${"script"}>`;
      inner.document.open();
      inner.document.write(`<html><body>${script(FRAME)}${script(url)}</body></html>`);
      inner.document.close();
      this.ready = new Promise((done) => { inner.onload = done; });
    }

    tell(event) {
      this.dispatchEvent(event);
      if (this.onmessage) this.onmessage(event);
    }

    postMessage(data) {
      this.ready.then(() => this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data: structuredClone(data) })));
    }

    terminate() {
      this.frame.remove();
    }
  }

  window.Worker = FrameWorker;
})();
