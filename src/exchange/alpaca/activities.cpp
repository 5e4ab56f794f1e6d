#include <fmt/format.h>

#include <algorithm>

#include "exchange/alpaca/answers.hpp"
#include "exchange/alpaca/calendar.hpp"
#include "exchange/alpaca/order_json.hpp"
#include "exchange/alpaca/trading.hpp"

namespace plumb::exchange::alpaca {
namespace {

constexpr std::int64_t kPageMax = 100;

/// One row: a fill or a transfer.
struct Activity {
    Timestamp at;
    std::string id;
    const Execution* fill = nullptr;
    const Transfer* transfer = nullptr;
};

/// "20220202135509981::2d7be4ff-d1f3-43e9-856a-0f5cf5c5088e": New York's clock, then a name.
std::string activity_id(const Desk& desk, Timestamp at, IdKind kind, std::uint64_t number) {
    const std::string local = new_york_text(at);  // 2022-02-02T13:55:09.981000000-05:00
    std::string stamp;
    for (const char c : std::string_view{local}.substr(0, 23)) {
        if ('0' <= c && c <= '9') stamp += c;
    }
    return stamp + "::" + desk.ids().text(kind, number);
}

std::string_view transfer_type(const Transfer& transfer) {
    if (transfer.asset != "USD") return "TRANS";
    return 0 < transfer.amount.sign() ? "CSD" : "CSW";
}

struct Window {
    std::optional<Timestamp> after, until;
    std::size_t size = kPageMax;
    bool is_descending = true;
    std::string token;
    std::vector<std::string> types;  // none: all
};

std::expected<Window, Response> read_window(const Call& call, std::string_view type) {
    const auto no = [](std::string message) { return std::unexpected{invalid_field(message)}; };
    Window window;
    for (const auto& [name, place] : {std::pair{"after", &window.after}, std::pair{"until", &window.until}}) {
        const auto text = call.query.get(name);
        if (text.empty()) continue;
        *place = parse_time(text);
        if (!*place) return no(fmt::format("invalid {}: {}", name, text));
    }
    if (const auto text = call.query.get("date"); !text.empty()) {
        const auto day = parse_time(text);
        if (!day || window.after || window.until) return no(fmt::format("invalid date: {}", text));
        const auto midnight = new_york_midnight(std::chrono::floor<std::chrono::days>(*day));
        window.after = midnight - Duration{1};
        window.until = midnight + std::chrono::days{1};
    }
    if (const auto text = call.query.get("page_size"); !text.empty()) {
        const auto size = parse_integer(text);
        if (!size || *size < 1 || kPageMax < *size) return no(fmt::format("invalid page_size: {}", text));
        window.size = static_cast<std::size_t>(*size);
    }
    const auto direction = call.query.get("direction");
    if (!direction.empty() && direction != "asc" && direction != "desc") {
        return no(fmt::format("invalid direction: {}", direction));
    }
    window.is_descending = direction != "asc";
    window.token = call.query.get("page_token");
    if (!type.empty()) {
        window.types = {std::string{type}};
    } else if (call.query.get("category") == "trade_activity") {
        window.types = {"FILL"};
    } else if (call.query.get("category") == "non_trade_activity") {
        window.types = {"CSD", "CSW", "TRANS"};
    } else {
        window.types = split_list(call.query.get("activity_types"));
    }
    return window;
}

bool wants(const Window& window, std::string_view type) {
    return window.types.empty() || std::ranges::find(window.types, type) != window.types.end();
}

bool is_inside(const Window& window, Timestamp at) {
    return (!window.after || *window.after < at) && (!window.until || at < *window.until);
}

void write_fill(JsonOut& out, const Desk& desk, const Activity& row, Timestamp now) {
    const Execution& fill = *row.fill;
    const auto order = desk.model().find_order(fill.account, fill.order, now);
    const Quantity whole = order ? std::max(order->spec.quantity, fill.filled_after) : fill.filled_after;
    const bool is_last = order && order->status == OrderStatus::filled && order->filled == fill.filled_after;
    out.begin_object();
    out.text("id", row.id);
    out.text("activity_type", "FILL");
    out.time("transaction_time", fill.at);
    out.text("type", is_last ? "fill" : "partial_fill");
    out.amount("price", fill.price.value);
    out.amount("qty", fill.quantity.value);
    out.text("side", to_string(fill.side));
    out.text("symbol", desk.assets().of(fill.instrument).symbol);
    out.amount("leaves_qty", (whole - fill.filled_after).value);
    out.text("order_id", order_id(desk, fill.order));
    out.amount("cum_qty", fill.filled_after.value);
    out.text("order_status", is_last ? "filled" : "partially_filled");
    out.end_object();
}

void write_transfer(JsonOut& out, const Activity& row) {
    const Transfer& transfer = *row.transfer;
    out.begin_object();
    out.text("id", row.id);
    out.text("activity_type", transfer_type(transfer));
    out.text("date", to_date(Timestamp{new_york_date(transfer.at)}));
    out.time("created_at", transfer.at);
    out.amount("net_amount", transfer.amount);
    out.text("description", "");
    if (transfer.asset != "USD") out.text("symbol", transfer.asset);
    out.text("status", "executed");
    out.end_object();
}

std::optional<Duration> history_step(std::string_view text) {
    if (text == "1Min") return std::chrono::minutes{1};
    if (text == "5Min") return std::chrono::minutes{5};
    if (text == "15Min") return std::chrono::minutes{15};
    if (text == "1H") return std::chrono::hours{1};
    if (text == "1D") return std::chrono::days{1};
    return std::nullopt;
}

std::optional<Duration> history_period(std::string_view text) {
    if (text.size() < 2) return std::nullopt;
    const auto number = parse_integer(text.substr(0, text.size() - 1));
    if (!number || *number < 1 || 100 < *number) return std::nullopt;
    const int days = text.back() == 'D'   ? 1
                     : text.back() == 'W' ? 7
                     : text.back() == 'M' ? 30
                     : text.back() == 'A' ? 365
                                          : 0;
    if (days == 0) return std::nullopt;
    return std::chrono::days{*number * days};
}

}  // namespace

Response list_activities(Desk& desk, const AccountState& account, const Call& call, std::string_view type) {
    const auto window = read_window(call, type);
    if (!window) return window.error();
    const std::vector<Execution> fills = wants(*window, "FILL")
                                             ? desk.model().executions(account.access.account, 0, call.now)
                                             : std::vector<Execution>{};
    std::vector<Activity> rows;
    for (const Execution& fill : fills) {
        if (is_inside(*window, fill.at)) rows.push_back({fill.at, {}, &fill, nullptr});
    }
    for (const Transfer& transfer : account.transfers) {
        if (wants(*window, transfer_type(transfer)) && is_inside(*window, transfer.at)) {
            rows.push_back({transfer.at, {}, nullptr, &transfer});
        }
    }
    std::ranges::stable_sort(rows, {}, &Activity::at);
    if (window->is_descending) std::ranges::reverse(rows);
    std::string body;
    JsonOut out{body};
    out.begin_array();
    bool is_reached = window->token.empty();
    std::size_t count = 0;
    for (Activity& row : rows) {
        if (window->size <= count) break;
        row.id = row.fill != nullptr ? activity_id(desk, row.at, IdKind::execution, row.fill->number)
                                     : activity_id(desk, row.at, IdKind::event, row.transfer->number);
        if (!is_reached) {
            is_reached = row.id == window->token;
            continue;
        }
        row.fill != nullptr ? write_fill(out, desk, row, call.now) : write_transfer(out, row);
        ++count;
    }
    out.end_array();
    return json_answer(200, std::move(body));
}

Response portfolio_history(const Desk& desk, const AccountState& account, const Call& call) {
    const auto period_text = call.query.has("period") ? call.query.get("period") : std::string_view{"1M"};
    const auto period = history_period(period_text);
    if (!period) return invalid_field(fmt::format("invalid period: {}", period_text));
    std::string timeframe{call.query.get("timeframe")};
    if (timeframe.empty()) {
        timeframe = *period <= std::chrono::days{1}    ? "1Min"
                    : *period <= std::chrono::days{30} ? "15Min"
                                                       : "1D";
        if (period_text == "1M") timeframe = "1D";
    }
    const auto step = history_step(timeframe);
    if (!step) return invalid_field(fmt::format("invalid timeframe: {}", timeframe));
    auto from = call.now - *period;
    auto to = call.now;
    for (const auto& [name, place] : {std::pair{"start", &from}, std::pair{"end", &to}}) {
        const auto text = call.query.get(name);
        if (text.empty()) continue;
        const auto time = parse_time(text);
        if (!time) return invalid_field(fmt::format("invalid {}: {}", name, text));
        *place = *time;
    }
    // The last point of each window, the value now for the one that is running.
    std::vector<EquityPoint> points;
    const auto add = [&](Timestamp at, Decimal equity) {
        const Timestamp window{at.time_since_epoch() - at.time_since_epoch() % *step};
        if (!points.empty() && points.back().at == window) points.pop_back();
        points.push_back({window, equity});
    };
    for (const EquityPoint& point : account.equity) {
        if (from <= point.at && point.at <= to) add(point.at, point.equity);
    }
    if (call.now <= to) add(call.now, desk.worth(account, call.now).equity);
    const Decimal base = points.empty() ? account.last_equity : points.front().equity;
    const auto cents = [](Decimal v) { return v.quantized(Decimal::power_of_ten(-2), Rounding::nearest); };
    std::string body;
    JsonOut out{body};
    out.begin_object().key("timestamp").begin_array();
    for (const EquityPoint& point : points) out.number(to_ms(point.at) / 1000);
    out.end_array().key("equity").begin_array();
    for (const EquityPoint& point : points) out.number(cents(point.equity));
    out.end_array().key("profit_loss").begin_array();
    for (const EquityPoint& point : points) out.number(cents(point.equity - base));
    out.end_array().key("profit_loss_pct").begin_array();
    for (const EquityPoint& point : points) {
        out.number(
            base.is_zero()
                ? Decimal{}
                : ((point.equity - base) / base).quantized(Decimal::power_of_ten(-9), Rounding::nearest));
    }
    out.end_array().number("base_value", cents(base)).text("timeframe", timeframe).end_object();
    return json_answer(200, std::move(body));
}

}  // namespace plumb::exchange::alpaca
