import { expect } from "chai";
import { depthChart } from "../../rehearsal/report/depth-chart";
import { reportPage } from "../../rehearsal/report/html";

describe("the rehearsal's report", () => {
  it("shows a message as Slack does, with HTML in it escaped", async () => {
    const counts = { uploaded: 0, indexed: 0, deadLettered: 0, leftInQueue: 0 };
    const page = await reportPage({
      report: { ok: true, steps: [], counts: { ...counts, processedTwice: 0, resources: 0 } },
      start: 0,
      depths: [],
      resources: [],
      messages: ["<script>alert(1)</script>\n*Owner*\n<https://example.com/a?b=1&c=2|Runbook>"],
    });
    expect(page).not.to.include("<script>");
    expect(page).to.include("&lt;script&gt;alert(1)&lt;/script&gt;\n<b>Owner</b>");
    expect(page).to.include('<a href="https://example.com/a?b=1&amp;c=2">Runbook</a>');
  });

  it("draws how many messages each queue held, in steps, from zero to the most", () => {
    const depths = [0, 7, 12, 0].map((messages, second) => ({
      time: 5000 + 1000 * second,
      queue: "files",
      messages,
    }));
    const dead = { time: 8000, queue: "files-dlq", messages: 1 };
    const svg = depthChart([...depths, dead], 5000);
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
    expect(texts).to.include.members(["files", "files-dlq", "messages", "0", "12", "3"]);
    // Across at the old depth, then up or down to the new one: no slope in between.
    const curve = /<path d="([^"]+)" fill="none" stroke="#dc2626"/.exec(svg)?.[1] ?? "";
    const points = curve
      .slice(1)
      .split("L")
      .map((point) => point.split(",").map(Number));
    expect(points).to.have.length(7);
    for (const [index, [x, y]] of points.slice(1).entries()) {
      expect(x === points[index]?.[0] || y === points[index]?.[1]).to.equal(true);
    }
  });
});
