import * as pulumi from "@pulumi/pulumi";

// The change that the policy pack has to refuse: file-search whose queues lose their dead-letter queue.
pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
  type === "aws:sqs/queue:Queue"
    ? { props: { ...(props as object), redrivePolicy: undefined }, opts }
    : undefined,
);

// Loaded only now, when what it registers is transformed.
import program = require("../../systems/file-search");
export = program;
