#include "report/render_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "report/assets.hpp"
#include "report/plots_json.hpp"

namespace plumb::report {
namespace {

constexpr std::size_t kRowsShown = 60;  // of a table of findings or round trips

class Page {
 public:
    template <class... Values>
    void add(fmt::format_string<Values...> form, Values&&... values) {
        fmt::format_to(std::back_inserter(text_), form, std::forward<Values>(values)...);
    }
    void raw(std::string_view text) { text_ += text; }
    std::string take() { return std::move(text_); }

 private:
    std::string text_;
};

const char* css_class(Fact::Tone tone) {
    switch (tone) {
        case Fact::Tone::plain: return "";
        case Fact::Tone::good: return " class=\"good\"";
        case Fact::Tone::bad: return " class=\"bad\"";
    }
    return "";
}

void add_facts(Page& page, const std::vector<Fact>& facts) {
    if (facts.empty()) return;
    page.raw("<dl class=\"facts\">");
    for (const Fact& fact : facts) {
        page.add("<div><dt>{}</dt><dd{}>{}</dd></div>", escape_html(fact.name), css_class(fact.tone),
                 escape_html(fact.value));
    }
    page.raw("</dl>\n");
}

std::string number(const std::optional<double>& value, const char* form) {
    return value ? fmt::format(fmt::runtime(form), *value) : "–";
}

void add_funnel(Page& page, const Search& search) {
    if (search.funnel.empty()) return;
    const std::size_t all = search.funnel.front().fell + search.funnel.front().left;
    page.raw(
        "<h3>Where pairs fell, in this order</h3>\n<div class=\"scroll\"><table class=\"funnel\"><thead><tr>"
        "<th>Question</th><th class=\"n\">fell</th><th class=\"n\">left</th><th></th></tr></thead><tbody>\n");
    for (const FunnelRow& row : search.funnel) {
        const double share = all > 0 ? 100.0 * static_cast<double>(row.left) / static_cast<double>(all) : 0;
        page.add(
            "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>"
            "<td class=\"share\"><i style=\"width:{:.2f}%\"></i></td></tr>\n",
            escape_html(row.question), row.fell, row.left, share);
    }
    page.raw("</tbody></table></div>\n");
}

void add_findings(Page& page, const Search& search) {
    if (search.rows.empty()) return;
    page.raw(
        "<h3>Pairs and their evidence</h3>\n<div class=\"scroll\"><table><thead><tr><th>Pair (x-y)</th>"
        "<th class=\"n\" title=\"units of x sold for each unit of y bought\">hedge ratio</th>"
        "<th class=\"n\" title=\"Engle-Granger or Johansen, the better orientation\">p</th>"
        "<th class=\"n\" title=\"false-discovery rate at which it would pass\">q</th>"
        "<th class=\"n\" title=\"bars\">half-life</th>"
        "<th class=\"n\" title=\"entry to exit over the cost of a round trip\">gain/cost</th>"
        "<th class=\"n\" title=\"ADF of the fixed spread on the part held back\">p, held back</th>"
        "<th>Verdict</th></tr></thead><tbody>\n");
    for (std::size_t i = 0; i < std::min(kRowsShown, search.rows.size()); ++i) {
        const FindingRow& row = search.rows[i];
        page.add(
            "<tr{}><td>{}</td><td class=\"n\">{:.5g}</td><td class=\"n\">{:.3g}</td><td class=\"n\">{}</td>"
            "<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td></tr>\n",
            row.survives ? " class=\"survivor\"" : "", escape_html(row.pair), row.hedge_ratio, row.p,
            number(row.q, "{:.2f}"), number(row.half_life, "{:.1f}"), number(row.gain, "{:.1f}"),
            number(row.holdout_p, "{:.3f}"), escape_html(row.verdict));
    }
    page.raw("</tbody></table></div>\n");
}

void add_search(Page& page, const Search& search, std::size_t section) {
    add_facts(page, search.facts);
    add_findings(page, search);
    add_funnel(page, search);
    if (!search.matrix) return;
    page.add(
        "<h3>Every test: p-values</h3>\n<p class=\"note\">Row y, column x: the test of y on x. Survivors are "
        "outlined. Unrelated random walks show dark cells too: that is why the false-discovery rate and the "
        "held-back part decide, not this picture.</p>\n<figure class=\"heat\" "
        "data-section=\"{}\"></figure>\n",
        section);
}

void add_round_trips(Page& page, const Session& session) {
    if (session.round_trips.empty()) return;
    page.raw(
        "<h3>Round trips</h3>\n<div class=\"scroll\"><table><thead><tr><th>Pair</th><th>Side</th>"
        "<th>Entered (UTC)</th><th>Left (UTC)</th><th class=\"n\">Held</th><th class=\"n\">Profit</th>"
        "<th class=\"n\">Fees</th><th>Reason</th></tr></thead><tbody>\n");
    for (std::size_t i = 0; i < std::min(kRowsShown, session.round_trips.size()); ++i) {
        const RoundTrip& trip = session.round_trips[i];
        page.add(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"n\">{}</td>"
            "<td class=\"n {}\">{:+.2f}</td><td class=\"n\">{:.2f}</td><td>{}</td></tr>\n",
            escape_html(trip.pair), escape_html(trip.side), to_text(trip.entered), to_text(trip.left),
            to_text(trip.left - trip.entered), trip.profit < 0 ? "bad" : "good", trip.profit, trip.fees,
            escape_html(trip.reason));
    }
    page.raw("</tbody></table></div>\n");
    if (kRowsShown < session.round_trips.size()) {
        page.add("<p class=\"note\">The first {} of {} round trips.</p>\n", kRowsShown,
                 session.round_trips.size());
    }
}

void add_session(Page& page, const Session& session, std::size_t section) {
    add_facts(page, session.facts);
    if (!session.equity.empty()) {
        page.add("<h3>Equity and drawdown</h3>\n<figure class=\"equity\" data-section=\"{}\"></figure>\n",
                 section);
    }
    if (!session.pairs.empty()) {
        page.raw(
            "<h3>Spreads, bands and trades</h3>\n<p class=\"key\"><span class=\"k bought\">▲ spread "
            "bought</span>"
            "<span class=\"k sold\">▼ spread sold</span><span class=\"k left\">● closed</span>"
            "<span class=\"k stopped\">✕ closed by the stop</span><span class=\"k entry\">┄ entry band</span>"
            "<span class=\"k\">shaded: within the exit band</span></p>\n<div class=\"pairs\">");
        for (std::size_t i = 0; i < session.pairs.size(); ++i) {
            const PairPicture& pair = session.pairs[i];
            page.add(
                "<figure class=\"pair\" data-section=\"{}\" data-pair=\"{}\"><figcaption><b>{}</b> "
                "<span>{}</span>"
                "</figcaption></figure>\n",
                section, i, escape_html(pair.name), escape_html(pair.formula));
        }
        page.raw("</div>\n");
    }
    add_round_trips(page, session);
}

void add_section(Page& page, const Section& section, std::size_t index) {
    page.add("<section id=\"s{}\">\n<h2>{}</h2>\n", index, escape_html(section.title));
    for (const std::string& paragraph : section.prose) page.add("<p>{}</p>\n", escape_html(paragraph));
    add_facts(page, section.facts);
    if (section.search) add_search(page, *section.search, index);
    if (section.search && section.session) page.raw("<h3 class=\"part\">Traded on paper</h3>\n");
    if (section.session) add_session(page, *section.session, index);
    page.raw("</section>\n");
}

void add_head(Page& page, const ReportData& data) {
    page.raw(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'; "
        "script-src 'unsafe-inline'; img-src data:\">\n");
    page.add("<title>{}</title>\n<style>\n", escape_html(data.title));
    page.raw(assets::uplot_style());
    page.raw("\n");
    page.raw(assets::report_style());
    page.raw("</style>\n</head>\n<body>\n<header>\n");
    page.add("<h1>{}</h1>\n<p class=\"subtitle\">{}</p>\n", escape_html(data.title),
             escape_html(data.subtitle));
    if (data.sections.size() > 1) {
        page.raw("<nav>");
        for (std::size_t i = 0; i < data.sections.size(); ++i) {
            page.add("<a href=\"#s{}\">{}</a>", i, escape_html(data.sections[i].title));
        }
        page.raw("</nav>\n");
    }
    page.raw("</header>\n<main>\n");
}

void add_foot(Page& page, const ReportData& data) {
    if (!data.next.empty()) {
        page.raw("<section>\n<h2>What to type next</h2>\n<pre>");
        for (const std::string& line : data.next) page.add("{}\n", escape_html(line));
        page.raw("</pre>\n</section>\n");
    }
    page.raw(
        "</main>\n<footer>Written by plumb, the spread always comes back to the plumb line. Trading on "
        "paper: no "
        "order left this machine. Past results say little about future ones.</footer>\n");
    page.raw("<script type=\"application/json\" id=\"plots\">");
    page.raw(plots_json(data));
    page.raw("</script>\n<script>\n/* uPlot is part of this page under its licence:\n");
    page.raw(assets::uplot_licence());
    page.raw("*/\n");
    page.raw(assets::uplot_script());
    page.raw("\n</script>\n<script>\n");
    page.raw(assets::report_script());
    page.raw("</script>\n</body>\n</html>\n");
}

}  // namespace

std::string escape_html(std::string_view text) {
    std::string safe;
    safe.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&': safe += "&amp;"; break;
            case '<': safe += "&lt;"; break;
            case '>': safe += "&gt;"; break;
            case '"': safe += "&quot;"; break;
            case '\'': safe += "&#39;"; break;
            default: safe += c;
        }
    }
    return safe;
}

std::string render_html(const ReportData& data) {
    Page page;
    add_head(page, data);
    for (std::size_t i = 0; i < data.sections.size(); ++i) add_section(page, data.sections[i], i);
    add_foot(page, data);
    return page.take();
}

}  // namespace plumb::report
