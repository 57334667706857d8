import { expect } from "chai";
import { systemDashboard } from "../../../components/dashboard";
import { graph } from "../../../components/dashboard/widgets";
import { recordProgram } from "../../support/recorded-program";

const alarm = (name: string) => ({
  name,
  arn: `arn:${name}`,
  severity: "warning" as const,
  runbookUrl: "https://docs.example.com/a.md",
  meaning: "",
});
const component = (key: string, ...titles: string[]) => ({
  key,
  alarms: [alarm(key)],
  widgets: titles.map((title) => graph(title, "ap-northeast-1", [])),
});

async function widgetsOf(...components: ReturnType<typeof component>[]) {
  const { named } = await recordProgram(() => {
    systemDashboard("dashboard", { dashboardName: "shop", components });
  });
  const { dashboardBody } = named("dashboard").inputs;
  const { widgets } = JSON.parse(dashboardBody as string) as {
    widgets: {
      x: number;
      y: number;
      width: number;
      properties: { title: string; alarms?: string[] };
    }[];
  };
  return widgets;
}

describe("systemDashboard", () => {
  it("shows the alarms of all components, then each component's widgets", async () => {
    const [alarms, ...rest] = await widgetsOf(component("files", "Queue"), component("asr", "Age"));
    expect(alarms?.properties).to.deep.equal({ title: "Alarms", alarms: ["arn:files", "arn:asr"] });
    expect(rest.map(({ properties }) => properties.title)).to.deep.equal(["Queue", "Age"]);
  });

  it("tells two widgets of one title apart by their components", async () => {
    const [, ...rest] = await widgetsOf(
      component("asr", "Queue", "Functions"),
      component("sed", "Queue"),
    );
    expect(rest.map(({ properties }) => properties.title)).to.deep.equal([
      "asr: Queue",
      "Functions",
      "sed: Queue",
    ]);
  });

  it("places widgets side by side without an overlap", async () => {
    const titles = Array.from({ length: 7 }, (_, index) => `graph ${index}`);
    const widgets = await widgetsOf(component("files", ...titles));
    expect(widgets.map(({ x, y }) => [x, y])).to.deep.equal([
      [0, 0],
      ...[4, 10].flatMap((y) => [0, 8, 16].map((x) => [x, y])),
      [0, 16],
    ]);
  });

  it("spreads alarms over widgets of 100, and has none where there is no alarm", async () => {
    const many = { ...component("files"), alarms: Array.from({ length: 101 }, () => alarm("a")) };
    const widgets = await widgetsOf(many);
    expect(widgets.map(({ properties }) => properties.alarms?.length)).to.deep.equal([100, 1]);
    expect(await widgetsOf({ ...component("uploads"), alarms: [] })).to.deep.equal([]);
  });

  it("refuses more widgets than CloudWatch takes, and a name that it does not", async () => {
    const titles = Array.from({ length: 500 }, (_, index) => `graph ${index}`);
    const refusal = async (...parameters: Parameters<typeof widgetsOf>) =>
      widgetsOf(...parameters).then(String, (error: Error) => error.message);
    expect(await refusal(component("files", ...titles))).to.include("would have 501 widgets");
    const named = await recordProgram(() => {
      systemDashboard("dashboard", { dashboardName: "bad name!", components: [] });
    }).catch((error: Error) => error.message);
    expect(named).to.include('dashboardName is "bad name!"; CloudWatch allows 1 to 255');
  });
});
