/* What a worker's script expects to find, inside the frame that stands in for the worker (see iframe-worker.js). */
"use strict";

window.postMessage = (data) => parent.postMessage(data, "*");

window.importScripts = (...addresses) =>
  addresses.reduce(
    (before, address) => before.then(() => new Promise((done) => {
      document.body.append(Object.assign(document.createElement("script"), { src: address, onload: done }));
    })),
    Promise.resolve(),
  );
