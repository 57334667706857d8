import { expect } from "chai";
import { evaluateAlarm } from "../../alarms/evaluate";

const treatments = ["missing", "ignore", "breaching", "notBreaching"] as const;

/** "0 - X": fine, no datapoint, breaching; oldest first. */
const points = (picture: string) =>
  picture.split(" ").map((mark) => ({ "0": 0, X: 10, "-": undefined })[mark]);

function outcomes(picture: string, evaluationPeriods: number, datapointsToAlarm: number) {
  return treatments.map((treatMissingData) => {
    const rule = {
      comparisonOperator: "GreaterThanThreshold",
      threshold: 5,
      evaluationPeriods,
      datapointsToAlarm,
      treatMissingData,
    };
    return evaluateAlarm(rule, points(picture)).state ?? "keep";
  });
}

/** The tables of "Configuring how CloudWatch alarms treat missing data" in the CloudWatch guide.
 *  Columns: missing, ignore, breaching, notBreaching. */
const tables: [periods: number, toAlarm: number, rows: Record<string, string>][] = [
  [
    ...([3, 3] as const),
    {
      "0 - X - X": "OK OK OK OK",
      "0 - - - -": "OK OK OK OK",
      "- - - - -": "INSUFFICIENT_DATA keep ALARM OK",
      "0 X X - X": "ALARM ALARM ALARM ALARM",
      "- - X - -": "ALARM keep ALARM OK",
    },
  ],
  [
    ...([3, 2] as const),
    {
      "0 - X - X": "ALARM ALARM ALARM ALARM",
      "0 0 X 0 X": "ALARM ALARM ALARM ALARM",
      "0 - X - -": "OK OK ALARM OK",
      "- - - - 0": "OK OK ALARM OK",
      "- - - X -": "ALARM keep ALARM OK",
    },
  ],
  [
    ...([1, 1] as const),
    {
      "- - X": "ALARM ALARM ALARM ALARM",
      "- - 0": "OK OK OK OK",
      "- - -": "INSUFFICIENT_DATA keep ALARM OK",
      "- X 0": "OK OK OK OK",
    },
  ],
];

describe("alarm evaluation", () => {
  for (const [periods, toAlarm, rows] of tables) {
    for (const [picture, expected] of Object.entries(rows)) {
      it(`${toAlarm} of ${periods} with ${picture} is ${expected}`, () => {
        expect(outcomes(picture, periods, toAlarm).join(" ")).to.equal(expected);
      });
    }
  }

  it("does not fire on one breaching datapoint of three when the rest has not come yet", () => {
    expect(outcomes("- - - - X", 3, 3)).to.deep.equal(["keep", "keep", "ALARM", "OK"]);
  });

  it("uses no datapoint older than its range", () => {
    expect(outcomes("X - - -", 1, 1)[3]).to.equal("OK");
  });

  const state = (comparisonOperator: string, value: number) =>
    evaluateAlarm(
      {
        comparisonOperator,
        threshold: 5,
        evaluationPeriods: 1,
        treatMissingData: "missing",
      },
      [value],
    ).state;

  for (const [operator, breaching] of Object.entries({
    GreaterThanThreshold: [6],
    GreaterThanOrEqualToThreshold: [5, 6],
    LessThanThreshold: [4],
    LessThanOrEqualToThreshold: [4, 5],
  })) {
    it(`${operator} 5 breaches at ${breaching.join(" and ")} of 4, 5, 6`, () => {
      const found = [4, 5, 6].filter((value) => state(operator, value) === "ALARM");
      expect(found).to.deep.equal(breaching);
    });
  }

  it("refuses a comparison it does not know instead of saying OK", () => {
    expect(() => state("GreaterThanUpperThreshold", 1)).to.throw(/GreaterThanUpperThreshold/);
  });
});
