#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>

#include "base/rng.hpp"
#include "report/assets.hpp"
#include "report/downsample.hpp"
#include "report/plots_json.hpp"
#include "report/render_html.hpp"

using namespace plumb;
using namespace plumb::report;

namespace {

constexpr const char* kHostile = "</script><img src=x onerror=alert(1)>\"'&";

Timestamp second(std::int64_t at) { return timestamp_from_ms(1'700'000'000'000 + at * 1000); }

/// Every text of it is hostile.
ReportData hostile_report() {
    ReportData data;
    data.title = data.subtitle = kHostile;
    Section section;
    section.title = kHostile;
    section.prose = {kHostile};
    section.facts = {{kHostile, kHostile}};
    Search search;
    search.funnel = {{kHostile, 3, 4}};
    search.rows = {{.pair = kHostile,
                    .hedge_ratio = 1,
                    .p = 0.01,
                    .q = {},
                    .half_life = {},
                    .gain = {},
                    .holdout_p = {},
                    .survives = true,
                    .verdict = kHostile}};
    search.matrix = PValueMatrix{{kHostile, "B"}, {NAN, 0.0123456, 0.5, NAN}, {{0, 1}}, 0.1};
    section.search = search;
    Session session;
    session.equity = {{second(0), 100}, {second(1), 110}, {second(2), 99}};
    PairPicture pair;
    pair.name = pair.formula = kHostile;
    pair.points = {{second(0), 1.5, 1, 0.5}, {second(1), 2.5, 1, 0.5}};
    pair.markers = {{second(1), Marker::Kind::sold, 3, 2.5, kHostile}};
    session.pairs = {pair};
    session.round_trips = {{kHostile, kHostile, second(0), second(1), -1, 0.5, kHostile}};
    section.session = session;
    data.sections = {section, section};
    data.next = {kHostile};
    return data;
}

nlohmann::json plots_in(const std::string& html) {
    const std::string open = "<script type=\"application/json\" id=\"plots\">";
    const std::size_t begin = html.find(open) + open.size();
    return nlohmann::json::parse(html.substr(begin, html.find("</script>", begin) - begin));
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE("render_html: hostile names stay text, in tags, tables and the data") {
    const std::string html = render_html(hostile_report());
    CHECK(html.find("<img") == std::string::npos);
    CHECK(html.find("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;") !=
          std::string::npos);
    // Three scripts are ours: the data, uPlot and the drawing.
    CHECK(count(html, "<script") == 3);
    CHECK(count(html, "</script>") == 3);
    const nlohmann::json plots = plots_in(html);
    CHECK(plots["matrices"][0]["names"][0] == kHostile);
    CHECK(plots["sessions"][0]["pairs"][0]["markers"][0]["prices"] == kHostile);
}

TEST_CASE("render_html: nothing is asked of the network") {
    const std::string html = render_html(hostile_report());
    CHECK(!std::regex_search(html,
                             std::regex{"(src|href|action)\\s*=\\s*[\"']?(https?:)?//", std::regex::icase}));
    const std::string style{assets::report_style()}, script{assets::report_script()};
    for (const char* way : {"@import", "url(", "fetch(", "XMLHttpRequest", "WebSocket", "import("}) {
        CHECK_MESSAGE(style.find(way) == std::string::npos, way);
        CHECK_MESSAGE(script.find(way) == std::string::npos, way);
    }
    CHECK(html.find("default-src 'none'") != std::string::npos);
    CHECK(html.find("Permission is hereby granted") != std::string::npos);
}

TEST_CASE("embedded files end no script early") {
    for (const std::string_view script :
         {assets::uplot_script(), assets::uplot_licence(), assets::report_script()}) {
        CHECK(!script.empty());
        CHECK(script.find("</script") == std::string_view::npos);
    }
    CHECK(assets::uplot_licence().find("*/") == std::string_view::npos);
    CHECK(assets::uplot_script().find("uPlot") != std::string_view::npos);
}

TEST_CASE("plots_json: figures are those given, drawdown is from the highest equity, NaN is null") {
    const nlohmann::json plots = nlohmann::json::parse(plots_json(hostile_report()));
    const nlohmann::json& equity = plots["sessions"][1]["equity"];
    CHECK(equity["t"] == nlohmann::json({1'700'000'000, 1'700'000'001, 1'700'000'002}));
    CHECK(equity["equity"] == nlohmann::json({100, 110, 99}));
    CHECK(equity["drawdown"] == nlohmann::json({0, 0, -10}));
    CHECK(plots["matrices"][0]["p"] == nlohmann::json({nullptr, 0.0123, 0.5, nullptr}));
    const nlohmann::json& pair = plots["sessions"][0]["pairs"][0];
    CHECK(pair["spread"] == nlohmann::json({1.5, 2.5}));
    CHECK(pair["stop"].is_null());
    CHECK(pair["markers"][0]["kind"] == "sold");
}

TEST_CASE("plots_json: bytes that are no UTF-8 do not stop the report") {
    ReportData data = hostile_report();
    data.sections[0].search->matrix->names[1] = "\xff\xfe";
    CHECK(nlohmann::json::accept(plots_json(data)));
}

TEST_CASE("keep_extremes: short series whole, long ones with every extreme that matters") {
    const std::vector<double> few{3, 1, 2};
    CHECK(keep_extremes({few}, 4) == std::vector<std::size_t>{0, 1, 2});
    CHECK(keep_extremes({std::span<const double>{}}).empty());

    Rng rng{5};
    std::vector<double> walk(100'000), other(walk.size());
    double level = 0;
    for (std::size_t i = 0; i < walk.size(); ++i) {
        walk[i] = level += rng.normal();
        other[i] = rng.normal();
    }
    walk[54'321] = 1e6;
    other[12'345] = -1e6;
    const auto kept = keep_extremes({walk, other});
    CHECK(kept.size() <= kPointsMax);
    CHECK(kept.size() > kPointsMax / 2);
    CHECK(std::ranges::is_sorted(kept));
    CHECK(std::ranges::adjacent_find(kept) == kept.end());
    for (const std::size_t wanted :
         {std::size_t{0}, std::size_t{54'321}, std::size_t{12'345}, walk.size() - 1}) {
        CHECK(std::ranges::binary_search(kept, wanted));
    }
    // Between two kept rows the series stays within the extremes kept around them: no spike is lost anywhere.
    const auto low = std::ranges::min_element(walk) - walk.begin();
    CHECK(std::ranges::binary_search(kept, static_cast<std::size_t>(low)));
}
