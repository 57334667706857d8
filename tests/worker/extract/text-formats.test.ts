import { expect } from "chai";
import { extractContent } from "./file-on-disk";

describe("formats made of text", () => {
  it("keep the names of objects and lists in json, empty ones too", async () => {
    const { text } = await extractContent(
      "a.json",
      '{"outer":{"inner":{"x":1}},"empty":{},"list":[],"nested":[[2],[]],"objects":[{"y":3},{"y":4}]}',
    );
    expect(text.split("\n")).to.deep.equal([
      ...["outer", "inner", "x: 1", "empty", "list"],
      ...["nested", "nested: 2", "objects", "y: 3", "y: 4"],
    ]);
  });

  it("have their escaped letters read where json is broken or cut", async () => {
    const broken = await extractContent("a.json", '{"a":"\\u5951\\u7d04", ');
    expect(broken.text).to.include("契約");
    expect(broken.doubts?.join()).to.include("not valid JSON");
    const lines = await extractContent("a.jsonl", '{"a":"\\u5951\\u7d04"}\n{"b":\n');
    expect(lines.text).to.include("契約");
    const limits = { maxTextCharacters: 20 };
    const long = `{"a":"\\u5951\\u7d04","b":"${"x".repeat(100)}"}`;
    expect((await extractContent("a.json", long, { limits })).text).to.include("契約");
  });

  it("keep everything after a quote that csv does not close, also where the text is cut", async () => {
    const csv = `a,b\n"c ""d""",e\n1,"open\n${"k,phrase\n".repeat(40)}`;
    const whole = await extractContent("a.csv", csv);
    expect(whole.text).to.include('c "d"\te').and.include("k,phrase");
    expect(whole.doubts?.join()).to.include("not valid CSV");
    const cut = await extractContent("a.csv", csv, { limits: { maxTextCharacters: 60 } });
    expect(cut.text).to.include('c "d"\te').and.include("k,phrase");
    expect(cut.truncated).to.equal(true);
  });

  it("keep a word in one piece, whatever element of a page a part of it is in", async () => {
    for (const part of ["ins", "del", "strike", "tt", "label", "output", "my-element", "u"]) {
      const { text } = await extractContent("a.html", `<p>業務<${part}>委託</${part}>契約</p>`);
      expect(text, part).to.equal("業務委託契約");
    }
    expect((await extractContent("a.html", "<p>業務<img src=a>委託")).text).to.equal("業務委託");
  });

  it("keep a phrase in one piece where the source of a page ends its line", async () => {
    const page = "<p>supplier\r\n   agreement</p><p>業務<b>委託\n</b>\n契約</p><pre>one\ntwo</pre>";
    const { text } = await extractContent("a.html", page);
    expect(text.split("\n")).to.deep.equal(["supplier agreement", "業務委託契約", "one", "two"]);
  });

  it("keep a word in one piece that may be broken at the end of a line", async () => {
    const { text } = await extractContent(
      "a.html",
      "<p>Liefer&shy;vertrag, busi<wbr>ness&#8203;plan",
    );
    expect(text).to.equal("Liefervertrag, businessplan");
    expect((await extractContent("a.txt", "Liefer\u00advertrag")).text).to.equal("Liefervertrag");
  });

  it("keep what a page says in labels, in a page inside of it and about itself", async () => {
    const { text } = await extractContent(
      "a.html",
      '<meta property="og:description" content="one"><select><optgroup label="two"></select>' +
        '<iframe srcdoc="&lt;p&gt;three&lt;/p&gt;"></iframe>',
    );
    expect(text.split("\n")).to.have.members(["one", "two", "three"]);
  });

  it("are read as UTF-8 with damage, whatever a page declares", async () => {
    const sentence = Buffer.from("正しい文章がここにあります。");
    const damaged = Buffer.concat([sentence, Buffer.from([0xe6, 0x96]), sentence]);
    for (const declared of ["iso-8859-1", "windows-1252", "shift_jis"]) {
      const found = await extractContent("a.txt", damaged, {
        contentType: `text/plain; charset=${declared}`,
      });
      expect(found.text, declared).to.match(/^正しい文章がここにあります。\ufffd正しい文章/);
      expect(found.charset).to.equal("utf-8");
      expect(found.doubts?.join()).to.include("1 place is damaged");
    }
  });

  it("are doubtful if much of the text is unreadable, and not for a single symbol", async () => {
    const doubts = async (text: string) => (await extractContent("a.txt", text)).doubts?.join();
    expect(await doubts("\ue000\ue001\ue002\ue003 text")).to.equal(
      "44 % of the characters are unreadable",
    );
    expect(await doubts(`${"text ".repeat(20)}\ue000`)).to.equal(undefined);
  });

  it("have the cells of csv read whatever separates them, also below a title", async () => {
    for (const sign of [",", "\t", ";", "|", "^", "\x1f"]) {
      const csv = `"a"${sign}"say ""x"" y"\r\n"b"${sign}"c"\r\n`;
      const found = await extractContent("a.csv", csv);
      expect(found.text, JSON.stringify(sign)).to.equal('a\tsay "x" y\nb\tc');
      expect(found.doubts).to.equal(undefined);
    }
    const titled = 'Title, of, many, words\nx;y\n"a";"say ""x"""\n';
    expect((await extractContent("a.csv", titled)).text).to.include('a\tsay "x"');
  });

  it("have the entities and the CDATA of an XHTML page read", async () => {
    const { text } = await extractContent(
      "a.xhtml",
      '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x.dtd" [<!ENTITY co "青葉商事">\n<!ENTITY two \'甲\'>]>' +
        '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>株式会社&co;(&two;)&eacute;</p><p><![CDATA[a < b]]></p></body></html>',
    );
    expect(text.split("\n")).to.deep.equal(["株式会社青葉商事(甲)é", "a < b"]);
  });

  it("keep what a page shows of a shadow tree and proposes for a field, and no other template", async () => {
    const { text } = await extractContent(
      "a.html",
      '<x-a><template shadowrootmode="open"><style>p{}</style><p>one</p></template></x-a><template>hidden</template>' +
        '<input list="l"><datalist id="l"><option value="two"><option label="three" value="3">four</option></datalist>' +
        '<select><option value="hidden">five</select><p aria-description="six">seven',
    );
    expect(text.split(/\n| /)).to.have.members("one two three 3 four five six seven".split(" "));
  });

  it("keep what an XHTML page shows, whatever the namespaces and prefixes of its elements", async () => {
    const page = (inner: string) =>
      `<?xml version="1.0"?><h:html xmlns:h="http://www.w3.org/1999/xhtml" xmlns:s="http://www.w3.org/2000/svg"><h:head>` +
      `<h:title>title</h:title><h:script>hidden</h:script></h:head><h:body>${inner}</h:body></h:html>`;
    const found = await extractContent(
      "a.xhtml",
      page(
        '<h:p>one</h:p><h:input value="two"/><s:script>hidden</s:script><s:style>hidden</s:style>' +
          '<script xmlns="urn:play">three</script><play xmlns="urn:play"><style>four</style></play>',
      ),
    );
    expect(found.title).to.equal("title");
    expect(found.text.match(/\w+/g)).to.have.members(["one", "two", "threefour"]);
  });

  it("lose nothing of a csv whose separator is none that is known", async () => {
    for (const sign of [":", " "]) {
      const csv = `"a b"${sign}"say ""x"" y"\n契約${sign}"業務 委託"\n`;
      const found = await extractContent("a.csv", csv);
      expect(found.text, sign).to.include("a b").and.include("say").and.include("業務 委託");
      expect(found.doubts).to.equal(undefined);
    }
  });
});
