#include <fmt/format.h>

#include "exchange/alpaca/answers.hpp"
#include "exchange/alpaca/calendar.hpp"
#include "exchange/alpaca/trading.hpp"

namespace plumb::exchange::alpaca {
namespace {

using std::chrono::sys_days;

constexpr std::size_t kDaysMax = 15'000;  // 1970 to 2029, as the venue answers without parameters

Response list_assets(const Desk& desk, const Call& call) {
    const auto asset_class = call.query.get("asset_class");
    const auto status = call.query.get("status");
    const auto exchange = call.query.get("exchange");
    if (!asset_class.empty() && asset_class != "us_equity" && asset_class != "crypto" &&
        asset_class != "us_option" && asset_class != "crypto_perp") {
        return invalid_field(fmt::format("invalid asset_class: {}", asset_class));
    }
    const bool wants_crypto = asset_class == "crypto";
    const bool wants_stocks = asset_class.empty() || asset_class == "us_equity";
    std::string body;
    JsonOut out{body};
    out.begin_array();
    for (const Asset& asset : desk.assets().all()) {
        if (!(asset.is_crypto ? wants_crypto : wants_stocks)) continue;
        if (!status.empty() && status != "active" && status != "all") continue;
        if (!exchange.empty() && exchange != (asset.is_crypto ? "CRYPTO" : "NASDAQ")) continue;
        write_asset(out, asset);
    }
    out.end_array();
    return json_answer(200, std::move(body));
}

Response show_asset(const Desk& desk, const std::string& name) {
    const Asset* asset = desk.assets().find(name);
    if (asset == nullptr) return not_found(fmt::format("asset not found for {}", name));
    std::string body;
    JsonOut out{body};
    write_asset(out, *asset);
    return json_answer(200, std::move(body));
}

/// Stocks trade around the clock at this exchange, so that a demonstration does not depend on the hour; the
/// next open and close are those of the calendar.
Response clock(const Call& call) {
    std::string body;
    JsonOut{body}
        .begin_object()
        .text("timestamp", new_york_text(call.now))
        .boolean("is_open", true)
        .text("next_open", new_york_text(next_open_after(call.now).open).erase(19, 10))
        .text("next_close", new_york_text(next_close_after(call.now).close).erase(19, 10))
        .end_object();
    return json_answer(200, std::move(body));
}

Response calendar(const Call& call) {
    using namespace std::chrono;
    sys_days first = year{1970} / January / 2;
    sys_days last = year{2029} / December / 31;
    for (const auto& [name, place] : {std::pair{"start", &first}, std::pair{"end", &last}}) {
        const auto text = call.query.get(name);
        if (text.empty()) continue;
        const auto time = parse_time(text);
        if (!time) return invalid_field(fmt::format("invalid {}: {}", name, text));
        *place = floor<days>(*time);
    }
    first = std::max<sys_days>(first, year{1970} / January / 2);
    last = std::min<sys_days>(last, year{2029} / December / 31);
    std::string body;
    JsonOut out{body};
    out.begin_array();
    for (const Session& session : sessions(first, last, kDaysMax)) {
        sys_days settled = session.date + days{1};
        while (!session_of(settled)) settled += days{1};
        out.begin_object();
        out.text("close", session.is_short ? "13:00" : "16:00");
        out.text("date", to_date(Timestamp{session.date}));
        out.text("open", "09:30");
        out.text("session_close", session.is_short ? "1700" : "2000");
        out.text("session_open", "0400");
        out.text("settlement_date", to_date(Timestamp{settled}));
        out.end_object();
    }
    out.end_array();
    return json_answer(200, std::move(body));
}

}  // namespace

std::optional<Response> answer_reference(Desk& desk, const Call& call) {
    if (call.method != "GET") return std::nullopt;
    const std::string& family = call.path.front();
    if (family == "clock" && call.path.size() == 1) return clock(call);
    if (family == "calendar" && call.path.size() == 1) return calendar(call);
    if (family == "assets" && call.path.size() == 1) return list_assets(desk, call);
    if (family == "assets" && call.path.size() == 2) return show_asset(desk, call.path[1]);
    if (family == "assets" && call.path.size() == 3) {
        return show_asset(desk, call.path[1] + "/" + call.path[2]);
    }
    // There are no splits, no dividends and no options here.
    if (family == "corporate_actions" && call.path.size() == 2) return json_answer(200, "[]");
    if (family == "options" && call.path.size() == 2 && call.path[1] == "contracts") {
        return json_answer(200, R"({"option_contracts":[],"next_page_token":null})");
    }
    return std::nullopt;
}

}  // namespace plumb::exchange::alpaca
