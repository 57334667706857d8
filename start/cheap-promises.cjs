"use strict";
// Loaded with --require into the process of a Pulumi program. The SDK stores a stack trace with each of the
// hundred promises of a resource. This helps to find promises that never end (PULUMI_DEBUG_PROMISE_LEAKS). For
// all other users these stack traces, each with source maps applied, cost a large part of a program's time and memory.
// Only that call has no stack trace. The error with which a promise is rejected has its own stack trace.
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
