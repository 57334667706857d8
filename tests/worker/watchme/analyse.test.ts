import { expect } from "chai";
import { dayAnalysisSchema, type DaySummary } from "../../../contracts/watchme";
import { analyse } from "../../../worker/watchme/analyse";

const usual: DaySummary = {
  recordings: 10,
  firstAt: "08-00-00",
  lastAt: "20-00-00",
  speech: { recordings: 8, characters: 900, seconds: 120, languages: { ja: 8 } },
  sounds: { Speech: { events: 20, seconds: 120 }, Dog: { events: 1, seconds: 2 } },
  emotions: { joy: 0.5, sadness: 0.2, neutral: 0.3 },
  hours: {
    "08": { recordings: 5, characters: 300, speechSeconds: 40, emotions: {} },
    "12": { recordings: 5, characters: 600, speechSeconds: 80, emotions: {} },
  },
  unreadable: { asr: 0, sed: 0, ser: 0 },
};
const week = [usual, usual, usual, usual];

describe("the analysis of a day", () => {
  it("finds nothing in a day like the others", () => {
    expect(analyse(usual, week)).to.deep.equal({
      recordings: 10,
      baselineDays: 4,
      mood: { score: 0.3, baseline: 0.3, trend: "steady", dominant: "joy" },
      mostTalkativeHour: "12",
      unusualSounds: [],
      flags: [],
    });
  });

  it("sees the mood change", () => {
    const sad = { ...usual, emotions: { joy: 0.2, sadness: 0.5, neutral: 0.3 } };
    const happy = { ...usual, emotions: { joy: 0.9, surprise: 0.1 } };
    expect(analyse(sad, week).mood).to.include({ trend: "falling", dominant: "sadness" });
    expect(analyse(sad, week).flags).to.deep.equal(["mood-falling"]);
    expect(analyse(happy, week).mood.trend).to.equal("rising");
    expect(analyse({ ...usual, emotions: {} }, week).mood).to.deep.equal({
      ...{ score: null, baseline: 0.3, trend: "unknown", dominant: null },
    });
  });

  it("finds sounds that are far more frequent than on the days before", () => {
    const sounds = {
      Speech: { events: 30, seconds: 200 },
      Dog: { events: 4, seconds: 9 },
      Glass: { events: 5, seconds: 5 },
      Siren: { events: 2, seconds: 30 },
    };
    const { unusualSounds, flags } = analyse({ ...usual, sounds }, week);
    expect(unusualSounds).to.deep.equal([
      { label: "Glass", events: 5, expectedEvents: 0 },
      { label: "Dog", events: 4, expectedEvents: 1 },
    ]);
    expect(flags).to.deep.equal(["unusual-sounds"]);
  });

  it("notes a silent day, few recordings, and results that could not be read", () => {
    const silent = {
      ...usual,
      recordings: 4,
      speech: { recordings: 0, characters: 0, seconds: 0, languages: {} },
      hours: { "08": { recordings: 4, characters: 0, speechSeconds: 0, emotions: {} } },
      unreadable: { asr: 2, sed: 0, ser: 0 },
    };
    const analysis = analyse(silent, week);
    expect(analysis.flags).to.deep.equal(["few-recordings", "no-speech", "unreadable-results"]);
    expect(analysis.mostTalkativeHour).to.equal(null);
  });

  it("compares with nothing while there are fewer than three days", () => {
    const odd = { ...usual, recordings: 1, sounds: { Glass: { events: 9, seconds: 9 } } };
    for (const before of [[], [usual, usual]]) {
      const analysis = analyse(odd, before);
      dayAnalysisSchema.parse(analysis);
      expect(analysis.mood.trend).to.equal("unknown");
      expect(analysis.flags).to.deep.equal([]);
      expect(analysis.baselineDays).to.equal(before.length);
    }
  });
});
