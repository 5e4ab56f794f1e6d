#include "report/plots_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "report/downsample.hpp"

namespace plumb::report {
namespace {

using Json = nlohmann::ordered_json;

// Seven significant digits: finer than any screen, and a third of the bytes.
Json shortened(double value, int digits = 7) {
    if (!std::isfinite(value)) return nullptr;
    if (value == 0) return 0;
    const double scale =
        std::pow(10.0, digits - 1 - static_cast<int>(std::floor(std::log10(std::abs(value)))));
    const double rounded = std::round(value * scale) / scale;
    return std::isfinite(rounded) ? rounded : value;
}

Json seconds(Timestamp time) { return static_cast<double>(to_ms(time)) / 1000; }

Json equity_json(const std::vector<EquitySample>& samples) {
    std::vector<double> equity, drawdown;
    double high = 0;
    for (const EquitySample& sample : samples) {
        high = std::max(high, sample.equity);
        equity.push_back(sample.equity);
        drawdown.push_back(high > 0 ? 100 * (sample.equity / high - 1) : 0);
    }
    Json times = Json::array(), values = Json::array(), falls = Json::array();
    for (const std::size_t i : keep_extremes({equity, drawdown})) {
        times.push_back(seconds(samples[i].at));
        values.push_back(shortened(equity[i], 10));
        falls.push_back(shortened(drawdown[i], 4));
    }
    return {{"t", times}, {"equity", values}, {"drawdown", falls}};
}

const char* kind_name(Marker::Kind kind) {
    switch (kind) {
        case Marker::Kind::bought: return "bought";
        case Marker::Kind::sold: return "sold";
        case Marker::Kind::left: return "left";
        case Marker::Kind::stopped: return "stopped";
    }
    return "";
}

Json pair_json(const PairPicture& pair) {
    std::vector<double> spread, mean, deviation;
    for (const SpreadPoint& point : pair.points) {
        spread.push_back(point.spread);
        mean.push_back(point.mean);
        deviation.push_back(point.deviation);
    }
    Json t = Json::array(), s = Json::array(), m = Json::array(), d = Json::array();
    for (const std::size_t i : keep_extremes({spread, deviation})) {
        t.push_back(seconds(pair.points[i].at));
        s.push_back(shortened(spread[i]));
        m.push_back(shortened(mean[i]));
        d.push_back(shortened(deviation[i]));
    }
    Json markers = Json::array();
    for (const Marker& marker : pair.markers) {
        markers.push_back({{"t", seconds(marker.at)},
                           {"kind", kind_name(marker.kind)},
                           {"z", shortened(marker.z, 3)},
                           {"s", shortened(marker.spread)},
                           {"prices", marker.prices}});
    }
    return {{"name", pair.name},
            {"entry", pair.z_entry},
            {"exit", pair.z_exit},
            {"stop", pair.z_stop ? Json(*pair.z_stop) : Json(nullptr)},
            {"t", t},
            {"spread", s},
            {"mean", m},
            {"deviation", d},
            {"markers", markers}};
}

Json session_json(const Session& session) {
    Json pairs = Json::array();
    for (const PairPicture& pair : session.pairs) pairs.push_back(pair_json(pair));
    return {{"equity", equity_json(session.equity)}, {"pairs", pairs}};
}

Json matrix_json(const PValueMatrix& matrix) {
    Json p = Json::array(), survivors = Json::array();
    for (const double value : matrix.p) p.push_back(shortened(value, 3));
    for (const auto& [y, x] : matrix.survivors) survivors.push_back({y, x});
    return {{"names", matrix.names}, {"p", p}, {"survivors", survivors}, {"threshold", matrix.threshold}};
}

}  // namespace

std::string plots_json(const ReportData& data) {
    Json sessions = Json::array(), matrices = Json::array();
    for (const Section& section : data.sections) {
        sessions.push_back(section.session ? session_json(*section.session) : Json(nullptr));
        const bool has_matrix = section.search && section.search->matrix;
        matrices.push_back(has_matrix ? matrix_json(*section.search->matrix) : Json(nullptr));
    }
    const Json whole{{"sessions", sessions}, {"matrices", matrices}};
    const std::string text = whole.dump(-1, ' ', false, Json::error_handler_t::replace);
    std::string safe;
    safe.reserve(text.size());
    // Inside JSON "<" stands in texts only, so this never changes what is read.
    for (const char c : text) {
        if (c == '<')
            safe += "\\u003c";
        else
            safe += c;
    }
    return safe;
}

}  // namespace plumb::report
