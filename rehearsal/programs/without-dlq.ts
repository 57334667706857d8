import * as pulumi from "@pulumi/pulumi";
import type * as aws from "@pulumi/aws";

// The change that the policy pack has to refuse: file-search whose queue lost its dead-letter queue.
pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
  if (type !== "aws:sqs/queue:Queue") return undefined;
  const { redrivePolicy: _lost, ...rest } = props as aws.sqs.QueueArgs;
  return { props: rest, opts };
});

// Loaded after the transformation, because loading it registers its resources.
export = async () => {
  const { default: program } = await import("../../systems/file-search");
  return program();
};
