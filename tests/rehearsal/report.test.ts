import { expect } from "chai";
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
});
