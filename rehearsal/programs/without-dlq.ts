import * as pulumi from "@pulumi/pulumi";

// A change that the policy pack must refuse: file-search with queues that have no dead-letter queue.
pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
  type === "aws:sqs/queue:Queue"
    ? { props: { ...(props as object), redrivePolicy: undefined }, opts }
    : undefined,
);

// Loaded here, after the transformation is registered.
import program = require("../../systems/file-search");
export = program;
