type Words = readonly [string, ...string[]];

export interface Vocabulary {
  language: "ja" | "en";
  companies: Words;
  people: Words;
  topics: Words;
  places: Words;
  items: Words;
  folders: Words;
  sentences: readonly [Sentence, ...Sentence[]];
  headings: { summary: string; details: string; figures: string };
  columns: readonly [string, string, string, string];
}

type Sentence = (words: {
  company: string;
  person: string;
  topic: string;
  place: string;
}) => string;

export const japanese: Vocabulary = {
  language: "ja",
  companies: [
    "株式会社青葉商事",
    "みどり物産株式会社",
    "有限会社桜川製作所",
    "東都システム株式会社",
    "北浜運輸株式会社",
    "株式会社ひかり電機",
  ],
  people: ["佐藤 健一", "鈴木 美咲", "高橋 直樹", "田中 由美子", "渡辺 翔太", "小林 さくら"],
  topics: [
    "業務委託契約",
    "請求書処理",
    "在庫管理",
    "品質検査",
    "採用計画",
    "情報セキュリティ研修",
    "設備保全",
    "海外出張精算",
  ],
  places: ["東京都港区", "大阪市北区", "名古屋市中区", "福岡市博多区", "札幌市中央区"],
  items: ["ボールペン", "複合機用トナー", "ノートパソコン", "会議室用モニター", "安全靴", "梱包材"],
  folders: [
    "契約書/2026年度",
    "議事録/4月",
    "営業部/見積 書",
    "総務/規程・手順",
    "製造/検査成績表",
  ],
  sentences: [
    ({ company, topic }) => `${company}との${topic}について、関係部署の合意を得た。`,
    ({ person, topic }) => `${person}が${topic}の進捗を報告し、次回までの課題を整理した。`,
    ({ place, topic }) => `${place}の拠点では${topic}の見直しを来月から始める。`,
    ({ company }) => `${company}より納期を二週間繰り上げたいとの要望があった。`,
    ({ person }) => `担当の${person}は、費用の内訳と根拠を翌営業日までに提出すること。`,
    ({ topic }) => `${topic}の手順書を改訂し、全従業員へ周知した。`,
    () => "障害発生時の連絡網を更新し、夜間の一次対応者を明記した。",
    () => "前年度と比べて処理件数は増えたが、平均所要時間は短くなった。",
  ],
  headings: { summary: "概要", details: "詳細", figures: "数値" },
  columns: ["品目", "数量", "単価", "納入先"],
};

export const english: Vocabulary = {
  language: "en",
  companies: [
    "Northwind Trading",
    "Harbour & Sons Ltd",
    "Bluefield Logistics",
    "Kestrel Instruments",
    "Maple Street Foods",
  ],
  people: ["Alice Warren", "Tom O'Neill", "Priya Raman", "Daniel Köhler", "Grace Lindqvist"],
  topics: [
    "supplier agreement",
    "quarterly forecast",
    "warehouse audit",
    "onboarding plan",
    "incident review",
    "travel policy",
    "pricing proposal",
  ],
  places: ["Rotterdam", "Leeds", "Porto", "Gothenburg", "Austin"],
  items: ["shipping labels", "thermal printer", "pallet wrap", "barcode scanner", "office chair"],
  folders: [
    "contracts/2026",
    "minutes/April",
    "sales/quotes & offers",
    "policies",
    "quality/test reports",
  ],
  sentences: [
    ({ company, topic }) =>
      `The ${topic} with ${company} was approved by all departments concerned.`,
    ({ person, topic }) => `${person} reported on the ${topic} and listed the open questions.`,
    ({ place, topic }) => `From next month the ${topic} will be reviewed at the ${place} site.`,
    ({ company }) => `${company} asked to bring the delivery date forward by two weeks.`,
    ({ person }) => `${person} is to provide the cost breakdown by the next working day.`,
    () => "The list of contacts for incidents was updated, including the night shift.",
    () => "Compared with last year more cases were handled, and each took less time on average.",
  ],
  headings: { summary: "Summary", details: "Details", figures: "Figures" },
  columns: ["Item", "Quantity", "Unit price", "Deliver to"],
};
