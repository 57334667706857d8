"use strict";
// Loaded with --require into the process of a Pulumi program. The SDK keeps the text of a stack with each of the
// hundred promises of a resource, for people who look for promises that never end (PULUMI_DEBUG_PROMISE_LEAKS). For
// all others these texts, with source maps applied to each, are a large part of a program's time and memory.
// Only that call goes without a stack: what a promise is rejected with has its own.
const Module = require("node:module");

const wrapped = new WeakSet();
const originalLoad = Module._load;

Module._load = function (request, ...rest) {
  const loaded = originalLoad.call(this, request, ...rest);
  if (request.endsWith("/debuggable") && typeof loaded.debuggablePromise === "function") {
    wrap(loaded);
  }
  return loaded;
};

function wrap(debuggable) {
  const { debuggablePromise, debugPromiseLeaks } = debuggable;
  if (debugPromiseLeaks || wrapped.has(debuggable)) return;
  wrapped.add(debuggable);
  debuggable.debuggablePromise = (promise, context) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
}
