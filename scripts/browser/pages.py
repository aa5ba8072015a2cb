"""Tests the pages and the report in a browser, or takes their pictures (--screenshots)."""

import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import axe_playwright_python
import html5lib
from playwright.sync_api import expect, sync_playwright

URL, CLI, ROOT = sys.argv[1].rstrip("/"), sys.argv[2], Path(sys.argv[3])
EVENING = "2017-05-03T22:30:00Z"
PAGES = {
    "overview": "/", "overview-then": f"/?at={EVENING}",
    "timeline": "/timeline?at=2017-05-03T21:50:00Z", "events": "/events", "event": "/events/20",
    "migrations": "/migrations", "migration": f"/migrations/plan-move?at={EVENING}",
    "cleanup": f"/plans/cleanup?at={EVENING}", "next": f"/plans/next?at={EVENING}",
    "rollback": f"/plans/rollback?at={EVENING}", "graph": f"/graph?at={EVENING}",
    "verify": "/verify", "programs": "/api", "missing": "/nothing", "bad time": "/timeline?at=yesterday",
}
# axe-core, the checker of accessibility that browsers' own tools use; it comes with the package, not from the web.
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
SIZES = [("light", 1280, 800), ("dark", 1280, 800), ("light", 390, 844)]
failures = []


def check(claim, ok, found=""):
    print(("ok    " if ok else "WRONG ") + claim + ("" if ok else f": {found}"))
    if not ok:
        failures.append(claim)


# What an accessibility checker asks first; each answer names the elements at fault.
ACCESS = """() => {
  const bad = [];
  const name = e => (e.getAttribute('aria-label') || e.textContent || '').trim();
  if (!document.documentElement.lang) bad.push('html without lang');
  if (!document.title.trim()) bad.push('no title');
  if (document.querySelectorAll('main').length !== 1) bad.push('not one main');
  if (document.querySelectorAll('h1').length !== 1) bad.push('not one h1');
  let level = 0;
  for (const h of document.querySelectorAll('h1,h2,h3,h4')) {
    const l = Number(h.tagName[1]);
    if (l > level + 1) bad.push('heading skips to ' + h.tagName + ' ' + name(h));
    level = l;
  }
  const ids = {};
  for (const e of document.querySelectorAll('[id]')) {
    if (ids[e.id]) bad.push('id twice: ' + e.id);
    ids[e.id] = true;
  }
  for (const e of document.querySelectorAll('[aria-labelledby],[for]')) {
    for (const id of (e.getAttribute('aria-labelledby') || e.getAttribute('for')).split(' '))
      if (!ids[id]) bad.push('refers to no id: ' + id);
  }
  for (const e of document.querySelectorAll('input:not([type=hidden]),select,meter'))
    if (!(e.labels && e.labels.length) && !e.getAttribute('aria-label')) bad.push('no label: ' + e.outerHTML);
  for (const e of document.querySelectorAll('a,button'))
    if (!name(e)) bad.push('no name: ' + e.outerHTML.slice(0, 80));
  for (const e of document.querySelectorAll('th')) if (!e.scope) bad.push('th without scope');
  for (const e of document.querySelectorAll('table'))
    if (!e.caption) bad.push('table without caption');
  for (const e of document.querySelectorAll('svg'))
    if (!e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby') && e.getAttribute('aria-hidden') !== 'true') bad.push('svg without label');
  // Contrast of text against the nearest ground that is not transparent (WCAG 1.4.3).
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const seen = new Set();
  for (const e of document.querySelectorAll('main *, header *')) {
    if (e.closest('svg') || !e.checkVisibility() || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const style = getComputedStyle(e);
    let ground = e, color = [0, 0, 0, 0];
    while (ground) {
      color = parse(getComputedStyle(ground).backgroundColor);
      if (color.length < 4 || color[3] > 0.99) break;
      ground = ground.parentElement;
    }
    if (!ground) continue;
    const a = light(parse(style.color).slice(0, 3)), b = light(color.slice(0, 3));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const key = style.color + color;
    if (ratio < 4.5 && !seen.has(key)) { seen.add(key); bad.push('contrast ' + ratio.toFixed(2) + ': ' + name(e).slice(0, 40)); }
  }
  return bad;
}"""


def accessibility(page):
    """What our own questions and axe find wrong."""
    bad = page.evaluate(ACCESS)
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return bad + [f"{v['id']}: {v['nodes'][0]['html'][:90]}" for v in found["violations"]]


class Watch:
    """A page whose console and requests are watched."""

    def __init__(self, browser, base=URL, **options):
        self.base = base
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.troubles = []
        self.page.on("console", lambda m: self.note(m) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda e: self.troubles.append(str(e)))
        self.page.on("request", lambda r: self.sent(r.url))

    def note(self, message):
        if not re.search(r"40[04] \((Not Found|Bad Request)\)", message.text):
            self.troubles.append(message.text)

    def sent(self, address):
        if not address.startswith(self.base + "/") and not address.startswith("data:"):
            self.troubles.append("request to " + address)

    def open(self, path):
        self.page.goto((URL if self.base == "file://" else self.base) + path)
        return self.page


@contextmanager
def another_ledger(*commands):
    """A server of a ledger of its own: its address and its folder."""
    with tempfile.TemporaryDirectory() as folder:
        for words in [["init", "--origin", "ledger.other.example/fleet"], *commands]:
            subprocess.run([CLI, *words], cwd=folder, check=True, capture_output=True)
        server = subprocess.Popen(
            [CLI, "serve", "--port", "0"], cwd=folder, stdout=subprocess.PIPE, text=True)
        try:
            yield server.stdout.readline().strip().removeprefix("listening on ").rstrip("/"), folder
        finally:
            server.terminate()
            server.wait(60)


def markup_is_valid(text):
    try:
        # The algorithm of the standard itself, stopping at the first parse error.
        html5lib.HTMLParser(strict=True).parse(text)
    except Exception as error:
        return [f"html5lib: {error!r}"]
    tidy = subprocess.run(
        ["tidy", "-q", "-e", "--show-warnings", "yes", "--drop-empty-elements", "no", "--warn-proprietary-attributes", "yes"],
        input=text.encode(), capture_output=True)
    # tidy knows HTML 5.0: neither SVG's own names nor groups in a list of terms, which came with 5.2.
    ignored = ("<svg>", "SVG", "proprietary", "not recognized", "discarding unexpected", "aria-", "<dd>", "<dt>", "<dl>", "</dl>")
    return [
        line for line in tidy.stderr.decode().splitlines()
        if ("Error" in line or "Warning" in line) and not any(word in line for word in ignored)]


def every_page(browser):
    for scheme, width, height in SIZES:
        watch = Watch(browser, color_scheme=scheme, viewport={"width": width, "height": height})
        for name, path in PAGES.items():
            page = watch.open(path)
            where = f"{name}, {scheme}, {width} px"
            bad = accessibility(page)
            check(f"{where}: accessible", not bad, bad)
            wide = page.evaluate("document.documentElement.scrollWidth")
            check(f"{where}: fits", wide <= width, f"{wide} px wide")
        check(f"{scheme}, {width} px: nothing on the console, no request elsewhere", not watch.troubles, watch.troubles)
        watch.context.close()


def valid_markup(browser):
    watch = Watch(browser)
    for name, path in PAGES.items():
        text = watch.context.request.get(URL + path).text()
        faults = markup_is_valid(text)
        check(f"{name}: valid HTML", not faults, faults[:3])
    watch.context.close()


def focus_order(browser):
    """The Tab key goes through a page from the top, and shows where it is."""
    watch = Watch(browser, viewport={"width": 1280, "height": 800})
    for name in ("overview", "timeline", "cleanup", "migration"):
        page = watch.open(PAGES[name])
        stops = []
        for _ in range(14):
            page.keyboard.press("Tab")
            stops.append(page.evaluate("""() => {
              const e = document.activeElement, all = [...document.querySelectorAll('*')];
              return [all.indexOf(e), getComputedStyle(e).outlineStyle !== 'none', e.tabIndex];
            }"""))
        places = [stop[0] for stop in stops]
        check(f"{name}: the focus goes down the page", places == sorted(places) and len(set(places)) > 5, places)
        check(f"{name}: the focus is seen", all(stop[1] for stop in stops), stops)
        check(f"{name}: nothing jumps the queue", all(stop[2] <= 0 for stop in stops), stops)
    watch.context.close()


def report(browser):
    """The report as a file: nothing is loaded, and it can be read in the dark, on a phone and on paper."""
    file = Path("report.html").resolve()
    subprocess.run([CLI, "report", "plan-move", "--output", str(file)], check=True, capture_output=True)
    faults = markup_is_valid(file.read_text())
    check("report: valid HTML", not faults, faults[:3])
    for scheme, width, height in SIZES:
        watch = Watch(browser, base="file://", color_scheme=scheme, viewport={"width": width, "height": height})
        page = watch.page
        page.goto(file.as_uri())
        where = f"report, {scheme}, {width} px"
        bad = accessibility(page)
        check(f"{where}: accessible", not bad, bad)
        wide = page.evaluate("document.documentElement.scrollWidth")
        check(f"{where}: fits", wide <= width, f"{wide} px wide")
        check(f"{where}: it has the conformance", page.locator("#conformance").count() == 1)
        other = [t for t in watch.troubles if "request to" in t]
        check(f"{where}: loads nothing", not other, other)
        watch.context.close()
    watch = Watch(browser, base="file://")
    watch.page.goto(file.as_uri())
    paper = watch.page.pdf(prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type /Page\b(?!s)", paper))
    check("report: it prints on a few pages", 3 <= pages <= 16, pages)
    watch.context.close()


def maintenance_of_prod(page):
    row = page.locator("#view tr", has=page.locator("th a", has_text="environment/prod")).filter(
        has=page.locator("td.fact")).first
    return row.locator("td").nth(3).inner_text().split()[0]


def slider(browser):
    watch = Watch(browser)
    page = watch.open("/timeline?at=2017-05-03T21:00:00Z")
    check("slider: before the maintenance prod is open", maintenance_of_prod(page) == "OFF", maintenance_of_prod(page))
    moment = page.locator("#moment")
    number = int(moment.input_value())
    moment.focus()
    for _ in range(60):
        with page.expect_response(lambda r: "moment=" in r.url):
            page.keyboard.press("ArrowRight")
        expect(page.locator("#view:not([aria-busy])")).to_be_visible()
        if page.locator("#moment-time").inner_text() >= "2017-05-03T21:35":
            break
    check("slider: the arrow keys move it", int(moment.input_value()) > number)
    check("slider: after the maintenance prod is closed", maintenance_of_prod(page) == "ON", maintenance_of_prod(page))
    check("slider: the address is that of the moment", "moment=" in page.url, page.url)
    spoken = moment.get_attribute("aria-valuetext")
    check("slider: it says the time", spoken == page.locator("#moment-time").inner_text(), spoken)
    page.locator("#known-at").fill("17")
    with page.expect_response(lambda r: "known-at=17" in r.url):
        page.locator("#known").check()
    expect(page.locator("#view:not([aria-busy])")).to_be_visible()
    check("known-at: at event 17 nobody knew", maintenance_of_prod(page) == "OFF", maintenance_of_prod(page))
    with page.expect_response(lambda r: "known-at" not in r.url):
        page.locator("#known").uncheck()
    expect(page.locator("#view:not([aria-busy])")).to_be_visible()
    check("known-at: off again, all is known", maintenance_of_prod(page) == "ON", maintenance_of_prod(page))
    check("slider: nothing on the console", not watch.troubles, watch.troubles)
    watch.context.close()


def without_script(browser):
    watch = Watch(browser, java_script_enabled=False)
    page = watch.open("/timeline")
    page.locator("#moment").fill("14")
    page.locator("#known-at").fill("17")
    page.locator("#known").check()
    page.get_by_role("button", name="Show").click()
    check("no script: the form shows the moment", "moment=14" in page.url and "known-at=17" in page.url, page.url)
    check("no script: and says what was known", "as known at event 17" in page.locator("#view .lead").inner_text())
    page = watch.open("/events")
    page.locator("input[name=type]").fill("env.destroy")
    page.get_by_role("button", name="Show").click()
    check("no script: the filter works", page.locator("tbody tr").count() == 1, page.locator("tbody tr").count())
    page = watch.open("/timeline")
    page.locator("input[name=at]").fill("2017-05-03T22:30:00")
    page.get_by_role("button", name="Go", exact=True).click()
    check("no script: to any time", "22:30:00" in page.locator("#view .lead").inner_text(), page.url)
    for name in ("Overview", "Timeline", "Events", "Migrations", "Plans", "Graph", "Verify"):
        page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
        check(f"no script: {name} is there", page.locator("h1").is_visible() and page.locator("main a, main p").count() > 0)
    check("no script: nothing on the console", not watch.troubles, watch.troubles)
    watch.context.close()


def by_keyboard(browser):
    """From the overview to the event that proves a verdict and to its receipt, without a mouse."""
    watch = Watch(browser)
    page = watch.open(f"/?at={EVENING}")

    def go(wanted, leads=True, limit=200):
        for _ in range(limit):
            page.keyboard.press("Tab")
            name = page.evaluate("(document.activeElement.getAttribute('aria-label') || document.activeElement.textContent).trim()")
            if re.fullmatch(wanted, name):
                if leads:
                    with page.expect_navigation():
                        page.keyboard.press("Enter")
                else:
                    page.keyboard.press("Enter")
                return True
        return False

    check("keyboard: to the plans", go("Plans") and "/plans/cleanup" in page.url, page.url)
    check("keyboard: to a proof", go(r"event \d+") and "/events/" in page.url, page.url)
    with page.expect_download() as download:
        check("keyboard: to the receipt", go(r"The receipt.*", leads=False))
    check("keyboard: the receipt is saved", download.value.suggested_filename.endswith(".tlog-proof"))
    page = watch.open("/events")
    page.locator("input[name=actor]").focus()
    page.keyboard.type("bob")
    page.keyboard.press("Enter")
    page.wait_for_url("**actor=bob**")
    actors = set(page.locator("tbody td[data-label=Actor]").all_inner_texts())
    check("keyboard: the filter is sent with Enter", actors == {"bob"}, actors)
    page = watch.open("/timeline")
    page.locator("#moment").focus()
    with page.expect_response(lambda r: "moment=0" in r.url):
        page.keyboard.press("Home")
    expect(page.locator("#view:not([aria-busy])")).to_be_visible()
    check("keyboard: Home leads to the first moment", page.locator("#moment").input_value() == "0")
    watch.context.close()


def on_paper(browser):
    """Pages print: on paper there is no navigation, nothing is cut off, and dark becomes light."""
    watch = Watch(browser, color_scheme="dark", viewport={"width": 720, "height": 1000})
    for name in ("overview-then", "timeline", "events", "event", "migration", "cleanup", "rollback", "graph", "verify"):
        page = watch.open(PAGES[name])
        page.emulate_media(media="print")
        seen = page.locator("header nav").is_visible() or page.get_by_role("button").first.is_visible()
        check(f"{name}, printed: nothing to click on", not seen)
        ink = page.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.querySelector('main')).color].join()")
        check(f"{name}, printed: black on white", ink == "rgb(0, 0, 0),rgb(0, 0, 0)", ink)
        pages = len(re.findall(rb"/Type /Page\b(?!s)", page.pdf(format="A4")))
        check(f"{name}, printed: a few pages", 1 <= pages <= 8, pages)
        page.emulate_media(media="screen")
    watch.context.close()


def on_a_phone(browser):
    """Tables become cards: no value is out of sight, and each has its heading beside it."""
    watch = Watch(browser, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for name in ("overview-then", "timeline", "events", "migrations", "migration", "programs"):
        page = watch.open(PAGES[name])
        hidden = page.evaluate("""() => [...document.querySelectorAll('table td, table th')].filter(e =>
          !e.closest('thead') && e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.textContent)""")
        check(f"{name}, on a phone: every cell is in sight", not hidden, hidden[:3])
        headings = page.evaluate("""() => [...document.querySelectorAll('tbody td[data-label]')].filter(e => e.textContent.trim()).every(e =>
          getComputedStyle(e, '::before').content.includes(e.dataset.label))""")
        check(f"{name}, on a phone: every value has its heading", headings)
    watch.context.close()


def empty(browser):
    """A ledger of nothing says how to begin, on every page, without a fault."""
    with another_ledger() as (url, _):
        watch = Watch(browser, base=url)
        for path in ["/", "/timeline", "/events", "/events/1", "/migrations", "/plans/next", "/plans/rollback", "/plans/cleanup", "/graph", "/verify"]:
            page = watch.open(path)
            bad = accessibility(page) + markup_is_valid(watch.context.request.get(url + path).text())
            check(f"empty {path}: accessible and valid", not bad, bad[:3])
        page = watch.open("/")
        check("empty: it says how to begin", page.get_by_text("ledger-cli import").count() >= 1)
        subprocess.run([CLI, "record", "note", "the first"], cwd=_, check=True, capture_output=True)
        expect(page.locator("#size")).to_have_attribute("data-size", "2")
        check("empty: nothing on the console, no request elsewhere", not watch.troubles, watch.troubles)
        watch.context.close()


# Texts that have broken out of pages elsewhere; each would call alarm() or load something.
HOSTILE = [
    "<script>alarm()</script>", "\"><img src=x onerror=alarm()>", "'-alarm()-'", "</title><svg/onload=alarm()>",
    "javascript:alarm()", "<iframe srcdoc='<script>parent.alarm()</script>'>", "<img src=//evil.example/x.png>",
    "</pre></code></td><a href=javascript:alarm() autofocus onfocus=alarm()>x</a>", "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>", "<style>@import '//evil.example'</style>", "<!--", "\u202egpj.exe",
    "<details open ontoggle=alarm()>", "<math><mtext><mglyph><style><img src=x onerror=alarm()>", "{{constructor.constructor('alarm()')()}}",
]


def hostile(browser):
    """What people, names and outputs say is shown and never done."""
    commands = [["record", "note", text, "--actor", text] for text in HOSTILE]
    commands += [["record", "hold", "environment/" + text.replace(" ", ""), "--reason", text] for text in HOSTILE if "<" in text]
    commands += [
        ["record", "command", "--", "fleet", "snapshot", "create", "<img/src=x/onerror=alarm()>", "\"onload=\"alarm()"],
        ["migration", "open", "<script>", "--from", "<b>", "--to", "\"'><i>", "--method", "snapshot"],
    ]
    with another_ledger(*commands) as (url, folder):
        watch = Watch(browser, base=url)
        page = watch.page
        watch.context.add_init_script("window.alarms = 0; window.alarm = () => { window.alarms += 1; };")
        page.on("dialog", lambda d: (watch.troubles.append("a dialog"), d.dismiss()))
        size = 1 + len(commands)
        paths = ["/", "/timeline", "/timeline?moment=3", "/events", "/graph", "/plans/cleanup", "/plans/next", "/plans/rollback", "/migrations",
                 "/migrations/%3Cscript%3E", "/verify", "/events?actor=%22%3E%3Cscript%3Ealarm()%3C/script%3E",
                 "/events?type=%3Cscript%3Ealarm()%3C/script%3E", "/%3Cscript%3Ealarm()%3C/script%3E", "/plans/%22onload=alarm()"]
        for path in paths + [f"/events/{n}" for n in range(1, size + 1)]:
            page.goto(url + path)
            page.keyboard.press("Tab")
            found = page.evaluate("""() => [window.alarms, document.scripts.length, document.querySelectorAll('img,iframe,base,style,object,embed,details').length,
              [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on') || /^\\s*javascript:/i.test(a.value) && a.name !== 'value' && a.name !== 'aria-label' && a.name !== 'title')).length].join()""")
            if found != "0,1,0,0":
                watch.troubles.append(f"{path}: {found}")
        check(f"hostile: {len(paths) + size} pages with {len(HOSTILE)} texts do nothing", not watch.troubles, watch.troubles[:5])
        page.goto(url + "/")
        for text in HOSTILE[:3]:
            subprocess.run([CLI, "record", "note", text], cwd=folder, check=True, capture_output=True)
        expect(page.locator("#size")).to_have_attribute("data-size", str(size + 3))
        check("hostile: nor do they as news", page.evaluate("window.alarms") == 0 and not watch.troubles, watch.troubles[:3])
        watch.context.close()
        file = Path(folder) / "report.html"
        made = subprocess.run([CLI, "report", "--output", str(file)], cwd=folder, capture_output=True, text=True)
        check("hostile: the report is written", made.returncode == 0, made.stderr)
        other = Watch(browser, base="file://")
        other.context.add_init_script("window.alarms = 0; window.alarm = () => { window.alarms += 1; };")
        other.page.goto(file.as_uri())
        check("hostile: the report does nothing", other.page.evaluate("window.alarms + document.scripts.length") == 0 and not [t for t in other.troubles if "request" in t], other.troubles)
        other.context.close()


def live(browser):
    watch = Watch(browser)
    page = watch.open("/")
    before = int(page.locator("#size").get_attribute("data-size"))
    subprocess.run([CLI, "record", "note", "<b>live</b>", "--actor", "eve<script>"], check=True, capture_output=True)
    expect(page.locator("#size")).to_have_attribute("data-size", str(before + 1))
    check("live: the count follows", True)
    expect(page.locator("main")).to_contain_text("eve<script>")
    check("live: so does the overview, and a name stays a name", page.locator("main script").count() == 0)
    expect(page.locator("#news")).to_contain_text("new event")
    check("live: it is announced", page.locator("#news").get_attribute("role") == "status")
    page = watch.open("/events")
    subprocess.run([CLI, "record", "note", "seen at once", "--actor", "dora"], check=True, capture_output=True)
    expect(page.locator("main")).to_contain_text("dora")
    check("live: so do the events", True)
    page = watch.open(f"/plans/cleanup?at={EVENING}")
    before = page.locator("main").inner_text()
    subprocess.run([CLI, "record", "note", "elsewhere"], check=True, capture_output=True)
    expect(page.locator("#news")).to_contain_text("new event")
    check("live: a page about the past stays under its reader", page.locator("main").inner_text() == before)
    check("live: nothing on the console", not watch.troubles, watch.troubles)
    watch.context.close()


def graph_and_plan(browser):
    watch = Watch(browser)
    page = watch.open(f"/graph?at={EVENING}")
    nodes = page.locator("svg.graph a.node")
    check("graph: it has the resources", nodes.count() >= 8, nodes.count())
    check("graph: it has dependencies", page.locator("svg.graph path.edge").count() >= 4)
    overlap = page.evaluate("""() => {
      const boxes = [...document.querySelectorAll('svg.graph a.node rect')].map(r => r.getBoundingClientRect());
      let n = 0;
      boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
        if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) n++; }));
      return n + [...document.querySelectorAll('svg.graph a.node')].filter(g => {
        const r = g.querySelector('rect').getBoundingClientRect();
        return [...g.querySelectorAll('text')].some(t => t.getBoundingClientRect().right > r.right); }).length;
    }""")
    check("graph: boxes and texts do not collide", overlap == 0, overlap)
    page = watch.open(f"/plans/cleanup?at={EVENING}")
    prod = page.locator("article", has=page.locator("h3 a", has_text="environment/prod")).first
    check("plan: prod is blocked", prod.locator(".verdict").inner_text() == "blocked")
    prod.locator("li a.event").first.click()
    check("plan: the evidence is one click away", "/events/" in page.url, page.url)
    page.go_back()
    page = watch.open("/plans/cleanup?at=2017-05-04T08:03:00Z")
    check("plan: after the drain there are steps", page.locator("ol.steps li").count() == 3)
    page = watch.open("/")
    page.keyboard.press("Tab")
    check("keyboard: the first stop leads to the content", page.evaluate("document.activeElement.className") == "skip")
    page.keyboard.press("Enter")
    check("keyboard: and gets there", page.evaluate("document.activeElement.id") == "main")
    with page.expect_download() as download:
        page.goto(URL + "/events/20")
        page.get_by_role("link", name="The receipt").click()
    check("event: the receipt is downloaded", download.value.suggested_filename == "event-20.tlog-proof")
    check("graph and plan: nothing on the console", not watch.troubles, watch.troubles)
    watch.context.close()


def screenshots(browser):
    from PIL import Image

    images = ROOT / "docs/images"
    images.mkdir(parents=True, exist_ok=True)
    for name, path, scheme, width, height in [
        ("overview", "/?at=2017-05-04T08:03:00Z", "light", 1100, 900),
        ("migration", "/migrations/plan-move?at=2017-05-03T21:50:00Z", "light", 1100, 1000),
        ("timeline", PAGES["timeline"], "light", 1100, 760), ("graph", "/graph?at=2017-05-04T08:03:00Z", "dark", 1180, 640),
        ("cleanup", "/plans/cleanup?at=2017-05-04T08:03:00Z", "light", 1100, 760), ("phone", PAGES["overview-then"], "light", 390, 700),
    ]:
        watch = Watch(browser, color_scheme=scheme, viewport={"width": width, "height": height})
        page = watch.open(path)
        page.wait_for_load_state("load")
        target = images / f"{name}.png"
        page.screenshot(path=str(target))
        # Few colours are enough for flat pages, and the pictures stay small.
        Image.open(target).convert("RGB").quantize(192).save(target, optimize=True)
        print(f"{target.relative_to(ROOT)} {target.stat().st_size} bytes")
        watch.context.close()


with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    if "--screenshots" in sys.argv:
        screenshots(chromium)
    else:
        for test in (
            every_page, valid_markup, focus_order, report, slider, without_script, graph_and_plan, by_keyboard, on_paper, on_a_phone, empty, hostile, live,
        ):
            test(chromium)
    chromium.close()
print("all as promised" if not failures else f"{len(failures)} wrong")
sys.exit(1 if failures else 0)
