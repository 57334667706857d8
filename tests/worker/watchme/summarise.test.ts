import { expect } from "chai";
import fc from "fast-check";
import { daySummarySchema } from "../../../contracts/watchme";
import { summarise, type RecordingResults } from "../../../worker/watchme/summarise";

const event = (label: string, start: number, end: number, confidence = 0.9) => ({
  ...{ label, confidence, start_seconds: start, end_seconds: end },
});

describe("the summary of a day", () => {
  const morning: RecordingResults = {
    time: "08-30-00",
    results: {
      asr: { text: "おはよう 👋", language: "ja", confidence: 0.9 },
      sed: { events: [event("Speech", 0, 2.5), event("Dog", 3, 4), event("Dog", 5, 6, 0.2)] },
      ser: { emotions: { joy: 0.8, sadness: 0.2 } },
    },
  };
  const quiet: RecordingResults = {
    time: "08-45-00",
    results: {
      asr: { text: " ", language: "en" },
      sed: { events: [event("Dog", 0, 1)] },
      ser: { emotions: {} },
    },
  };
  const evening: RecordingResults = {
    time: "19-00-00",
    results: {
      asr: { text: "Good night", language: "en" },
      sed: { events: [] },
      ser: { emotions: { joy: 0.4, anger: 0.3 } },
    },
  };

  it("adds up what was said, heard and felt, over the day and by hour", () => {
    expect(summarise([evening, morning, quiet])).to.deep.equal({
      recordings: 3,
      firstAt: "08-30-00",
      lastAt: "19-00-00",
      speech: { recordings: 2, characters: 16, seconds: 2.5, languages: { en: 1, ja: 1 } },
      sounds: { Dog: { events: 2, seconds: 2 }, Speech: { events: 1, seconds: 2.5 } },
      emotions: { anger: 0.15, joy: 0.6, sadness: 0.1 },
      hours: {
        "08": {
          ...{ recordings: 2, characters: 6, speechSeconds: 2.5 },
          emotions: { joy: 0.8, sadness: 0.2 },
        },
        "19": {
          ...{ recordings: 1, characters: 10, speechSeconds: 0 },
          emotions: { anger: 0.3, joy: 0.4 },
        },
      },
      unreadable: { asr: 0, sed: 0, ser: 0 },
    });
  });

  it("counts a result in another form as unreadable, and the others of its recording", () => {
    const odd = { ...morning, results: { asr: "text", sed: { events: [{}] }, ser: null } };
    const { speech, emotions, unreadable, recordings } = summarise([odd, evening]);
    expect(unreadable).to.deep.equal({ asr: 1, sed: 1, ser: 1 });
    expect(recordings).to.equal(2);
    expect(speech.characters).to.equal(10);
    expect(emotions).to.deep.equal({ anger: 0.3, joy: 0.4 });
  });

  it("has the agreed form, whatever the results are", () => {
    const result = fc.oneof(fc.anything(), fc.constantFrom(...Object.values(morning.results)));
    const recording = fc.record({
      time: fc.constantFrom("00-00-00", "08-15-00", "23-59-59"),
      results: fc.record({ asr: result, sed: result, ser: result }),
    });
    fc.assert(
      fc.property(fc.array(recording, { minLength: 1, maxLength: 5 }), (recordings) => {
        daySummarySchema.parse(summarise(recordings));
      }),
    );
  });
});
