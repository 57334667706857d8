import { fromApi, toApi } from "../api-case";
import { ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import {
  boolean,
  type Infer,
  number,
  object,
  output,
  regional,
  required,
  set,
  string,
} from "../shape";
import type { PutScalingPolicyCommandInput } from "@aws-sdk/client-auto-scaling";

export const gone = ["ValidationError"];

/** An import names `<group>/<policy>` or `<group>/<hook>`. */
export const groupAndName = (id: string) => ({
  id: id.slice(id.indexOf("/") + 1),
  properties: { autoscalingGroupName: id.slice(0, id.indexOf("/")) },
});

const dimension = object({ name: required(string()), value: required(string()) });

const targetTracking = {
  targetValue: required(number()),
  disableScaleIn: boolean({ default: false }),
  predefinedMetricSpecification: object({
    predefinedMetricType: required(string()),
    resourceLabel: string(),
  }),
  customizedMetricSpecification: object({
    metricName: string(),
    namespace: string(),
    statistic: string(),
    unit: string(),
    period: number(),
    metricDimensions: set(dimension),
    metrics: set(
      object({
        id: required(string()),
        expression: string(),
        label: string(),
        returnData: boolean({ default: true }),
        metricStat: object({
          metric: required(
            object({
              metricName: required(string()),
              namespace: required(string()),
              dimensions: set(dimension),
            }),
          ),
          stat: required(string()),
          unit: string(),
          period: number(),
        }),
      }),
      { key: "id" },
    ),
  }),
};

type Tracking = Infer<typeof targetTracking>;
type Custom = NonNullable<Tracking["customizedMetricSpecification"]>;
type Metric = NonNullable<Custom["metrics"]>[number];

export const policy = resourceType({
  type: "aws:autoscaling/policy:Policy",
  shape: {
    ...regional,
    name: string({ replaces: true, computed: true }),
    autoscalingGroupName: required(string({ replaces: true })),
    policyType: string({
      default: "SimpleScaling",
      oneOf: ["SimpleScaling", "StepScaling", "TargetTrackingScaling"],
    }),
    adjustmentType: string(),
    cooldown: number(),
    enabled: boolean({ default: true }),
    estimatedInstanceWarmup: number(),
    metricAggregationType: string({ computed: true }),
    minAdjustmentMagnitude: number(),
    scalingAdjustment: number(),
    stepAdjustments: set(
      object({
        metricIntervalLowerBound: string(),
        metricIntervalUpperBound: string(),
        scalingAdjustment: required(number()),
      }),
    ),
    targetTrackingConfiguration: object(targetTracking),
    arn: output(string()),
  },
  name: { property: "name", maxLength: 255 },
  importId: groupAndName,
  async put(inputs, { clients }) {
    await clients.autoScaling.putScalingPolicy(request(inputs));
    return inputs.name ?? "";
  },
  async read(id, { clients }, { autoscalingGroupName }) {
    const { ScalingPolicies } = await clients.autoScaling.describePolicies({
      AutoScalingGroupName: autoscalingGroupName,
      PolicyNames: [id],
    });
    const found = ScalingPolicies?.find(({ PolicyName }) => PolicyName === id);
    if (found === undefined) return undefined;
    const tracking = found.TargetTrackingConfiguration;
    const custom = tracking?.CustomizedMetricSpecification;
    return {
      name: id,
      autoscalingGroupName: found.AutoScalingGroupName,
      policyType: found.PolicyType ?? "SimpleScaling",
      adjustmentType: found.AdjustmentType,
      cooldown: found.Cooldown,
      enabled: found.Enabled ?? true,
      estimatedInstanceWarmup: found.EstimatedInstanceWarmup,
      metricAggregationType: found.MetricAggregationType,
      minAdjustmentMagnitude: found.MinAdjustmentMagnitude,
      scalingAdjustment: found.ScalingAdjustment,
      stepAdjustments: found.StepAdjustments?.map((step) => ({
        metricIntervalLowerBound: step.MetricIntervalLowerBound?.toString(),
        metricIntervalUpperBound: step.MetricIntervalUpperBound?.toString(),
        scalingAdjustment: step.ScalingAdjustment ?? 0,
      })),
      targetTrackingConfiguration:
        tracking === undefined
          ? undefined
          : {
              targetValue: tracking.TargetValue ?? 0,
              disableScaleIn: tracking.DisableScaleIn ?? false,
              predefinedMetricSpecification: fromApi<Tracking["predefinedMetricSpecification"]>(
                tracking.PredefinedMetricSpecification,
              ),
              customizedMetricSpecification:
                custom === undefined
                  ? undefined
                  : {
                      ...fromApi<Custom>({ ...custom, Dimensions: undefined, Metrics: undefined }),
                      metricDimensions: fromApi<Custom["metricDimensions"]>(custom.Dimensions),
                      metrics: custom.Metrics?.map((metric) => ({
                        returnData: true,
                        ...fromApi<Metric>(metric),
                      })),
                    },
            },
      arn: found.PolicyARN,
    };
  },
  async delete(PolicyName, { autoscalingGroupName: AutoScalingGroupName }, { clients }) {
    await ignoreGone(gone, clients.autoScaling.deletePolicy({ AutoScalingGroupName, PolicyName }));
  },
});

function request(inputs: Parameters<typeof policy.create>[0]): PutScalingPolicyCommandInput {
  const { name, autoscalingGroupName, stepAdjustments, targetTrackingConfiguration, ...rest } =
    inputs;
  const { customizedMetricSpecification: custom, ...tracking } = targetTrackingConfiguration ?? {};
  const { metricDimensions, ...specification } = custom ?? {};
  const bound = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  return {
    ...toApi<object>({ ...rest, region: undefined }),
    PolicyName: name,
    AutoScalingGroupName: autoscalingGroupName,
    StepAdjustments: stepAdjustments?.map((step) => ({
      MetricIntervalLowerBound: bound(step.metricIntervalLowerBound),
      MetricIntervalUpperBound: bound(step.metricIntervalUpperBound),
      ScalingAdjustment: step.scalingAdjustment,
    })),
    TargetTrackingConfiguration:
      targetTrackingConfiguration === undefined
        ? undefined
        : {
            ...toApi<{ TargetValue: number }>(tracking),
            CustomizedMetricSpecification:
              custom === undefined
                ? undefined
                : toApi<object>({ ...specification, dimensions: metricDimensions }),
          },
  };
}
