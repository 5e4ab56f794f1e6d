#include <algorithm>

#include "venues/kraken/answers.hpp"
#include "venues/kraken/messages.hpp"
#include "venues/kraken/rest_body.hpp"
#include "venues/kraken/symbols.hpp"

namespace plumb::venues::kraken {
namespace {

using wire::OrderUpdate;
using wire::Reply;
using wire::Verdict;

namespace word {
// clang-format off
enum : std::size_t {
    send_status = envelope_key::count, edit_status, cancel_status, orders, open_orders, fills, status, order_id,
    orderId, cliOrdId, cli_ord_id, clientId, uid, received_time, order_events, type, order, order_trigger, fresh,
    amount, order_prior_execution, reason, update_reason, symbol, side, quantity, filled, limit_price, stop_price,
    trigger_price, trigger_options, timestamp, last_update_timestamp, order_type, unfilled_size, filled_size,
    last_update_time, fill_id, size, price, fill_time, fill_type, fee_paid, fee_currency, count
};
constexpr wire::KeyTable<word::count> kWords{{
    "result", "error", "errors", "serverTime", "message", "code",
    "sendStatus", "editStatus", "cancelStatus", "orders", "openOrders", "fills", "status", "order_id",
    "orderId", "cliOrdId", "cli_ord_id", "clientId", "uid", "receivedTime", "orderEvents", "type", "order",
    "orderTrigger", "new", "amount", "orderPriorExecution", "reason", "updateReason", "symbol", "side", "quantity",
    "filled", "limitPrice", "stopPrice", "triggerPrice", "priceTriggerOptions", "timestamp", "lastUpdateTimestamp",
    "orderType", "unfilledSize", "filledSize", "lastUpdateTime", "fill_id", "size", "price", "fillTime", "fillType",
    "fee_paid", "fee_currency"}};
// clang-format on
static_assert(kWords.name(status) == "status" && kWords.name(symbol) == "symbol" &&
              kWords.name(fill_id) == "fill_id" && kWords.name(fee_currency) == "fee_currency");
}  // namespace word

using Body = RestBody<word::count>;
using Value = Body::Value;

/// The first of the keys that says something; `otherwise` where none does.
std::size_t first_of(const Body::Reader& read, std::initializer_list<std::size_t> keys,
                     std::size_t otherwise) {
    for (const std::size_t each : keys)
        if (read.says(each)) return each;
    return otherwise;
}

FixedText<64> client_of(Body::Reader& read) {
    const std::size_t where = first_of(read, {word::cliOrdId, word::cli_ord_id, word::clientId}, word::count);
    if (where == word::count) return {};
    const std::string_view text = read.text(where);
    return FixedText<64>::fits(text) ? FixedText<64>{text} : FixedText<64>{};
}

std::optional<Price> price_of(Body::Reader& read, std::size_t where) {
    if (!read.says(where)) return std::nullopt;
    const Price price = read.price_or_zero(where);
    return price.is_zero() ? std::nullopt : std::optional{price};
}

bool same(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

Side side_of(Body::Reader& read) {
    const std::string_view side = read.text(word::side);
    if (!same(side, "buy") && !same(side, "sell")) read.refuse("expected buy or sell", word::side);
    return same(side, "sell") ? Side::sell : Side::buy;
}

/// What a deed's answer tells beside its status.
struct Deed {
    std::string_view status, order_id;
    FixedText<64> client;
    std::optional<Timestamp> received_time;
    bool placed = false, executed = false, canceled = false, rejected_after_execution = false;
    Quantity executed_sum;
    std::optional<OrderUpdate> order;  // of the last event that shows one
};

class OrderAnswer {
 public:
    explicit OrderAnswer(Answer& answer) : answer_{answer} {}

    bool read(std::string& why);

 private:
    bool nested(std::size_t which, Value value);
    bool read_deed(Value value);
    bool read_event(Value value);
    bool read_status_row(Value value);
    bool read_fill(Value value);
    std::optional<OrderUpdate> order_of(Value value);
    OrderUpdate order_of(Body::Reader& read) const;

    void judge();
    void judge_send(const OrderRequest& order);
    void judge_edit(const wire::AskReplace& ask);
    void judge_cancel(const wire::AskCancel& ask);
    void judge_order(const wire::OrderKey& wanted);
    void judge_fills(const wire::AskFills& ask);
    OrderUpdate base_of(const OrderRequest& order) const;
    Timestamp time_of_deed() const {
        return deed_->received_time.value_or(body_.envelope().server_time.value_or(answer_.received_at));
    }
    void unknown(std::string words) {
        answer_.reply = {};
        answer_.reply.words = std::move(words);
        answer_.events.clear();
    }

    Answer& answer_;
    Body body_{word::kWords};
    std::optional<Deed> deed_;
    bool has_list_ = false;
    std::vector<OrderUpdate> rows_;
};

OrderUpdate OrderAnswer::order_of(Body::Reader& read) const {
    OrderUpdate order;
    order.venue_order =
        read.fixed<40>(first_of(read, {word::order_id, word::orderId, word::uid}, word::order_id));
    order.client_order = client_of(read);
    if (read.says(word::symbol)) {
        const std::string_view symbol = read.text(word::symbol);
        order.symbol = symbol_text(symbol);
        order.instrument = find_symbol(answer_.context.symbols, symbol);
    }
    order.side = side_of(read);
    if (read.says(word::unfilled_size)) {
        order.filled = read.quantity_or_zero(word::filled_size);
        order.quantity = read.quantity_or_zero(word::unfilled_size) + *order.filled;
    } else {
        if (read.says(word::quantity)) order.quantity = read.quantity_or_zero(word::quantity);
        if (read.says(word::filled)) order.filled = read.quantity_or_zero(word::filled);
    }
    order.limit = price_of(read, word::limit_price);
    order.stop = price_of(read, first_of(read, {word::stop_price, word::trigger_price}, word::stop_price));
    const std::size_t type = first_of(read, {word::order_type, word::type}, word::count);
    if (type != word::count) order.type = order_type_of(read.text(type), order.limit.has_value());
    order.state =
        order.filled && order.filled->sign() > 0 ? OrderState::partially_filled : OrderState::working;
    const std::size_t time = first_of(
        read, {word::last_update_timestamp, word::last_update_time, word::timestamp, word::received_time},
        word::count);
    order.venue_time = time == word::count ? answer_.received_at : read.time(time);
    order.received_at = answer_.received_at;
    return order;
}

std::optional<OrderUpdate> OrderAnswer::order_of(Value value) {
    wire::Members members, options;
    options.clear();
    const auto nested = [&](std::size_t which, Value inner) {
        return which == word::trigger_options ? body_.object_of(inner, options) : true;
    };
    if (!body_.object_of(value, members, nested)) return std::nullopt;
    Body::Reader read = body_.reader(members);
    OrderUpdate order = order_of(read);
    if (options.says(word::trigger_price)) {
        Body::Reader trigger = body_.reader(options);
        order.stop = price_of(trigger, word::trigger_price);
        if (!trigger.ok()) return body_.frame().refuse(trigger.refused()), std::nullopt;
        order.type = order.limit ? OrderType::stop_limit : OrderType::stop;
    }
    if (!read.ok()) return body_.frame().refuse(read.refused()), std::nullopt;
    return order;
}

bool OrderAnswer::nested(std::size_t which, Value value) {
    switch (which) {
        case word::send_status:
        case word::edit_status:
        case word::cancel_status: return read_deed(value);
        case word::orders:
            has_list_ = true;
            return body_.array_of(value, [this](Value row) { return read_status_row(row); });
        case word::open_orders:
            has_list_ = true;
            return body_.array_of(value, [this](Value row) {
                const std::optional<OrderUpdate> order = order_of(row);
                if (order) rows_.push_back(*order);
                return order.has_value();
            });
        case word::fills:
            has_list_ = true;
            return body_.array_of(value, [this](Value row) { return read_fill(row); });
        default: return true;
    }
}

bool OrderAnswer::read_deed(Value value) {
    deed_.emplace();
    wire::Members members;
    const auto nested = [this](std::size_t which, Value inner) {
        if (which != word::order_events) return true;
        return body_.array_of(inner, [this](Value event) { return read_event(event); });
    };
    if (!body_.object_of(value, members, nested)) return false;
    Body::Reader read = body_.reader(members);
    deed_->status = read.text(word::status);
    const std::size_t id = first_of(read, {word::order_id, word::orderId}, word::count);
    if (id != word::count) deed_->order_id = read.text(id);
    if (!VenueOrderId::fits(deed_->order_id)) read.refuse("the text is longer than the venue promises", id);
    deed_->client = client_of(read);
    if (read.says(word::received_time)) deed_->received_time = read.time(word::received_time);
    return read.ok() || body_.frame().refuse(read.refused());
}

bool OrderAnswer::read_event(Value value) {
    wire::Members members;
    std::optional<OrderUpdate> shown;
    const auto nested = [&](std::size_t which, Value inner) {
        if (which != word::order && which != word::order_trigger && which != word::fresh &&
            which != word::order_prior_execution)
            return true;
        shown = order_of(inner);
        return shown.has_value();
    };
    if (!body_.object_of(value, members, nested)) return false;
    Body::Reader read = body_.reader(members);
    const std::string_view type = read.text(word::type);
    if (type == "EXECUTION") {
        deed_->executed = true;
        deed_->executed_sum += read.quantity(word::amount);
    }
    deed_->placed = deed_->placed || type == "PLACE" || type == "EDIT";
    deed_->canceled = deed_->canceled || type == "CANCEL" || type == "EXPIRE" || type == "EXPIRED";
    if (read.says(word::reason) && read.text(word::reason) == "REJECTED_AFTER_EXECUTION")
        deed_->rejected_after_execution = true;
    if (shown) deed_->order = shown;
    if (wire::kQuantityMax < deed_->executed_sum.value)
        read.refuse("the number is larger than any market's", word::amount);
    return read.ok() || body_.frame().refuse(read.refused());
}

bool OrderAnswer::read_status_row(Value value) {
    wire::Members members;
    std::optional<OrderUpdate> order;
    const auto nested = [&](std::size_t which, Value inner) {
        if (which != word::order) return true;
        order = order_of(inner);
        return order.has_value();
    };
    if (!body_.object_of(value, members, nested)) return false;
    Body::Reader read = body_.reader(members);
    const std::string_view status = read.text(word::status);
    if (!order) read.refuse("a key is missing", word::order);
    if (!read.ok()) return body_.frame().refuse(read.refused());
    const bool filled = order->filled && order->filled->sign() > 0;
    if (status == "FULLY_EXECUTED")
        order->state = OrderState::filled;
    else if (status == "CANCELLED")
        order->state = OrderState::canceled;
    else if (status == "REJECTED" || status == "TRIGGER_ACTIVATION_FAILURE")
        order->state = filled ? OrderState::canceled : OrderState::rejected;
    else if (status != "ENTERED_BOOK" && status != "TRIGGER_PLACED" && status != "UNTOUCHED" &&
             status != "PARTIALLY_FILLED")
        order->state = OrderState::unknown;
    const std::size_t reason = first_of(read, {envelope_key::error, word::update_reason}, word::count);
    if (reason != word::count) order->reason = read.text(reason).substr(0, 96);
    rows_.push_back(*order);
    return read.ok() || body_.frame().refuse(read.refused());
}

bool OrderAnswer::read_fill(Value value) {
    wire::Members members;
    if (!body_.object_of(value, members)) return false;
    Body::Reader read = body_.reader(members);
    OrderUpdate order;
    wire::VenueFill fill;
    const std::string_view symbol = read.text(word::symbol);
    order.symbol = symbol_text(symbol);
    order.instrument = find_symbol(answer_.context.symbols, symbol);
    order.venue_order = read.fixed<40>(word::order_id);
    order.client_order = client_of(read);
    order.side = side_of(read);
    order.state = OrderState::partially_filled;  // whether the order is done a fill does not say here
    fill.execution = read.fixed<40>(word::fill_id);
    fill.price = read.price(word::price);
    fill.quantity = read.quantity(word::size);
    fill.maker = is_maker(read.text(word::fill_type));
    if (read.says(word::fee_paid) && read.says(word::fee_currency)) {
        fill.fee = read.decimal(word::fee_paid);
        fill.fee_asset = asset_of(read.text(word::fee_currency));
        fill.fee_known = true;
    }
    order.fill = fill;
    order.venue_time = read.time(word::fill_time);
    order.received_at = answer_.received_at;
    rows_.push_back(order);
    return read.ok() || body_.frame().refuse(read.refused());
}

bool OrderAnswer::read(std::string& why) {
    if (!body_.read(answer_.response.body,
                    [this](std::size_t which, Value value) { return nested(which, value); })) {
        why = body_.why();
        return false;
    }
    if (body_.envelope().error) {
        answer_.is_error = true;
        answer_.reply = verdict_of_error(answer_.question, answer_.response.status, body_.envelope());
        return true;
    }
    if (!body_.envelope().success) return why = "neither success nor error", false;
    const bool deed = std::holds_alternative<wire::AskPlace>(answer_.question) ||
                      std::holds_alternative<wire::AskCancel>(answer_.question) ||
                      std::holds_alternative<wire::AskReplace>(answer_.question);
    if (deed ? !deed_ : !has_list_) return why = "what was asked for is missing", false;
    judge();
    return true;
}

void OrderAnswer::judge() {
    if (const auto* place = std::get_if<wire::AskPlace>(&answer_.question)) return judge_send(place->order);
    if (const auto* replace = std::get_if<wire::AskReplace>(&answer_.question)) return judge_edit(*replace);
    if (const auto* cancel = std::get_if<wire::AskCancel>(&answer_.question)) return judge_cancel(*cancel);
    if (const auto* order = std::get_if<wire::AskOrder>(&answer_.question)) return judge_order(order->order);
    if (const auto* fills = std::get_if<wire::AskFills>(&answer_.question)) return judge_fills(*fills);
    answer_.reply.verdict = Verdict::ok;
    const auto& wanted = std::get<wire::AskOpenOrders>(answer_.question).instrument;
    for (const OrderUpdate& row : rows_)
        if (!wanted || row.instrument == wanted) answer_.events.emplace_back(row);
}

OrderUpdate OrderAnswer::base_of(const OrderRequest& order) const {
    OrderUpdate update = deed_->order.value_or(OrderUpdate{});
    update.instrument = order.instrument;
    if (const std::string_view symbol = answer_.context.symbols.symbol_of(order.instrument); !symbol.empty())
        update.symbol = symbol;
    update.client_order = std::string_view{order.id.to_string()};
    if (!deed_->order_id.empty()) update.venue_order = deed_->order_id;
    update.side = order.side;
    update.type = order.type;
    if (!update.quantity) update.quantity = order.quantity;
    update.venue_time = time_of_deed();
    update.received_at = answer_.received_at;
    return update;
}

void OrderAnswer::judge_send(const OrderRequest& order) {
    answer_.reply = verdict_of_send(deed_->status);
    const std::string ours = order.id.to_string();
    for (const std::string_view told :
         {deed_->client.view(), deed_->order ? deed_->order->client_order.view() : std::string_view{}})
        if (!told.empty() && told != ours) return unknown("the answer is about another order");
    // A refusal of an order that traded is none (the venue knows "rejected after execution").
    if (answer_.reply.verdict == Verdict::refused && (deed_->executed || deed_->rejected_after_execution))
        return unknown("the order was refused after it traded");
    if (answer_.reply.verdict != Verdict::ok) return;
    OrderUpdate update = base_of(order);
    const Quantity filled = std::max(deed_->executed_sum, update.filled.value_or(Quantity{}));
    update.filled = filled;
    if (*update.quantity <= filled)
        update.state = OrderState::filled;
    else if (deed_->canceled)
        update.state = OrderState::canceled;
    else
        update.state = filled.is_zero() ? OrderState::working : OrderState::partially_filled;
    // What does not rest in the book is over when the engine has answered.
    const bool at_once =
        order.type == OrderType::market ||
        (order.type == OrderType::limit && order.time_in_force != TimeInForce::good_till_canceled);
    if (at_once && deed_->executed && !deed_->placed && !is_final(update.state))
        update.state = OrderState::canceled;
    answer_.events.emplace_back(update);
}

void OrderAnswer::judge_edit(const wire::AskReplace& ask) {
    answer_.reply = verdict_of_edit(deed_->status);
    if (answer_.reply.verdict == Verdict::refused && deed_->executed)
        return unknown("the change was refused after the order traded");
    if (answer_.reply.verdict != Verdict::ok) return;
    OrderUpdate update = base_of(ask.order);
    if (update.venue_order.empty()) update.venue_order = ask.replaced.venue;
    update.replaces = ask.replaced.venue.empty() ? FixedText<64>{ask.replaced.client.to_string()}
                                                 : FixedText<64>{ask.replaced.venue.view()};
    update.quantity = ask.order.quantity;
    // Events of an edit that traded show the order before and between; its fills tell the sum.
    if (deed_->executed) update.filled.reset();
    const Quantity filled = update.filled.value_or(Quantity{});
    if (!deed_->executed && *update.quantity <= filled)
        update.state = OrderState::filled;
    else
        update.state =
            filled.is_zero() && !deed_->executed ? OrderState::working : OrderState::partially_filled;
    answer_.events.emplace_back(update);
}

void OrderAnswer::judge_cancel(const wire::AskCancel& ask) {
    answer_.reply = verdict_of_cancel(deed_->status);
    if (answer_.reply.verdict != Verdict::ok) return;
    if (!ask.order.venue.empty() && !deed_->order_id.empty() && deed_->order_id != ask.order.venue.view())
        return unknown("the answer is about another order");
    OrderUpdate update = deed_->order.value_or(OrderUpdate{});
    update.instrument = ask.order.instrument;
    if (update.client_order.empty() && ask.order.client != ClientOrderId{})
        update.client_order = std::string_view{ask.order.client.to_string()};
    if (update.venue_order.empty())
        update.venue_order = deed_->order_id.empty() ? ask.order.venue : VenueOrderId{deed_->order_id};
    update.state = deed_->status == "filled" ? OrderState::filled : OrderState::canceled;
    update.venue_time = time_of_deed();
    update.received_at = answer_.received_at;
    answer_.events.emplace_back(update);
}

void OrderAnswer::judge_order(const wire::OrderKey& wanted) {
    if (wanted.venue.empty() && wanted.client == ClientOrderId{}) {  // a recorded answer: all it tells
        for (const OrderUpdate& row : rows_) answer_.events.emplace_back(row);
        answer_.reply.verdict = Verdict::ok;
        return;
    }
    const std::string client = wanted.client.to_string();
    for (const OrderUpdate& row : rows_) {
        const bool ours =
            wanted.venue.empty() ? row.client_order.view() == client : row.venue_order == wanted.venue;
        if (!ours) continue;
        answer_.reply.verdict = Verdict::ok;
        answer_.events.emplace_back(row);
        return;
    }
    answer_.reply.verdict = Verdict::not_found;
    answer_.reply.words = "not among the orders that are open or ended within five seconds";
}

void OrderAnswer::judge_fills(const wire::AskFills& ask) {
    constexpr std::size_t kRowsPerPage = 100;
    Timestamp oldest = Timestamp::max();
    for (const OrderUpdate& row : rows_) {
        oldest = std::min(oldest, row.venue_time);
        if (row.venue_time < ask.since || (ask.instrument && row.instrument != ask.instrument)) continue;
        answer_.events.emplace_back(row);
    }
    answer_.reply.verdict = Verdict::ok;
    if (rows_.size() < kRowsPerPage || oldest < ask.since) return;
    // The next page ends before this time; a millisecond more repeats fills rather than losing some.
    std::string page =
        to_iso(std::chrono::floor<std::chrono::milliseconds>(oldest) + std::chrono::milliseconds{1});
    page = page.substr(0, 23) + "Z";
    if (page == ask.page)
        return unknown("a whole page of fills has one time: the page before cannot be asked for");
    answer_.reply.next_page = std::move(page);
}

}  // namespace

bool read_order_answer(Answer& answer, std::string& why) { return OrderAnswer{answer}.read(why); }

}  // namespace plumb::venues::kraken
