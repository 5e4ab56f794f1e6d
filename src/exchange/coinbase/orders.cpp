#include "exchange/coinbase/orders.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "exchange/coinbase/order_json.hpp"
#include "exchange/coinbase/order_request.hpp"

namespace plumb::exchange::coinbase {

/// A change that can be read: of which order, to what, or why the venue would not.
struct Orders::Edit {
    OrderRecord before;
    Replacement change;
    std::string_view failure;  // "INVALID_EDITED_SIZE"; empty when the model may be asked
};

namespace {

Response refused(const Failure& failure, const nlohmann::json& request) {
    JsonOut json;
    json.begin_object().member("success", false).member("failure_reason", failure.error);
    json.member("order_id", "").begin_object("error_response").member("error", failure.error);
    json.member("message", failure.message).member("error_details", "");
    json.member("preview_failure_reason", failure.preview);
    json.member("new_order_failure_reason", failure.error).end_object();
    const auto configuration = request.find("order_configuration");
    if (configuration != request.end()) {
        json.raw("order_configuration",
                 configuration->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    }
    return json_reply(json.end_object().take());
}

/// An order that was accepted and could not be filled at all, at once.
bool found_no_liquidity(const OrderRecord& order) {
    return order.end_reason == EndReason::no_liquidity && order.filled.is_zero() && !is_open(order.status);
}

std::optional<std::size_t> limit_of(const Form& form, std::size_t otherwise, std::size_t highest) {
    const std::string_view text = form.get("limit");
    if (text.empty()) return otherwise;
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value == 0 ? otherwise : std::min(value, highest);
}

/// Where a page begins: the cursor is the number of the first order or fill of the next page.
std::optional<std::uint64_t> cursor_of(const Form& form, const UuidSeries& series) {
    const std::string_view text = form.get("cursor");
    return text.empty() ? std::optional<std::uint64_t>{0} : series.number(text);
}

struct TimeRange {
    Timestamp from{};
    Timestamp to = Timestamp::max();
};
std::optional<TimeRange> range_of(const Form& form, std::string_view from, std::string_view to) {
    TimeRange range;
    if (!form.get(from).empty()) {
        const Result<Timestamp> time = parse_timestamp(form.get(from));
        if (!time) return std::nullopt;
        range.from = *time;
    }
    if (!form.get(to).empty()) {
        const Result<Timestamp> time = parse_timestamp(form.get(to));
        if (!time) return std::nullopt;
        range.to = *time;
    }
    return range;
}

bool is_among(const std::vector<std::string_view>& wanted, std::string_view value) {
    return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

/// Comma-separated lists and repeated names are the same.
std::vector<std::string_view> list_of(const Form& form, std::string_view name) {
    std::vector<std::string_view> values;
    for (std::string_view text : form.all(name)) {
        while (!text.empty()) {
            const std::size_t comma = text.find(',');
            values.push_back(text.substr(0, comma));
            text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
        }
    }
    return values;
}

std::string_view type_word(const OrderRecord& order) {
    return order.spec.type == OrderType::market       ? "MARKET"
           : order.spec.type == OrderType::stop_limit ? "STOP_LIMIT"
                                                      : "LIMIT";
}

}  // namespace

Response Orders::placed(const OrderSpec& spec, OrderNumber number, Timestamp now) const {
    const std::optional<OrderRecord> order = desk_.order_now(spec.account, number, now);
    const OrderSpec& stands = order ? order->spec : spec;
    const std::string id = desk_.order_ids.text(number);
    JsonOut json;
    json.begin_object().member("success", true).member("failure_reason", "UNKNOWN_FAILURE_REASON");
    json.member("order_id", id).begin_object("success_response").member("order_id", id);
    json.member("product_id", desk_.products[stands.instrument].name).member("side", side_word(stands.side));
    json.member("client_order_id", stands.client_id).member("attached_order_id", "").end_object();
    const std::string configuration{order ? configuration_of(*order) : std::string_view{spec.note}};
    write_configuration(json, "order_configuration", stands, configuration);
    return json_reply(json.end_object().take());
}

Response Orders::create(AccountId account, std::string_view body, Timestamp now) {
    const auto request = nlohmann::json::parse(body, nullptr, false);
    if (!request.is_object()) return error_reply(400, "INVALID_ARGUMENT", "malformed request body");
    if (text_member(request, "client_order_id").empty())
        return invalid_argument("client_order_id is required");
    // The venue's idempotency: an id that was used gives the order that has it.
    if (const auto order = desk_.model.find_order(account, text_member(request, "client_order_id"),
                                                  now + std::chrono::days{365})) {
        return placed(order->spec, order->number, now);
    }
    const auto spec = parse_order(desk_, account, request, now);
    if (!spec) {
        if (!spec.error().malformed.empty()) return invalid_argument(spec.error().malformed);
        return refused(spec.error().failure, request);
    }
    const auto number = desk_.model.submit(*spec, now);
    if (!number) return refused(failure_of(number.error(), 0 < spec->notional.sign()), request);
    if (const auto order = desk_.order_now(account, *number, now); order && found_no_liquidity(*order)) {
        return refused({"INVALID_NO_LIQUIDITY", "PREVIEW_INVALID_NO_LIQUIDITY", "No liquidity"}, request);
    }
    return placed(*spec, *number, now);
}

Response Orders::preview(AccountId account, std::string_view body, Timestamp now) {
    const auto request = nlohmann::json::parse(body, nullptr, false);
    if (!request.is_object()) return error_reply(400, "INVALID_ARGUMENT", "malformed request body");
    const auto spec = parse_order(desk_, account, request, now);
    if (!spec && !spec.error().malformed.empty()) return invalid_argument(spec.error().malformed);
    const Failure failure = spec ? Failure{} : spec.error().failure;
    JsonOut json;
    json.begin_object();
    const auto write = [&](Quantity base, Money value, Decimal fee, Price bid, Price ask) {
        json.quoted("order_total", value.value + fee).quoted("commission_total", fee);
        json.begin_array("errs");
        if (!failure.preview.empty()) json.element(failure.preview);
        json.end_array().begin_array("warning").end_array();
        json.quoted("quote_size", value).quoted("base_size", base).quoted("best_bid", bid);
        json.quoted("best_ask", ask).member("is_max", false).quoted("order_margin_total", 0);
        json.member("leverage", "").member("long_leverage", "").member("short_leverage", "");
        json.member("slippage", "0").member("preview_id", desk_.preview_ids.text(++desk_.preview_count));
    };
    if (!spec) {
        write(Quantity{}, Money{}, Decimal{}, Price{}, Price{});
        return json_reply(json.end_object().take());
    }
    const QuoteChanged quote = desk_.model.quote(spec->instrument);
    const Price price =
        spec->limit.is_zero() ? reference_price(desk_, spec->instrument, spec->side) : spec->limit;
    const Decimal rate = desk_.model.market(spec->instrument).fees.taker;
    Quantity base = spec->quantity;
    Money value = spec->notional;
    if (base.is_zero() && 0 < price.sign()) base = value / price;
    if (value.is_zero()) value = notional(price, base).value_or(Money{});
    write(base, value, value.value * rate, quote.bid, quote.ask);
    return json_reply(json.end_object().take());
}

std::expected<Orders::Edit, Response> Orders::parse_edit(AccountId account, std::string_view body,
                                                         Timestamp now) const {
    const auto request = nlohmann::json::parse(body, nullptr, false);
    if (!request.is_object()) {
        return std::unexpected{error_reply(400, "INVALID_ARGUMENT", "malformed request body")};
    }
    const std::string id = text_member(request, "order_id");
    if (id.empty()) return std::unexpected{invalid_argument("order_id is required")};
    const auto before = desk_.find_order(account, id, now);
    if (!before) {
        return std::unexpected{error_reply(404, "NOT_FOUND", "order with this orderID was not found")};
    }
    Edit edit{*before, {}, {}};
    for (const char* name : {"price", "size", "stop_price"}) {
        if (request.contains(name) && !decimal_member(request, name)) {
            return std::unexpected{invalid_argument("price, size or stop_price is not a number")};
        }
    }
    const std::string_view configuration = configuration_of(*before);
    if (!is_open(before->status)) {
        edit.failure = "ONLY_OPEN_ORDERS_CAN_BE_EDITED";
    } else if (!configuration.ends_with("_gtc")) {
        edit.failure = "ONLY_LIMIT_ORDER_EDITS_SUPPORTED";
    }
    // A missing size is read as zero, which is below what is filled.
    const Decimal size = decimal_member(request, "size").value_or(Decimal{});
    const Decimal price = decimal_member(request, "price").value_or(Decimal{});
    if (edit.failure.empty() && price.sign() <= 0) edit.failure = "INVALID_EDITED_PRICE";
    if (edit.failure.empty() && size.sign() <= 0) edit.failure = "INVALID_EDITED_SIZE";
    if (edit.failure.empty() && size <= before->filled.value) {
        edit.failure = "CANNOT_EDIT_TO_BELOW_FILLED_SIZE";
    }
    edit.change.limit = Price{price};
    edit.change.quantity = Quantity{size};
    if (const auto stop = decimal_member(request, "stop_price")) edit.change.stop = Price{*stop};
    return edit;
}

Response Orders::edit(AccountId account, std::string_view body, Timestamp now) {
    const auto edit = parse_edit(account, body, now);
    if (!edit) return edit.error();
    std::string_view failure = edit->failure;
    Failure refusal{"", "UNKNOWN_PREVIEW_FAILURE_REASON", ""};
    if (failure.empty()) {
        const auto changed = desk_.model.replace(account, edit->before.number, edit->change, now);
        if (!changed && changed.error() != Refusal::nothing_to_change) {
            refusal = failure_of(changed.error(), false);
            failure = changed.error() == Refusal::order_ended ? "ONLY_OPEN_ORDERS_CAN_BE_EDITED"
                                                              : "ORDER_EDIT_REJECTED";
        }
    }
    JsonOut json;
    json.begin_object().member("success", failure.empty());
    if (failure.empty()) {
        json.begin_object("success_response").member("order_id", desk_.order_ids.text(edit->before.number));
        json.end_object();
    }
    json.begin_array("errors");
    if (!failure.empty()) {
        json.begin_object().member("edit_failure_reason", failure);
        json.member("preview_failure_reason", refusal.preview).end_object();
    }
    return json_reply(json.end_array().end_object().take());
}

Response Orders::edit_preview(AccountId account, std::string_view body, Timestamp now) {
    const auto edit = parse_edit(account, body, now);
    if (!edit) return edit.error();
    const QuoteChanged quote = desk_.model.quote(edit->before.spec.instrument);
    const Price limit = edit->change.limit.value_or(Price{});
    const Money value = notional(limit, edit->change.quantity.value_or(Quantity{})).value_or(Money{});
    const Decimal fee = value.value * desk_.model.market(edit->before.spec.instrument).fees.taker;
    JsonOut json;
    json.begin_object().begin_array("errors");
    if (!edit->failure.empty()) {
        json.begin_object().member("edit_failure_reason", edit->failure);
        json.member("preview_failure_reason", "UNKNOWN_PREVIEW_FAILURE_REASON").end_object();
    }
    json.end_array().member("slippage", "0").quoted("order_total", value.value + fee);
    json.quoted("commission_total", fee).quoted("quote_size", value);
    json.quoted("base_size", edit->change.quantity.value_or(Quantity{}));
    json.quoted("best_bid", quote.bid).quoted("best_ask", quote.ask);
    json.quoted("average_filled_price", edit->before.average_price());
    json.quoted("order_margin_total", 0);
    return json_reply(json.end_object().take());
}

Response Orders::batch_cancel(AccountId account, std::string_view body, Timestamp now) {
    const auto request = nlohmann::json::parse(body, nullptr, false);
    if (!request.is_object()) return error_reply(400, "INVALID_ARGUMENT", "malformed request body");
    const auto ids = request.find("order_ids");
    if (ids == request.end() || !ids->is_array() || ids->empty()) {
        return invalid_argument("order_ids is required");
    }
    if (kCancelMax < ids->size()) return invalid_argument("order_ids: at most 100 are canceled at once");
    JsonOut json;
    json.begin_object().begin_array("results");
    for (const nlohmann::json& one : *ids) {
        const std::string id = one.is_string() ? one.get<std::string>() : std::string{};
        const auto number = desk_.order_ids.number(id);
        std::string_view reason = "UNKNOWN_CANCEL_ORDER";
        if (number) {
            const auto canceled = desk_.model.cancel(account, *number, now);
            if (canceled) {
                reason = "UNKNOWN_CANCEL_FAILURE_REASON";
            } else if (canceled.error() == Refusal::order_ended) {
                reason = "INVALID_CANCEL_REQUEST";
            }
        }
        json.begin_object().member("success", reason == "UNKNOWN_CANCEL_FAILURE_REASON");
        json.member("failure_reason", reason).member("order_id", id).end_object();
    }
    return json_reply(json.end_array().end_object().take());
}

Response Orders::one(AccountId account, std::string_view order_id, Timestamp now) const {
    const auto order = desk_.find_order(account, order_id, now);
    if (!order) return error_reply(404, "NOT_FOUND", "order with this orderID was not found");
    JsonOut json;
    json.begin_object().key("order");
    write_order(json, desk_, *order);
    return json_reply(json.end_object().take());
}

Response Orders::list(AccountId account, const Form& form, Timestamp now) const {
    const auto limit = limit_of(form, 100, 1'000);
    const auto cursor = cursor_of(form, desk_.order_ids);
    const auto range = range_of(form, "start_date", "end_date");
    if (!limit || !cursor || !range) return invalid_argument("limit, cursor or date is invalid");
    const std::vector<std::string_view> ids = list_of(form, "order_ids");
    const std::vector<std::string_view> products = list_of(form, "product_ids");
    const std::vector<std::string_view> statuses = list_of(form, "order_status");
    std::vector<std::string_view> types = list_of(form, "order_types");
    for (const std::string_view type : list_of(form, "order_type")) types.push_back(type);
    if (1 < statuses.size() && std::ranges::find(statuses, "OPEN") != statuses.end()) {
        return invalid_argument("cannot pair OPEN orders with other statuses");
    }
    const std::string_view product_type = form.get("product_type");
    const std::string_view side = form.get("order_side");
    std::vector<OrderRecord> orders = desk_.model.orders(account, std::nullopt, now);
    std::ranges::reverse(orders);
    JsonOut json;
    json.begin_object().begin_array("orders");
    std::size_t count = 0;
    std::string next;
    for (const OrderRecord& order : orders) {
        if (*cursor != 0 && *cursor < order.number) continue;
        if (!is_among(ids, desk_.order_ids.text(order.number)) ||
            !is_among(products, desk_.products[order.spec.instrument].name) ||
            !is_among(statuses, status_word(order)) || !is_among(types, type_word(order))) {
            continue;
        }
        if (!side.empty() && side != "UNKNOWN_ORDER_SIDE" && side != side_word(order.spec.side)) continue;
        if (!product_type.empty() && product_type != "SPOT" && product_type != "UNKNOWN_PRODUCT_TYPE")
            continue;
        if (order.created_at < range->from || range->to <= order.created_at) continue;
        if (count == *limit) {
            next = desk_.order_ids.text(order.number);
            break;
        }
        write_order(json, desk_, order);
        ++count;
    }
    json.end_array().member("sequence", "0").member("has_next", !next.empty()).member("cursor", next);
    return json_reply(json.end_object().take());
}

Response Orders::fills(AccountId account, const Form& form, Timestamp now) const {
    const auto limit = limit_of(form, 100, 1'000);
    const auto cursor = cursor_of(form, desk_.fill_ids);
    const auto range = range_of(form, "start_sequence_timestamp", "end_sequence_timestamp");
    if (!limit || !cursor || !range) return invalid_argument("limit, cursor or timestamp is invalid");
    std::vector<std::string_view> orders = list_of(form, "order_ids");
    for (const std::string_view id : list_of(form, "order_id")) orders.push_back(id);
    std::vector<std::string_view> products = list_of(form, "product_ids");
    for (const std::string_view id : list_of(form, "product_id")) products.push_back(id);
    const std::vector<std::string_view> trades = list_of(form, "trade_ids");
    const std::vector<Execution> executions = desk_.model.executions(account, 0, now);
    JsonOut json;
    json.begin_object().begin_array("fills");
    std::size_t count = 0;
    std::string next;
    for (auto one = executions.rbegin(); one != executions.rend(); ++one) {
        if (*cursor != 0 && *cursor < one->number) continue;
        if (!is_among(orders, desk_.order_ids.text(one->order)) ||
            !is_among(products, desk_.products[one->instrument].name) ||
            !is_among(trades, desk_.fill_ids.text(one->number))) {
            continue;
        }
        if (one->at < range->from || range->to <= one->at) continue;
        if (count == *limit) {
            next = desk_.fill_ids.text(one->number);
            break;
        }
        write_fill(json, desk_, *one);
        ++count;
    }
    json.end_array().member("cursor", next);
    return json_reply(json.end_object().take());
}

}  // namespace plumb::exchange::coinbase
