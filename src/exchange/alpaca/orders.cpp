#include <fmt/format.h>

#include <algorithm>

#include "exchange/alpaca/answers.hpp"
#include "exchange/alpaca/calendar.hpp"
#include "exchange/alpaca/json_in.hpp"
#include "exchange/alpaca/order_json.hpp"
#include "exchange/alpaca/order_request.hpp"
#include "exchange/alpaca/trading.hpp"

namespace plumb::exchange::alpaca {
namespace {

constexpr std::int64_t kListDefault = 50;
constexpr std::int64_t kListMax = 500;

std::string shown(const Desk& desk, const OrderRecord& order, OrderView view = OrderView::present) {
    std::string body;
    JsonOut out{body};
    write_order(out, desk, order, view);
    return body;
}

Response order_not_found(std::string_view id) { return not_found(fmt::format("order not found for {}", id)); }

std::optional<OrderRecord> find(const Desk& desk, const AccountState& account, std::string_view id,
                                Timestamp now) {
    const auto number = desk.ids().number(IdKind::order, id);
    if (!number) return std::nullopt;
    return desk.model().find_order(account.access.account, *number, now);
}

/// What GET /v2/orders asks for.
struct Filter {
    std::string status = "open";
    std::vector<std::string> symbols;
    std::string_view side;
    std::string_view asset_class;
    std::optional<Timestamp> after, until;
    std::optional<OrderNumber> after_order, before_order;
    std::size_t limit = kListDefault;
    bool is_descending = true;
};

std::expected<Filter, Response> read_filter(const Desk& desk, const Call& call) {
    const auto no = [](std::string message) { return std::unexpected{invalid_field(message)}; };
    Filter filter;
    const Query& query = call.query;
    if (const auto status = query.get("status"); !status.empty()) filter.status = status;
    if (filter.status != "open" && filter.status != "closed" && filter.status != "all") {
        return no(fmt::format("invalid status: {}", filter.status));
    }
    if (const auto text = query.get("limit"); !text.empty()) {
        const auto limit = parse_integer(text);
        if (!limit || *limit < 1) return no(fmt::format("invalid limit: {}", text));
        filter.limit = static_cast<std::size_t>(std::min(*limit, kListMax));
    }
    const auto direction = query.get("direction");
    if (!direction.empty() && direction != "asc" && direction != "desc") {
        return no(fmt::format("invalid direction: {}", direction));
    }
    filter.is_descending = direction != "asc";
    for (const auto& [name, place] : {std::pair{"after", &filter.after}, std::pair{"until", &filter.until}}) {
        const auto text = query.get(name);
        if (text.empty()) continue;
        *place = parse_time(text);
        if (!*place) return no(fmt::format("invalid {}: {}", name, text));
    }
    for (const auto& [name, place] : {std::pair{"after_order_id", &filter.after_order},
                                      std::pair{"before_order_id", &filter.before_order}}) {
        const auto text = query.get(name);
        if (text.empty()) continue;
        *place = desk.ids().number(IdKind::order, text);
        if (!*place) return no(fmt::format("invalid {}: {}", name, text));
    }
    filter.side = query.get("side");
    filter.asset_class = query.get("asset_class");
    for (const std::string& symbol : split_list(query.get("symbols"))) {
        const Asset* asset = desk.assets().find(upper_case(symbol));
        filter.symbols.push_back(asset != nullptr ? asset->symbol : symbol);
    }
    return filter;
}

bool passes(const Desk& desk, const Filter& filter, const OrderRecord& order) {
    if (filter.status == "open" && !is_open(order.status)) return false;
    if (filter.status == "closed" && is_open(order.status)) return false;
    if (filter.after && order.created_at <= *filter.after) return false;
    if (filter.until && *filter.until <= order.created_at) return false;
    if (filter.after_order && order.number <= *filter.after_order) return false;
    if (filter.before_order && *filter.before_order <= order.number) return false;
    if (!filter.side.empty() && filter.side != to_string(order.spec.side)) return false;
    const Asset& asset = desk.assets().of(order.spec.instrument);
    if (filter.asset_class == "crypto" && !asset.is_crypto) return false;
    if (filter.asset_class == "us_equity" && asset.is_crypto) return false;
    return filter.symbols.empty() || std::ranges::find(filter.symbols, asset.symbol) != filter.symbols.end();
}

Response list_orders(const Desk& desk, const AccountState& account, const Call& call) {
    const auto filter = read_filter(desk, call);
    if (!filter) return filter.error();
    const AccountId owner = account.access.account;
    std::vector<OrderRecord> orders = filter->status == "open"
                                          ? desk.model().open_orders(owner, std::nullopt, call.now)
                                          : desk.model().orders(owner, std::nullopt, call.now);
    if (filter->is_descending) std::ranges::reverse(orders);
    std::string body;
    JsonOut out{body};
    out.begin_array();
    std::size_t count = 0;
    for (const OrderRecord& order : orders) {
        if (filter->limit <= count) break;
        if (!passes(desk, *filter, order)) continue;
        write_order(out, desk, order);
        ++count;
    }
    out.end_array();
    return json_answer(200, std::move(body));
}

Response place_order(Desk& desk, const AccountState& account, const Call& call) {
    const auto body = read_json(call.body);
    if (!body) return bad_body();
    auto spec = read_order(desk, account, *body, call.now);
    if (!spec) return std::move(spec.error());
    return submit_order(desk, account, *spec, call.now);
}

/// 204, or why not; an order that was canceled before is no error.
Response cancel_one(const Desk& desk, const AccountState& account, const OrderRecord& order, Timestamp now) {
    const auto done = desk.model().cancel(account.access.account, order.number, now);
    if (done) return empty_answer();
    const std::string_view status = status_text(order);
    if (status == "canceled") return empty_answer();
    if (is_open(order.status)) return unprocessable("order is not cancelable");
    return unprocessable(fmt::format("order is already in \"{}\" state", status));
}

Response cancel_order(const Desk& desk, const AccountState& account, std::string_view id, Timestamp now) {
    const auto order = find(desk, account, id, now);
    if (!order) return order_not_found(id);
    return cancel_one(desk, account, *order, now);
}

Response cancel_all(const Desk& desk, const AccountState& account, Timestamp now) {
    std::string body;
    JsonOut out{body};
    out.begin_array();
    for (const OrderNumber number :
         desk.model().cancel_all(account.access.account, std::nullopt, EndReason::by_owner, now)) {
        out.begin_object()
            .text("id", order_id(desk, number))
            .number("status", std::int64_t{200})
            .end_object();
    }
    out.end_array();
    return json_answer(207, std::move(body));
}

/// What a PATCH changes, or the venue's refusal of it.
std::expected<Replacement, Response> read_replacement(Desk& desk, const OrderRecord& order, const Json& body,
                                                      Timestamp now) {
    const auto no = [](Response response) { return std::unexpected{std::move(response)}; };
    if (!body.is_object()) return no(bad_body());
    const Asset& asset = desk.assets().of(order.spec.instrument);
    bool is_bad = false;
    const auto quantity = decimal_field(body, "qty", is_bad);
    const auto limit = decimal_field(body, "limit_price", is_bad);
    const auto stop = decimal_field(body, "stop_price", is_bad);
    const auto trail = decimal_field(body, "trail", is_bad);
    const std::string time_in_force = text_field(body, "time_in_force", is_bad);
    const std::string client_id = text_field(body, "client_order_id", is_bad);
    if (is_bad) return no(bad_body());
    if (0 < OrderNote::parse(order.spec.note).notional.sign()) {
        return no(unprocessable("notional orders cannot be replaced"));
    }
    if (kClientIdMax < client_id.size()) {
        return no(invalid_field("client_order_id must be no more than 128 characters"));
    }
    for (const auto& value : {quantity, limit, stop, trail}) {
        if (value && value->sign() <= 0) return no(invalid_field("qty and prices must be > 0"));
    }
    Replacement change;
    if (quantity) change.quantity = Quantity{quantity->quantized(asset.lot.value, Rounding::down)};
    if (limit) {
        if (auto refused = check_price(asset, "limit_price", *limit)) return no(std::move(*refused));
        if (order.spec.limit.is_zero()) return no(invalid_field("order has no limit price"));
        change.limit = Price{*limit};
    }
    if (stop) {
        if (auto refused = check_price(asset, "stop_price", *stop)) return no(std::move(*refused));
        if (order.spec.stop.is_zero()) return no(invalid_field("order has no stop price"));
        change.stop = Price{*stop};
    }
    if (trail) {
        if (!order.spec.trail.is_set()) return no(invalid_field("order has no trail"));
        const bool is_percent = 0 < order.spec.trail.fraction.sign();
        change.trail = is_percent ? Trail{.distance = {}, .fraction = *trail / Decimal{100}}
                                  : Trail{.distance = Price{*trail}, .fraction = {}};
    }
    if (!time_in_force.empty()) {
        const bool is_day = time_in_force == "day" && !asset.is_crypto;
        if (!is_day && time_in_force != "gtc") return no(unprocessable("invalid time_in_force"));
        change.time_in_force = is_day ? TimeInForce::day : TimeInForce::good_till_canceled;
        change.expires_at = is_day ? next_close_after(now).close : Timestamp{};
        OrderNote note = OrderNote::parse(order.spec.note);
        note.time_in_force = time_in_force;
        change.note = note.text();
    }
    const bool changes = (change.quantity && *change.quantity != order.spec.quantity) ||
                         (change.limit && *change.limit != order.spec.limit) ||
                         (change.stop && *change.stop != order.spec.stop) || change.trail ||
                         (change.time_in_force && *change.time_in_force != order.spec.time_in_force) ||
                         !client_id.empty();
    if (!changes) return no(unprocessable("order parameters are not changed"));
    change.client_id = client_id.empty() ? desk.new_client_id() : client_id;
    return change;
}

Response replace_order(Desk& desk, const AccountState& account, std::string_view id, const Call& call) {
    const auto body = read_json(call.body);
    if (!body) return bad_body();
    const auto order = find(desk, account, id, call.now);
    if (!order) return order_not_found(id);
    if (!is_open(order->status)) return unprocessable("order is not open");
    const auto change = read_replacement(desk, *order, *body, call.now);
    if (!change) return change.error();
    const auto number = desk.model().replace(account.access.account, order->number, *change, call.now);
    if (!number) {
        OrderSpec spec = order->spec;
        if (change->quantity) spec.quantity = *change->quantity;
        if (change->limit) spec.limit = *change->limit;
        return refused(desk, account, spec, number.error(), call.now);
    }
    const auto fresh = desk.model().find_order(account.access.account, *number, call.now);
    if (!fresh) return order_not_found(order_id(desk, *number));
    return json_answer(200, shown(desk, *fresh, OrderView::pending));
}

Response order_by_client_id(const Desk& desk, const AccountState& account, const Call& call) {
    const std::string_view id = call.query.get("client_order_id");
    if (id.empty()) return invalid_field("client_order_id is required");
    const auto order = desk.model().find_order(account.access.account, id, call.now);
    if (!order) return order_not_found(id);
    return json_answer(200, shown(desk, *order));
}

}  // namespace

Response submit_order(Desk& desk, const AccountState& account, const OrderSpec& spec, Timestamp now) {
    const auto number = desk.model().submit(spec, now);
    if (!number) return refused(desk, account, spec, number.error(), now);
    // The owner's own view may be late (fault E05); the answer to the order is not.
    auto order = desk.model().find_order(spec.account, *number, now);
    if (!order) {
        order.emplace();
        order->number = *number;
        order->spec = spec;
        order->created_at = now;
    }
    return json_answer(200, shown(desk, *order, OrderView::pending));
}

std::optional<Response> answer_orders(Desk& desk, AccountState& account, const Call& call) {
    if (call.path.front() == "orders:by_client_order_id" && call.path.size() == 1) {
        if (call.method != "GET") return std::nullopt;
        return order_by_client_id(desk, account, call);
    }
    if (call.path.front() != "orders") return std::nullopt;
    if (call.path.size() == 1) {
        if (call.method == "GET") return list_orders(desk, account, call);
        if (call.method == "POST") return place_order(desk, account, call);
        if (call.method == "DELETE") return cancel_all(desk, account, call.now);
        return std::nullopt;
    }
    if (call.path.size() != 2) return std::nullopt;
    const std::string& id = call.path[1];
    if (!is_uuid(id)) return invalid_field(fmt::format("invalid order_id: {}", id));
    if (call.method == "GET") {
        const auto order = find(desk, account, id, call.now);
        return order ? json_answer(200, shown(desk, *order)) : order_not_found(id);
    }
    if (call.method == "PATCH") return replace_order(desk, account, id, call);
    if (call.method == "DELETE") return cancel_order(desk, account, id, call.now);
    return std::nullopt;
}

}  // namespace plumb::exchange::alpaca
